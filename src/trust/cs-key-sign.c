/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing with a person's key: who may be asked, and how often it may be tried. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-key.h"

#include "cs-error.h"
#include "cs-sshsig.h"

#include <string.h>

typedef struct
{
  CsAskpass *askpass;
  char *namespace_;
  GBytes *message;
  guint asker;
  GError *failure; /* while it is put on record */
} Signing;

static void
signing_free (Signing *signing)
{
  g_clear_object (&signing->askpass);
  g_free (signing->namespace_);
  g_bytes_unref (signing->message);
  g_clear_error (&signing->failure);
  g_free (signing);
}

/* What OpenSSH says when the one who holds the key said no: an agent, or a security key (to which a
 * wrong PIN is a wrong passphrase). */
static gboolean
was_refused (const GError *error)
{
  return g_error_matches (error, CS_ERROR, CS_ERROR_AUTH) &&
         (strstr (error->message, "agent refused operation") != NULL ||
          strstr (error->message, "incorrect passphrase") != NULL);
}

/* It counts as a try before anybody is told that it failed. */
static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_prefix_error (&signing->failure, "%s. ", error->message);
  g_task_return_error (task, g_steal_pointer (&signing->failure));
}

/* Why there was no answer is worth more than what ssh-keygen makes of it. */
static void
fail (GTask *task, GError *error)
{
  CsKey *self = g_task_get_source_object (task);
  Signing *signing = g_task_get_task_data (task);
  g_autofree char *refusal =
    signing->askpass != NULL ? cs_askpass_dup_refusal (signing->askpass, signing->asker) : NULL;
  g_autoptr (GTask) noted = NULL;

  signing->failure = error;
  if (signing->askpass != NULL && refusal == NULL && was_refused (error))
    {
      noted = g_task_new (signing->askpass, NULL, noted_cb, g_object_ref (task));
      g_task_set_source_tag (noted, fail);
      cs_askpass_note_refused (signing->askpass, cs_key_get_fingerprint (self), noted);
      return;
    }
  if (refusal != NULL && g_error_matches (error, CS_ERROR, CS_ERROR_AUTH))
    {
      g_clear_error (&signing->failure);
      g_set_error_literal (&signing->failure, CS_ERROR, CS_ERROR_AUTH, refusal);
    }
  g_task_return_error (task, g_steal_pointer (&signing->failure));
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  GError *error = NULL;
  char *signature = cs_sshsig_sign_finish (result, &error);

  if (signature != NULL)
    g_task_return_pointer (task, signature, g_free);
  else
    fail (task, error);
  if (signing->askpass != NULL)
    cs_askpass_end_asker (signing->askpass, signing->asker);
}

static void
sign (GTask *task)
{
  CsKey *self = g_task_get_source_object (task);
  Signing *signing = g_task_get_task_data (task);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  const char *path = cs_key_get_path (self);

  if (signing->askpass != NULL)
    {
      signing->asker = cs_askpass_add_asker (signing->askpass, path);
      cs_askpass_apply (signing->askpass, launcher, signing->asker);
    }
  cs_sshsig_sign_async (path, signing->namespace_, signing->message, launcher,
                        g_task_get_cancellable (task), signed_cb, g_object_ref (task));
}

static void
vetted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    sign (task);
  else
    g_task_return_error (task, error);
}

/**
 * cs_key_sign_async:
 * @self: a key
 * @namespace_: what the signature is for
 * @message: the bytes to sign
 * @askpass: (nullable): who is asked for the passphrase, and counts the tries; %NULL: nobody
 *
 * Signs as cs_sshsig_sign_async().
 */
void
cs_key_sign_async (CsKey *self,
                   const char *namespace_,
                   GBytes *message,
                   CsAskpass *askpass,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GTask) verdict = NULL;
  Signing *signing;

  g_return_if_fail (CS_IS_KEY (self));
  g_return_if_fail (namespace_ != NULL && message != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  signing = g_new0 (Signing, 1);
  g_set_object (&signing->askpass, askpass);
  signing->namespace_ = g_strdup (namespace_);
  signing->message = g_bytes_ref (message);
  g_task_set_source_tag (task, cs_key_sign_async);
  g_task_set_task_data (task, signing, (GDestroyNotify) signing_free);
  if (askpass == NULL)
    {
      sign (task);
      return;
    }
  verdict = g_task_new (askpass, cancellable, vetted_cb, g_object_ref (task));
  g_task_set_source_tag (verdict, cs_key_sign_async);
  cs_askpass_vet (askpass, cs_key_get_fingerprint (self), verdict);
}

/**
 * cs_key_sign_finish:
 * @self: a key
 *
 * Returns: (transfer full): the armored signature; %NULL with %CS_ERROR_AUTH, which says why nobody
 *   answered, until when the key is not tried again, or what ssh-keygen says
 */
char *
cs_key_sign_finish (CsKey *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
