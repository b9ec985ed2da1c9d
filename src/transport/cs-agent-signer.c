/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs requests to agents for a person: with a key in memory that the person let do so, or where
 * an agent takes none, with the person's own. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-signer.h"

#include "cs-clock.h"
#include "cs-delegate.h"

#include <string.h>

/** CLOCK_SLACK: seconds that an agent's clock may be behind ours */
#define CLOCK_SLACK 240

struct _CsAgentSigner
{
  int references; /* atomic */
  GMutex mutex;   /* one signature at a time with the delegate */
  CsKey *key;
  CsAskpass *askpass;
  CsDelegate *delegate; /* NULL: the key itself signs */
  GBytes *payload;
  char *delegation;
  gint64 expires;
};

/* The armored text without its first and last line and without newlines. */
static char *
strip_armor (const char *armored)
{
  g_auto (GStrv) lines = g_strsplit (armored, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    if (!g_str_has_prefix (*line, "-----"))
      g_string_append (text, g_strstrip (*line));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* RFC 4648, section 5, without padding. */
static char *
encode_url (GBytes *bytes)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  char *text = g_base64_encode (data, size);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static void
delegated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsAgentSigner *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *armored = cs_key_sign_finish (CS_KEY (source), result, &error);
  g_autofree char *signature = NULL;
  g_autofree char *payload = NULL;

  if (armored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  signature = strip_armor (armored);
  payload = encode_url (self->payload);
  self->delegation = g_strconcat (payload, ".", signature, NULL);
  g_task_return_pointer (task, cs_agent_signer_ref (self), (GDestroyNotify) cs_agent_signer_unref);
}

/**
 * cs_agent_signer_ref:
 *
 * Returns: (transfer full): @self
 */
CsAgentSigner *
cs_agent_signer_ref (CsAgentSigner *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/**
 * cs_agent_signer_unref:
 * @self: (transfer full): a signer; its key in memory is gone with it
 */
void
cs_agent_signer_unref (CsAgentSigner *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  g_clear_object (&self->key);
  g_clear_object (&self->askpass);
  g_clear_pointer (&self->delegate, cs_delegate_free);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self->delegation);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * cs_agent_signer_new_async:
 * @key: the person's
 * @askpass: (nullable): who is asked for the key's passphrase
 * @seconds: for how long a key in memory shall sign for the person; 0 for none
 *
 * Makes a signer. With a key in memory the person's own key is asked for once.
 */
void
cs_agent_signer_new_async (CsKey *key,
                           CsAskpass *askpass,
                           guint seconds,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsAgentSigner *self = g_new0 (CsAgentSigner, 1);
  gint64 issued = cs_clock_now () - CLOCK_SLACK * G_USEC_PER_SEC;
  GError *error = NULL;

  self->references = 1;
  g_mutex_init (&self->mutex);
  self->key = g_object_ref (key);
  g_set_object (&self->askpass, askpass);
  g_task_set_source_tag (task, cs_agent_signer_new_async);
  g_task_set_task_data (task, self, (GDestroyNotify) cs_agent_signer_unref);
  if (seconds == 0)
    {
      self->expires = G_MAXINT64;
      g_task_return_pointer (task, cs_agent_signer_ref (self),
                             (GDestroyNotify) cs_agent_signer_unref);
      return;
    }
  self->expires = issued + (gint64) seconds * G_USEC_PER_SEC;
  self->delegate = cs_delegate_new (&error);
  if (self->delegate != NULL)
    self->payload =
      cs_delegate_build_payload (self->delegate, issued, self->expires, NULL, &error);
  if (self->payload == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_key_sign_async (key, CS_DELEGATE_NAMESPACE, self->payload, askpass, cancellable, delegated_cb,
                     g_steal_pointer (&task));
}

/**
 * cs_agent_signer_new_finish:
 *
 * Returns: (transfer full): the signer; %NULL with %CS_ERROR_AUTH if the key could not be used
 */
CsAgentSigner *
cs_agent_signer_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_agent_signer_get_expires:
 *
 * Returns: until when it may sign, in UTC microseconds
 */
gint64
cs_agent_signer_get_expires (CsAgentSigner *self)
{
  return self->expires;
}

/**
 * cs_agent_signer_get_delegation:
 *
 * Returns: (nullable): what goes with each request, so that the key in memory counts as the
 *   person's; %NULL if the person's own key signs
 */
const char *
cs_agent_signer_get_delegation (CsAgentSigner *self)
{
  return self->delegation;
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree char *armored = cs_key_sign_finish (CS_KEY (source), result, &error);

  if (armored != NULL)
    g_task_return_pointer (task, strip_armor (armored), g_free);
  else
    g_task_return_error (task, error);
}

/**
 * cs_agent_signer_sign_async:
 * @message: any bytes
 *
 * Signs. With a key in memory this takes no child process.
 */
void
cs_agent_signer_sign_async (CsAgentSigner *self,
                            GBytes *message,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GBytes) blob = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, cs_agent_signer_sign_async);
  if (self->delegate == NULL)
    {
      cs_key_sign_async (self->key, CS_AGENT_REQUEST_NAMESPACE, message, self->askpass, cancellable,
                         signed_cb, g_steal_pointer (&task));
      return;
    }
  g_mutex_lock (&self->mutex);
  blob = cs_delegate_sign (self->delegate, CS_AGENT_REQUEST_NAMESPACE, message, &error);
  g_mutex_unlock (&self->mutex);
  if (blob != NULL)
    g_task_return_pointer (
      task, g_base64_encode (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob)), g_free);
  else
    g_task_return_error (task, error);
}

/**
 * cs_agent_signer_sign_finish:
 *
 * Returns: (transfer full): the signature (SSHSIG) as one line of base64; %NULL with
 *   %CS_ERROR_AUTH
 */
char *
cs_agent_signer_sign_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
