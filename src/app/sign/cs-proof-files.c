/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ssh-keygen needs to verify one signature, without Countersign. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-proof-files.h"

#include "cs-sshsig.h"

#include <string.h>

typedef struct
{
  const char *name;
  GBytes *contents;
} ProofFile;

static void
proof_file_clear (gpointer data)
{
  g_bytes_unref (((ProofFile *) data)->contents);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GArray *files = task_data;

  for (guint i = 0; i < files->len; i++)
    {
      const ProofFile *wanted = &g_array_index (files, ProofFile, i);
      g_autoptr (GFile) file = g_file_get_child (source, wanted->name);
      GError *error = NULL;

      if (!g_file_replace_contents (file, g_bytes_get_data (wanted->contents, NULL),
                                    g_bytes_get_size (wanted->contents), NULL, FALSE,
                                    G_FILE_CREATE_REPLACE_DESTINATION, NULL, cancellable, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_proof_files_dup_command: (skip)
 * @signer: a person's id
 * @at: when the signature was recorded: a key may have been retired since
 *
 * Returns: (transfer full): the command that verifies it; ssh-keygen(1), -Y verify
 */
char *
cs_proof_files_dup_command (const char *signer, gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (time, "%Y%m%d%H%M%SZ");
  g_autofree char *quoted = g_shell_quote (signer);

  return g_strdup_printf ("ssh-keygen -Y verify -f allowed_signers -I %s -n " CS_SSHSIG_NAMESPACE
                          " -s signature -O verify-time=%s < message",
                          quoted, stamp);
}

/**
 * cs_proof_files_save_async: (skip)
 * @folder: where to; files of these names are replaced
 * @envelope: with the signature, which is over its PAE (DSSE)
 * @allowed_signers: whose keys count
 *
 * Writes what cs_proof_files_dup_command() reads.
 */
void
cs_proof_files_save_async (GFile *folder,
                           CsEnvelope *envelope,
                           const char *allowed_signers,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (folder, cancellable, callback, user_data);
  const char *signature = cs_envelope_get_signature (envelope, 0);
  GArray *files = g_array_new (FALSE, FALSE, sizeof (ProofFile));
  ProofFile all[] = {
    { "message", cs_envelope_get_signed_bytes (envelope) },
    { "signature", g_bytes_new (signature, strlen (signature)) },
    { "allowed_signers", g_bytes_new (allowed_signers, strlen (allowed_signers)) },
  };

  g_array_set_clear_func (files, proof_file_clear);
  g_array_append_vals (files, all, G_N_ELEMENTS (all));
  g_task_set_source_tag (task, cs_proof_files_save_async);
  g_task_set_task_data (task, files, (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, save_thread);
}

/** cs_proof_files_save_finish: (skip): %TRUE when all are there. */
gboolean
cs_proof_files_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
