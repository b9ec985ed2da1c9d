/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole proof: chains, blobs and every signature. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-audit-private.h"

#include "cs-envelope.h"
#include "cs-json.h"
#include "cs-sshsig.h"
#include "cs-statement.h"

#include <string.h>

/* One audit on its way: after the chains, stream by stream, in each signature by signature. */
typedef struct
{
  CsWorkspace *workspace;
  CsVerification *verification;
  char *allowed_signers;
  GPtrArray *heads;
  guint next_head;
  GPtrArray *records; /* of the stream that is being looked at */
  guint next_record;
  gint64 latest_at; /* of the records up to the one that is looked at */
} Audit;

static void check_next_stream (GTask *task);
static void check_next_record (GTask *task);

static void
audit_free (Audit *audit)
{
  g_object_unref (audit->workspace);
  g_clear_object (&audit->verification);
  g_free (audit->allowed_signers);
  g_clear_pointer (&audit->heads, g_ptr_array_unref);
  g_clear_pointer (&audit->records, g_ptr_array_unref);
  g_free (audit);
}

static CsRecord *
current_record (Audit *audit)
{
  return audit->records->pdata[audit->next_record - 1];
}

static void
add_finding (Audit *audit, const char *words)
{
  CsRecord *record = current_record (audit);
  const char *blob = cs_json_get_string (cs_record_get_body (record), "envelope");

  cs_verification_add_finding (
    audit->verification, cs_finding_new (cs_record_get_stream (record), cs_record_get_n (record),
                                         blob, "The signature is not good: %s", words));
}

static CsDeployment *
find_deployment (Audit *audit, const char *stream)
{
  GListModel *deployments = cs_workspace_get_deployments (audit->workspace);

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      if (g_str_equal (cs_deployment_get_stream (deployment), stream))
        return deployment;
    }
  return NULL;
}

/* The three subjects, each found again without the signature's help. */
static const char *
find_difference (Audit *audit, const CsStatement *statement)
{
  CsRecord *record = current_record (audit);
  CsRecord *first = audit->records->pdata[0];
  const char *stream = cs_record_get_stream (record);
  const char *runbook = cs_json_get_string (cs_record_get_body (first), "runbook");
  CsDeployment *deployment = find_deployment (audit, stream);
  CsSignoffState *signoff;
  g_autofree char *manifest = NULL;

  if (g_strcmp0 (statement->runbook_digest, runbook) != 0)
    return "it covers another version of the runbook";
  if (g_strcmp0 (statement->head_digest, cs_record_get_previous (record)) != 0)
    return "it covers another state of the record";
  if (g_strcmp0 (statement->deployment, stream + strlen (CS_DEPLOYMENT_STREAM_PREFIX)) != 0)
    return "it is about another deployment";
  if (!cs_audit_record_agrees (record, statement))
    return "the record says something else than what was signed";
  if (deployment == NULL)
    return "the deployment can't be read, so nobody can tell which commands it releases";
  signoff = cs_deployment_find_signoff (deployment, statement->field);
  if (signoff == NULL)
    return "the runbook has no such line to sign";
  if (!cs_deployment_accepts_role (deployment, signoff, statement->role))
    return "it was signed in another role than the line asks for";
  manifest = cs_deployment_compute_manifest (deployment, signoff, statement);
  if (g_strcmp0 (statement->manifest_digest, manifest) != 0)
    return "it releases other commands than the runbook holds";
  return NULL;
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_sshsig_verify_finish (result, &error))
    {
      if (g_task_return_error_if_cancelled (task))
        return;
      add_finding (g_task_get_task_data (task), error->message);
    }
  check_next_record (task);
}

/* Whether someone had opened the deployment or run commands of it before the record. */
static gboolean
has_operated (Audit *audit, const char *person)
{
  for (guint i = 0; i + 1 < audit->next_record; i++)
    {
      CsRecord *record = audit->records->pdata[i];

      if (g_strcmp0 (cs_record_get_actor (record), person) == 0 &&
          cs_deployment_is_operating (record))
        return TRUE;
    }
  return FALSE;
}

static CsEnvelope *
read_envelope (GBytes *bytes, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonNode) node = cs_json_parse (text != NULL ? text : "", (gssize) size, error);

  return node != NULL ? cs_envelope_new_from_json (node, error) : NULL;
}

static void
envelope_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Audit *audit = g_task_get_task_data (task);
  CsRecord *record = current_record (audit);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  g_autoptr (CsEnvelope) envelope = bytes != NULL ? read_envelope (bytes, &error) : NULL;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (GBytes) message = NULL;
  const char *difference = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (envelope != NULL)
    statement = cs_statement_from_payload (cs_envelope_get_payload (envelope), &error);
  if (statement == NULL)
    difference = error->message;
  else if (g_strcmp0 (cs_envelope_get_payload_type (envelope), CS_ENVELOPE_TYPE_IN_TOTO) != 0 ||
           cs_envelope_get_n_signatures (envelope) != 1)
    difference = "the envelope is not one statement with one signature";
  else
    difference = find_difference (audit, statement);
  if (difference == NULL &&
      !cs_people_check_signer (cs_workspace_get_people (audit->workspace), statement->signer,
                               cs_envelope_get_signature (envelope, 0), audit->latest_at, &error))
    difference = error->message;
  /* find_difference() has found the deployment. */
  if (difference == NULL &&
      !cs_deployment_check_approval (find_deployment (audit, cs_record_get_stream (record)),
                                     statement, audit->latest_at,
                                     has_operated (audit, statement->signer), &error))
    difference = error->message;
  if (difference != NULL)
    {
      add_finding (audit, difference);
      check_next_record (task);
      return;
    }
  message = cs_envelope_get_signed_bytes (envelope);
  cs_sshsig_verify_async (audit->allowed_signers, statement->signer, CS_SSHSIG_NAMESPACE, message,
                          cs_envelope_get_signature (envelope, 0), audit->latest_at,
                          g_task_get_cancellable (task), verified_cb, g_object_ref (task));
}

