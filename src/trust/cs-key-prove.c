/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether someone who names a key holds its private half, too. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-key.h"

#include "cs-error.h"
#include "cs-sshsig.h"

/* Not the namespace of sign-offs: a proof must never serve as one. */
#define PROOF_NAMESPACE "proof@countersign"
#define PROOF_PRINCIPAL "holder"

typedef struct
{
  CsKey *key;
  GBytes *message;
} Proof;

static void
proof_free (Proof *proof)
{
  g_object_unref (proof->key);
  g_bytes_unref (proof->message);
  g_free (proof);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_sshsig_verify_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Proof *proof = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *signature = cs_key_sign_finish (proof->key, result, &error);
  g_autofree char *allowed = NULL;

  if (signature == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  allowed = g_strdup_printf (PROOF_PRINCIPAL " %s\n", cs_key_get_public_line (proof->key));
  cs_sshsig_verify_async (allowed, PROOF_PRINCIPAL, PROOF_NAMESPACE, proof->message, signature,
                          g_get_real_time (), g_task_get_cancellable (task), verified_cb,
                          g_object_ref (task));
}

/**
 * cs_key_prove_async:
 * @self: a key
 * @askpass: (nullable): gives the passphrase
 *
 * Signs something new with a key and verifies it, before the key is recorded as someone's: else
 * anyone could claim a public key that another person has shown.
 */
void
cs_key_prove_async (CsKey *self,
                    CsAskpass *askpass,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autofree char *once = g_uuid_string_random ();
  Proof *proof;
  GTask *task;

  g_return_if_fail (CS_IS_KEY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  if (cs_key_get_path (self) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                               "The private half of the key %s is not on this computer",
                               cs_key_get_fingerprint (self));
      g_object_unref (task);
      return;
    }
  proof = g_new0 (Proof, 1);
  proof->key = g_object_ref (self);
  proof->message = g_bytes_new (once, 36);
  g_task_set_source_tag (task, cs_key_prove_async);
  g_task_set_task_data (task, proof, (GDestroyNotify) proof_free);
  cs_key_sign_async (self, PROOF_NAMESPACE, proof->message, askpass, cancellable, signed_cb, task);
}

/**
 * cs_key_prove_finish:
 *
 * Returns: whether the private half is at hand; else %CS_ERROR_AUTH with ssh-keygen's own words
 */
gboolean
cs_key_prove_finish (CsKey *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
