/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evidence of a deployment, checked without a database. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-evidence-check.h"

#include "cs-audit-private.h"
#include "cs-bundle-writer.h"
#include "cs-deployment.h"
#include "cs-digest.h"
#include "cs-envelope.h"
#include "cs-evidence-records.h"
#include "cs-evidence-rights.h"
#include "cs-json.h"
#include "cs-record.h"
#include "cs-sshsig.h"
#include "cs-statement.h"

#include <string.h>

/* A signature that says what the record says, and still has to be a good one. */
typedef struct
{
  char *file;
  char *signer;
  gint64 at;
  GBytes *message;
  char *signature;
} Pending;

typedef struct
{
  char *directory;
  char *expected_heads;
  CsEvidenceCheck *check;
  char *allowed_signers;
  CsEvidenceRights *rights;
  GPtrArray *pending;
  guint next;
} Checking;

static void verify_next (GTask *task);

static void
pending_free (Pending *self)
{
  g_free (self->file);
  g_free (self->signer);
  g_bytes_unref (self->message);
  g_free (self->signature);
  g_free (self);
}

static void
checking_free (Checking *self)
{
  g_free (self->directory);
  g_free (self->expected_heads);
  g_clear_pointer (&self->check, cs_evidence_check_free);
  g_free (self->allowed_signers);
  g_clear_pointer (&self->rights, cs_evidence_rights_free);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

/** cs_evidence_check_free: */
void
cs_evidence_check_free (CsEvidenceCheck *self)
{
  g_ptr_array_unref (self->faults);
  g_free (self->heads);
  g_free (self);
}

/* What the statement covers, and that the record tells the same. */
static const char *
find_difference (const CsStatement *statement, CsRecord *record, const char *runbook)
{
  const char *stream = cs_record_get_stream (record);
  g_autofree char *own_stream =
    g_strconcat (CS_DEPLOYMENT_STREAM_PREFIX, statement->deployment, NULL);
  g_autofree char *manifest =
    cs_statement_compute_manifest ((const char *const *) statement->commands);

  if (g_strcmp0 (statement->runbook_digest, runbook) != 0)
    return "it covers another runbook";
  if (g_strcmp0 (statement->head_digest, cs_record_get_previous (record)) != 0)
    return "it covers another state of the record";
  if (g_strcmp0 (statement->manifest_digest, manifest) != 0)
    return "it covers other commands than it lists";
  if (g_strcmp0 (own_stream, stream) != 0)
    return "it is about another deployment";
  if (!cs_audit_record_agrees (record, statement))
    return "the record says something else than what was signed";
  return NULL;
}

static CsEnvelope *
read_envelope (CsBundleReader *reader, const char *file, GError **error)
{
  g_autofree char *text = cs_bundle_reader_dup_text (reader, file);
  g_autoptr (JsonNode) node = cs_json_parse (text != NULL ? text : "", -1, error);

  return node != NULL ? cs_envelope_new_from_json (node, error) : NULL;
}

static void
check_envelope (Checking *self, CsBundleReader *reader, CsRecord *record, const char *file)
{
  GPtrArray *faults = self->check->faults;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsEnvelope) envelope = read_envelope (reader, file, &error);
  g_autoptr (CsStatement) statement =
    envelope != NULL ? cs_statement_from_payload (cs_envelope_get_payload (envelope), &error)
                     : NULL;
  const char *difference;
  Pending *pending;

  if (statement == NULL || cs_envelope_get_n_signatures (envelope) != 1 ||
      g_strcmp0 (cs_envelope_get_payload_type (envelope), CS_ENVELOPE_TYPE_IN_TOTO) != 0)
    {
      cs_evidence_fault_add (faults, file, "is not one statement with one signature%s%s",
                             error != NULL ? ": " : "", error != NULL ? error->message : "");
      return;
    }
  difference =
    find_difference (statement, record, cs_bundle_reader_get_digest (reader, "runbook.md"));
  if (difference != NULL)
    cs_evidence_fault_add (faults, file, "%s", difference);
  if (!cs_evidence_rights_check_signer (self->rights, record,
                                        cs_envelope_get_signature (envelope, 0), &error))
    {
      cs_evidence_fault_add (faults, file, "the signature is not good: %s", error->message);
      self->check->n_signatures++;
      return;
    }
  pending = g_new0 (Pending, 1);
  pending->file = g_strdup (file);
  pending->signer = g_strdup (statement->signer);
  pending->at = cs_evidence_rights_get_time (self->rights, record);
  pending->message = cs_envelope_get_signed_bytes (envelope);
  pending->signature = g_strdup (cs_envelope_get_signature (envelope, 0));
  g_ptr_array_add (self->pending, pending);
}

