/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose signature it is: in memory where that can be, else by `ssh-keygen`. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-signer-check.h"

#include "cs-sshsig.h"

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* This is called in worker threads, which have no main loop of their own. */
static gboolean
verify_by_keygen (const char *line,
                  const char *person,
                  CsSignature *signature,
                  const char *namespace_,
                  GBytes *message,
                  gint64 at,
                  GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autofree char *armored = cs_signature_dup_armored (signature);
  g_autoptr (GAsyncResult) result = NULL;
  gboolean good;

  g_main_context_push_thread_default (context);
  cs_sshsig_verify_async (line, person, namespace_, message, armored, at, NULL, verified_cb,
                          &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  good = cs_sshsig_verify_finish (result, error);
  g_main_context_pop_thread_default (context);
  return good;
}

/**
 * cs_signer_check:
 * @signers: whose keys count
 * @namespace_: what it should be for
 * @message: what should be signed
 * @at: when the key must be valid, in UTC microseconds
 *
 * Blocks; call it in a worker thread.
 *
 * Returns: (transfer full): who signed; %NULL with %CS_ERROR_AUTH
 */
char *
cs_signer_check (CsAllowedSigners *signers,
                 CsSignature *signature,
                 const char *namespace_,
                 GBytes *message,
                 gint64 at,
                 GError **error)
{
  const char *line = NULL;
  const char *person = cs_allowed_signers_find (signers, cs_signature_get_key (signature),
                                                namespace_, at, &line, error);

  if (person == NULL)
    return NULL;
  if (cs_signature_is_foreign (signature)
        ? !verify_by_keygen (line, person, signature, namespace_, message, at, error)
        : !cs_signature_verify (signature, namespace_, message, error))
    return NULL;
  return g_strdup (person);
}
