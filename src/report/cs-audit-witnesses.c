/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What agents were shown of the records, compared with what is there: a cut tail, or a fork. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-audit-private.h"

#include "cs-member.h"
#include "cs-witness.h"

/* All agents are asked at once; the task returns with the last of them. */
typedef struct
{
  CsWorkspace *workspace;
  CsVerification *verification;
  GHashTable *agents; /* CsTarget → GPtrArray of streams */
  guint pending;
} Hearing;

/* What one agent said, head by head. */
typedef struct
{
  GTask *task;
  CsTarget *target;
  GPtrArray *heads;
  guint next;
} Testimony;

static void compare_next (Testimony *testimony);

static void
hearing_free (Hearing *hearing)
{
  g_object_unref (hearing->workspace);
  g_object_unref (hearing->verification);
  g_hash_table_unref (hearing->agents);
  g_free (hearing);
}

static void
add_agent (GHashTable *agents, CsTarget *target, const char *stream)
{
  GPtrArray *streams = g_hash_table_lookup (agents, target);

  if (target == NULL || cs_target_get_kind (target) != CS_TARGET_AGENT)
    return;
  if (streams == NULL)
    {
      streams = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (agents, g_object_ref (target), streams);
    }
  g_ptr_array_add (streams, g_strdup (stream));
}

/* The target of now, whose certificate may be another than when the deployment was opened. */
static void
add_deployment (Hearing *hearing, CsDeployment *deployment)
{
  CsTarget *opened = cs_deployment_get_target (deployment);
  CsTarget *now = opened != NULL
                    ? cs_targets_lookup (cs_workspace_get_targets (hearing->workspace),
                                         cs_target_get_name (opened))
                    : NULL;
  CsTarget *target = now != NULL ? now : opened;
  GListModel *members = target != NULL ? cs_target_get_members (target) : NULL;
  const char *stream = cs_deployment_get_stream (deployment);

  if (target == NULL)
    return;
  add_agent (hearing->agents, target, stream);
  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      add_agent (hearing->agents, cs_member_get_target (member), stream);
    }
}

static void
settle (Testimony *testimony)
{
  Hearing *hearing = g_task_get_task_data (testimony->task);

  if (--hearing->pending == 0 && !g_task_return_error_if_cancelled (testimony->task))
    g_task_return_boolean (testimony->task, TRUE);
  g_object_unref (testimony->task);
  g_object_unref (testimony->target);
  g_clear_pointer (&testimony->heads, g_ptr_array_unref);
  g_free (testimony);
}

static void
compare (Testimony *testimony, const CsWitnessedHead *head, GPtrArray *records)
{
  Hearing *hearing = g_task_get_task_data (testimony->task);
  const char *name = cs_target_get_name (testimony->target);
  CsFinding *finding;

  if (records->len > 0 && g_str_equal (cs_record_get_hash (records->pdata[0]), head->hash))
    return;
  if (records->len > 0)
    finding = cs_finding_new (head->stream, head->n, NULL,
                              "The agent “%s” disagrees: on %s %s showed it another record here, "
                              "%s, so this is not the history that it saw",
                              name, head->at, head->by, head->hash);
  else
    finding = cs_finding_new (head->stream, head->n, NULL,
                              "The agent “%s” disagrees: on %s %s showed it this record, %s, and "
                              "the stream ends before it: its end was cut off",
                              name, head->at, head->by, head->hash);
  cs_verification_add_finding (hearing->verification, finding);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Testimony *testimony = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  /* What can't be read is a finding of the chains already. */
  if (records != NULL)
    compare (testimony, g_ptr_array_index (testimony->heads, testimony->next), records);
  testimony->next++;
  compare_next (testimony);
}

/* A head is on disk here before it is shown, so what is read now must hold it. */
static void
compare_next (Testimony *testimony)
{
  Hearing *hearing = g_task_get_task_data (testimony->task);
  const CsWitnessedHead *head;

  if (testimony->next == testimony->heads->len)
    {
      settle (testimony);
      return;
    }
  head = g_ptr_array_index (testimony->heads, testimony->next);
  cs_store_read_async (cs_workspace_get_store (hearing->workspace), head->stream, head->n,
                       g_task_get_cancellable (testimony->task), read_cb, testimony);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Testimony *testimony = user_data;
  Hearing *hearing = g_task_get_task_data (testimony->task);
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;

  testimony->heads = cs_witness_ask_finish (result, &error);
  if (testimony->heads != NULL)
    {
      compare_next (testimony);
      return;
    }
  note = g_strdup_printf ("The agent “%s” could not be asked what it was shown: %s",
                          cs_target_get_name (testimony->target), error->message);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cs_verification_add_note (hearing->verification, note);
  settle (testimony);
}

static void
ask (GTask *task, CsTarget *target, GPtrArray *streams)
{
  Testimony *testimony = g_new0 (Testimony, 1);

  testimony->task = g_object_ref (task);
  testimony->target = g_object_ref (target);
  g_ptr_array_add (streams, NULL);
  cs_witness_ask_async (target, (const char *const *) streams->pdata,
                        g_task_get_cancellable (task), asked_cb, testimony);
}

/**
 * cs_audit_ask_witnesses_async:
 * @workspace: whose records are compared
 * @verification: gets what is wrong, and which agents could not be asked
 *
 * Asks every agent of every deployment for the last head that it was shown, and looks whether that
 * very record is still there. A chain alone does not show that its end was cut off.
 */
void
cs_audit_ask_witnesses_async (CsWorkspace *workspace,
                              CsVerification *verification,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GListModel *deployments = cs_workspace_get_deployments (workspace);
  Hearing *hearing = g_new0 (Hearing, 1);
  GHashTableIter iter;
  gpointer target, streams;

  g_task_set_source_tag (task, cs_audit_ask_witnesses_async);
  g_task_set_task_data (task, hearing, (GDestroyNotify) hearing_free);
  hearing->workspace = g_object_ref (workspace);
  hearing->verification = g_object_ref (verification);
  hearing->agents = g_hash_table_new_full (NULL, NULL, g_object_unref,
                                           (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      add_deployment (hearing, deployment);
    }
  hearing->pending = g_hash_table_size (hearing->agents);
  if (hearing->pending == 0)
    g_task_return_boolean (task, TRUE);
  g_hash_table_iter_init (&iter, hearing->agents);
  while (g_hash_table_iter_next (&iter, &target, &streams))
    ask (task, target, streams);
}

/**
 * cs_audit_ask_witnesses_finish:
 *
 * Returns: whether all were asked; %FALSE when it was cancelled
 */
gboolean
cs_audit_ask_witnesses_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