static void
check_envelopes (Checking *self, CsBundleReader *reader, GPtrArray *records)
{
  GPtrArray *faults = self->check->faults;
  g_autoptr (GPtrArray) there = cs_bundle_reader_list (reader, "envelopes/");
  guint n_signed = 0;

  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      const char *named = cs_json_get_string (cs_record_get_body (record), "envelope");
      g_autofree char *file =
        g_strdup_printf ("envelopes/%" G_GINT64_FORMAT ".json", cs_record_get_n (record));

      if (!g_str_equal (cs_record_get_kind (record), "signed"))
        continue;
      n_signed++;
      if (named == NULL || g_strcmp0 (cs_bundle_reader_get_digest (reader, file), named) != 0)
        cs_evidence_fault_add (faults, file,
                               "is not the envelope that record %" G_GINT64_FORMAT " names",
                               cs_record_get_n (record));
      else
        check_envelope (self, reader, record, file);
    }
  if (there->len != n_signed)
    cs_evidence_fault_add (faults, "envelopes",
                           "there are %u envelopes, and %u records of signatures", there->len,
                           n_signed);
}

/* The same text as the one that was written, from what is there. */
static void
check_heads (Checking *self, CsBundleReader *reader, const char *heads)
{
  GPtrArray *faults = self->check->faults;
  const char *sum = cs_bundle_reader_get_digest (reader, CS_BUNDLE_SUMS);
  g_autofree char *text =
    g_strdup_printf ("%s  " CS_BUNDLE_SUMS "\n%s", sum != NULL ? sum : "-", heads);
  g_autofree char *own = cs_digest_of_data (text, strlen (text));

  self->check->heads = g_strdup (cs_bundle_reader_get_digest (reader, CS_BUNDLE_HEADS));
  if (g_strcmp0 (own, self->check->heads) != 0)
    cs_evidence_fault_add (
      faults, CS_BUNDLE_HEADS,
      "the record ends elsewhere, or " CS_BUNDLE_SUMS " is another than was exported");
  if (self->expected_heads != NULL && g_strcmp0 (self->expected_heads, self->check->heads) != 0)
    cs_evidence_fault_add (faults, CS_BUNDLE_HEADS,
                           "is not the one that was exported: that has the SHA-256 %s",
                           self->expected_heads);
}

static void
check_deployment (Checking *self, CsBundleReader *reader, GPtrArray *records)
{
  CsRecord *first = records->len > 0 ? records->pdata[0] : NULL;

  if (first == NULL ||
      g_strcmp0 (cs_json_get_string (cs_record_get_body (first), "runbook"),
                 cs_bundle_reader_get_digest (reader, "runbook.md")) != 0)
    cs_evidence_fault_add (self->check->faults, "runbook.md",
                           "is not the runbook that the deployment was opened with");
  check_envelopes (self, reader, records);
}

/* Of each stream: its chain, and what its records name; and its head. */
static GPtrArray *
check_stream (Checking *self, CsBundleReader *reader, const char *file, GString *heads)
{
  GPtrArray *records = cs_evidence_records_read (reader, file, self->check->faults);
  CsRecord *last = records->len > 0 ? records->pdata[records->len - 1] : NULL;

  self->check->n_records += records->len;
  cs_evidence_records_check_names (reader, records, self->check->faults);
  if (last != NULL)
    g_string_append_printf (heads, "%s  %u  %s\n", cs_record_get_hash (last), records->len,
                            cs_record_get_stream (last));
  return records;
}