static void
check_next_record (GTask *task)
{
  Audit *audit = g_task_get_task_data (task);
  CsStore *store = cs_workspace_get_store (audit->workspace);

  while (audit->next_record < audit->records->len)
    {
      CsRecord *record = audit->records->pdata[audit->next_record++];
      const char *blob = cs_json_get_string (cs_record_get_body (record), "envelope");

      audit->latest_at = MAX (audit->latest_at, cs_record_get_at (record));
      if (!g_str_equal (cs_record_get_kind (record), "signed"))
        continue;
      if (blob != NULL)
        {
          cs_store_get_blob_async (store, blob, g_task_get_cancellable (task), envelope_cb,
                                   g_object_ref (task));
          return;
        }
      add_finding (audit, "the record names no envelope");
    }
  check_next_stream (task);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Audit *audit = g_task_get_task_data (task);
  CsStreamHead *head = audit->heads->pdata[audit->next_head - 1];
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&audit->records, g_ptr_array_unref);
  audit->records = cs_store_read_finish (CS_STORE (source), result, &error);
  audit->next_record = 0;
  audit->latest_at = 0;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (audit->records != NULL)
    {
      check_next_record (task);
      return;
    }
  cs_verification_add_finding (audit->verification, cs_finding_new (head->stream, -1, NULL,
                                                                    "The stream can't be read: %s",
                                                                    error->message));
  check_next_stream (task);
}

static void
witnesses_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Audit *audit = g_task_get_task_data (task);
  GError *error = NULL;

  if (cs_audit_ask_witnesses_finish (result, &error))
    g_task_return_pointer (task, g_steal_pointer (&audit->verification), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
check_next_stream (GTask *task)
{
  Audit *audit = g_task_get_task_data (task);
  CsStreamHead *head;

  if (audit->next_head == audit->heads->len)
    {
      cs_audit_ask_witnesses_async (audit->workspace, audit->verification,
                                    g_task_get_cancellable (task), witnesses_cb,
                                    g_object_ref (task));
      return;
    }
  head = audit->heads->pdata[audit->next_head++];
  cs_store_read_async (cs_workspace_get_store (audit->workspace), head->stream, 0,
                       g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

static void
heads_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Audit *audit = g_task_get_task_data (task);
  GError *error = NULL;

  audit->heads = cs_store_list_heads_finish (CS_STORE (source), result, &error);
  if (audit->heads == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  audit->allowed_signers =
    cs_people_dup_allowed_signers (cs_workspace_get_people (audit->workspace));
  check_next_stream (task);
}

static void
add_faults (Audit *audit, const char *stream, GPtrArray *faults)
{
  for (guint i = 0; i < faults->len; i++)
    {
      CsPeopleFault *fault = g_ptr_array_index (faults, i);

      cs_verification_add_finding (audit->verification,
                                   cs_finding_new (stream, fault->n, NULL,
                                                   "The record counts for nothing: %s",
                                                   fault->words));
    }
}

/* Roles, keys, policies and rulings that nobody signed who may; the folds have passed over them. */
static void
add_undecided (Audit *audit)
{
  CsPeople *people = cs_workspace_get_people (audit->workspace);
  CsPolicies *policies = cs_workspace_get_policies (audit->workspace);
  GListModel *deployments = cs_workspace_get_deployments (audit->workspace);
  g_autoptr (GPtrArray) faults = cs_policies_list_faults (policies, people);

  add_faults (audit, CS_PEOPLE_STREAM, cs_people_get_faults (people));
  add_faults (audit, CS_POLICY_STREAM, faults);
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      add_faults (audit, cs_deployment_get_stream (deployment),
                  cs_deployment_get_faults (deployment));
    }
}

static void
chains_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Audit *audit = g_task_get_task_data (task);
  GError *error = NULL;

  audit->verification = cs_verification_run_finish (result, &error);
  if (audit->verification == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  add_undecided (audit);
  cs_store_list_heads_async (cs_workspace_get_store (audit->workspace), CS_DEPLOYMENT_STREAM_PREFIX,
                             g_task_get_cancellable (task), heads_cb, g_object_ref (task));
}

/**
 * cs_audit_verify_async:
 * @workspace: what to look at
 * @progress: (nullable) (scope async): told how far the chains and blobs are
 *
 * Proves the journal: every chain and blob (cs_verification_run_async()), then every signature of
 * every
 * deployment: its envelope parses, its three subjects are the runbook, the head before it and the
 * commands that it releases, the record says what was signed, and the key was the signer's then. At
 * last each agent is asked which head of its deployments it was shown; one that can't be asked is a
 * note.
 */
void
cs_audit_verify_async (CsWorkspace *workspace,
                       CsVerificationProgress progress,
                       gpointer progress_data,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  Audit *audit;

  g_return_if_fail (CS_IS_WORKSPACE (workspace));

  task = g_task_new (NULL, cancellable, callback, user_data);
  audit = g_new0 (Audit, 1);
  audit->workspace = g_object_ref (workspace);
  g_task_set_source_tag (task, cs_audit_verify_async);
  g_task_set_task_data (task, audit, (GDestroyNotify) audit_free);
  cs_verification_run_async (cs_workspace_get_store (workspace), progress, progress_data,
                             cancellable, chains_cb, task);
}

/**
 * cs_audit_verify_finish:
 *
 * Returns: (transfer full): what was checked and what was found wrong; %NULL if it could not be
 * done
 */
CsVerification *
cs_audit_verify_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