static gboolean
check_records (Checking *self, CsBundleReader *reader, GCancellable *cancellable, GError **error)
{
  static const char *const ruled[] = { CS_EVIDENCE_DEPLOYMENT, CS_EVIDENCE_PEOPLE,
                                       CS_EVIDENCE_POLICY, CS_EVIDENCE_WATCH };
  GPtrArray *faults = self->check->faults;
  g_autoptr (GPtrArray) files = cs_bundle_reader_list (reader, "records/");
  g_autoptr (GString) heads = g_string_new (NULL);
  GPtrArray *streams[G_N_ELEMENTS (ruled)];

  for (guint k = 0; k < G_N_ELEMENTS (ruled); k++)
    streams[k] = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autoptr (GPtrArray) records = check_stream (self, reader, files->pdata[i], heads);

      for (guint k = 0; k < G_N_ELEMENTS (ruled); k++)
        if (g_str_equal (files->pdata[i], ruled[k]))
          g_ptr_array_extend_and_steal (streams[k], g_ptr_array_ref (records));
    }
  if (!g_ptr_array_find_with_equal_func (files, CS_EVIDENCE_DEPLOYMENT, g_str_equal, NULL))
    cs_evidence_fault_add (faults, CS_EVIDENCE_DEPLOYMENT, "is missing");
  self->rights = cs_evidence_rights_new (streams[1], streams[2], streams[0], faults);
  cs_evidence_rights_check_watch (self->rights, streams[3], faults);
  self->check->n_decisions = cs_evidence_rights_get_n_decisions (self->rights);
  cs_evidence_rights_check_files (self->rights, reader, faults);
  check_deployment (self, reader, streams[0]);
  check_heads (self, reader, heads->str);
  for (guint k = 0; k < G_N_ELEMENTS (ruled); k++)
    g_ptr_array_unref (streams[k]);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
check_in_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Checking *self = task_data;
  GError *error = NULL;
  g_autoptr (CsBundleReader) reader = cs_bundle_reader_open (self->directory, &error);

  if (reader == NULL ||
      !cs_bundle_reader_check (reader, self->check->faults, cancellable, &error) ||
      !check_records (self, reader, cancellable, &error))
    {
      g_task_return_error (thread, error);
      return;
    }
  self->check->n_files = cs_bundle_reader_get_n_listed (reader);
  self->allowed_signers = cs_bundle_reader_dup_text (reader, "allowed_signers");
  g_task_return_boolean (thread, TRUE);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Checking *self = g_task_get_task_data (task);
  Pending *pending = self->pending->pdata[self->next - 1];
  g_autoptr (GError) error = NULL;

  if (!cs_sshsig_verify_finish (result, &error))
    {
      if (g_task_return_error_if_cancelled (task))
        return;
      cs_evidence_fault_add (self->check->faults, pending->file, "the signature is not good: %s",
                             error->message);
    }
  self->check->n_signatures++;
  verify_next (task);
}

static void
verify_next (GTask *task)
{
  Checking *self = g_task_get_task_data (task);
  Pending *pending;

  if (self->next == self->pending->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&self->check),
                             (GDestroyNotify) cs_evidence_check_free);
      return;
    }
  pending = self->pending->pdata[self->next++];
  cs_sshsig_verify_async (self->allowed_signers != NULL ? self->allowed_signers : "",
                          pending->signer, CS_SSHSIG_NAMESPACE, pending->message,
                          pending->signature, pending->at, g_task_get_cancellable (task),
                          verified_cb, g_object_ref (task));
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    verify_next (task);
  else
    g_task_return_error (task, error);
}

/**
 * cs_evidence_check_async:
 * @directory: the folder
 * @heads: (nullable): the SHA-256 that its `HEADS` had when it was exported, from somewhere else
 *
 * Checks what the folder's own verify.sh does: sums, hashes and chains of records, heads, blobs,
 * keys, and each signature and what it covers. Changes nothing. What nobody can see without @heads
 * is records cut off after the last signature by someone who made the sums anew.
 */
void
cs_evidence_check_async (const char *directory,
                         const char *heads,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) thread = g_task_new (NULL, cancellable, checked_cb, g_object_ref (task));
  Checking *self = g_new0 (Checking, 1);

  g_task_set_source_tag (task, cs_evidence_check_async);
  g_task_set_task_data (task, self, (GDestroyNotify) checking_free);
  self->directory = g_strdup (directory);
  self->expected_heads = heads != NULL ? g_ascii_strdown (heads, -1) : NULL;
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) pending_free);
  self->check = g_new0 (CsEvidenceCheck, 1);
  self->check->faults =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_evidence_fault_free);
  g_task_set_source_tag (thread, cs_evidence_check_async);
  g_task_set_task_data (thread, self, NULL);
  g_task_run_in_thread (thread, check_in_thread);
}

/**
 * cs_evidence_check_finish:
 *
 * Returns: (transfer full): what was checked and what is wrong; %NULL with %CS_ERROR_NOT_FOUND if
 *   there is no such folder
 */
CsEvidenceCheck *
cs_evidence_check_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
