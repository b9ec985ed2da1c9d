/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a deployment comes into being: opened as a new stream, or folded from one that is there. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-runbook-shelf.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-member.h"

#include <string.h>

/* How often runs that another program follows are looked at (seconds). */
#define WATCH_INTERVAL 2

/* One attempt to bring a deployment up; lives as the data of its GTask. */
typedef struct
{
  CsDeployment *deployment;
  GPtrArray *records;
  GPtrArray *signatures; /* to be checked; NULL until then */
  GPtrArray *drafts;
  CsOverrules *overrules;
  char *actor;
} Loading;

static void
loading_free (Loading *self)
{
  g_clear_object (&self->deployment);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->drafts, g_ptr_array_unref);
  g_clear_pointer (&self->signatures, g_ptr_array_unref);
  g_clear_pointer (&self->overrules, cs_overrules_unref);
  g_free (self->actor);
  g_free (self);
}

static gboolean
is_followed (CsDeployment *self, const char *run_id)
{
  return g_hash_table_contains (self->followed, run_id) ||
         cs_run_lock_is_held (self->state_directory, run_id);
}

/* Whoever goes through a fleet follows the runs on all of its members. */
static gboolean
mark_abandoned_fleet (CsDeployment *self, CsBlockState *block)
{
  gboolean changed = FALSE;

  if (block->driven && is_followed (self, block->run_id))
    return FALSE;
  for (guint i = 0; block->counts[CS_STATUS_RUNNING] > 0 &&
                    i < g_list_model_get_n_items (G_LIST_MODEL (block->members));
       i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (G_LIST_MODEL (block->members), i);

      if (member->status != CS_STATUS_RUNNING || is_followed (self, member->run_id))
        continue;
      cs_block_state_set_status (member, CS_STATUS_INTERRUPTED);
      changed = TRUE;
    }
  if (!block->driven)
    return changed;
  cs_block_state_set_driven (block, FALSE);
  return TRUE;
}

/* Runs that nobody follows any more were cut off: their outcome is unknown. */
static gboolean
mark_abandoned (CsDeployment *self)
{
  gboolean changed = FALSE;
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        if (block->status != CS_STATUS_RUNNING)
          continue;
        if (block->fleet != NULL)
          changed = mark_abandoned_fleet (self, block) || changed;
        else if (!is_followed (self, block->run_id))
          {
            cs_block_state_set_status (block, CS_STATUS_INTERRUPTED);
            changed = TRUE;
          }
      }
  return changed;
}

static gboolean
has_running (CsDeployment *self)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        if (block->status == CS_STATUS_RUNNING)
          return TRUE;
      }
  return FALSE;
}

static gboolean
watch_cb (gpointer data)
{
  g_autoptr (CsDeployment) self = g_object_ref (data);

  if (mark_abandoned (self))
    {
      cs_deployment_derive (self);
      cs_deployment_notify_changed (self);
    }
  if (has_running (self))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->watching, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* While something runs, and only then: most deployments of a workspace are over. */
static void
watch_running (CsDeployment *self)
{
  if (self->watching != NULL || !has_running (self))
    return;
  self->watching = g_timeout_source_new_seconds (WATCH_INTERVAL);
  g_source_set_callback (self->watching, watch_cb, self, NULL);
  g_source_attach (self->watching, g_main_context_get_thread_default ());
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsDeployment *self = CS_DEPLOYMENT (source);

  if (!cs_deployment_verify_signoff_finish (self, result))
    return;
  cs_deployment_derive (self);
  cs_deployment_notify_changed (self);
}

static void
verify_new_signature (CsDeployment *self, CsRecord *record)
{
  const char *field = cs_json_get_string (cs_record_get_body (record), "field");
  CsSignoffState *signoff = field != NULL ? cs_deployment_find_signoff (self, field) : NULL;

  if (signoff != NULL && strcmp (cs_record_get_kind (record), "signed") == 0)
    cs_deployment_verify_signoff_async (self, signoff, self->cancellable, verified_cb, NULL);
}

/* Records come one by one; only one that this object is ready for is folded. */
static void
appended_cb (CsStore *store, CsRecord *record, gpointer data)
{
  CsDeployment *self = data;

  if (strcmp (cs_record_get_stream (record), self->stream) != 0 ||
      cs_record_get_n (record) != self->n_records)
    return;
  cs_deployment_fold (self, record);
  watch_running (self);
  if (cs_json_get_string (cs_record_get_body (record), "member") != NULL)
    {
      cs_deployment_queue_changed (self); /* a hundred of them come at once */
      return;
    }
  mark_abandoned (self);
  verify_new_signature (self, record);
  cs_deployment_derive (self);
  cs_deployment_notify_changed (self);
}

/* From here on the deployment moves as its stream does. */
void
cs_deployment_follow (CsDeployment *self)
{
  g_autofree char *signal = g_strconcat ("appended::", self->stream, NULL);

  self->appended_handler = g_signal_connect (self->store, signal, G_CALLBACK (appended_cb), self);
  watch_running (self);
}

static void verify_next (GTask *task);

static void
one_verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  cs_deployment_verify_signoff_finish (CS_DEPLOYMENT (source), result);
  verify_next (user_data);
}

/* Those on the lines, and those that stop the deployment whatever the lines show now. */
static GPtrArray *
list_signatures (CsDeployment *self)
{
  GPtrArray *signatures = cs_deployment_list_noted (self);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (line->envelope != NULL)
        g_ptr_array_add (signatures, g_steal_pointer (&line));
    }
  return signatures;
}

/* Signatures are checked before anyone sees the deployment, so that none counts by looks alone. */
static void
verify_next (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = loading->deployment;

  if (loading->signatures == NULL)
    loading->signatures = list_signatures (self);
  while (loading->signatures->len > 0)
    {
      g_autoptr (CsSignoffState) signature =
        g_ptr_array_steal_index (loading->signatures, loading->signatures->len - 1);

      if (signature->verified != CS_VERIFIED_UNKNOWN)
        continue; /* it is held twice, and was checked already */
      cs_deployment_verify_signoff_async (self, signature, g_task_get_cancellable (task),
                                          one_verified_cb, task);
      return;
    }
  cs_deployment_derive (self);
  g_task_return_pointer (task, g_steal_pointer (&loading->deployment), g_object_unref);
  g_object_unref (task);
}

static void
fold_records (CsDeployment *self, GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);

      if (cs_record_get_n (record) == self->n_records)
        cs_deployment_fold (self, record);
    }
  mark_abandoned (self);
  cs_deployment_derive (self);
}

static void
rest_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  fold_records (loading->deployment, records);
  watch_running (loading->deployment);
  verify_next (task);
}

/* What others append while the runbook is being read comes neither with the first reading nor by
 * the signal, so the end of the stream is read once more after the signal is connected. */
static void
fold_all (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = loading->deployment;

  fold_records (self, loading->records);
  cs_deployment_follow (self);
  cs_store_read_async (self->store, self->stream, self->n_records, g_task_get_cancellable (task),
                       rest_read_cb, task);
}

static void
lay_out (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);

  cs_deployment_build_states (loading->deployment);
  fold_all (task);
}

/* The runbook as it was understood when the deployment was opened, whatever was overruled since. */
static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = loading->deployment;
  GError *error = NULL;

  self->runbook = cs_runbook_parse_finish (result, &error);
  if (self->runbook == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_runbook_shelf_put (self->runbook);
  lay_out (g_steal_pointer (&task));
}

static void
source_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_runbook_parse_async (bytes, loading->overrules, g_task_get_cancellable (task), parsed_cb,
                          g_object_ref (task));
}

/* A deployment knows what it runs on, not by name alone. */
static gboolean
has_addresses (CsTarget *target)
{
  GListModel *members = cs_target_get_members (target);

  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      if (cs_member_get_target (member) == NULL)
        return FALSE;
    }
  return TRUE;
}

/**
 * cs_deployment_marks_are_signed:
 * @opening: the first record of a deployment
 *
 * Returns: whether marks of commands as passed count in it only with a signature; those of
 *   deployments that were opened before there were such signatures count without
 */
gboolean
cs_deployment_marks_are_signed (CsRecord *opening)
{
  return g_strcmp0 (cs_json_get_string (cs_record_get_body (opening), "marks"), "signed") == 0;
}

static gboolean
read_opening (CsDeployment *self, CsRecord *record, GError **error)
{
  JsonObject *body = cs_record_get_body (record);
  JsonObject *target = cs_json_get_object (body, "target");

  if (strcmp (cs_record_get_kind (record), "opened") != 0 || target == NULL ||
      cs_json_get_string (body, "runbook") == NULL ||
      cs_json_get_string (body, "environment") == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
                   "The stream %s does not begin with the opening of a deployment", self->stream);
      return FALSE;
    }
  self->target = cs_target_new_from_json (target, error);
  if (self->target == NULL)
    return FALSE;
  if (!has_addresses (self->target))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
                   "The stream %s does not say where the members of its fleet are", self->stream);
      return FALSE;
    }
  self->sites = cs_site_table_new (self->target);
  self->title = g_strdup (cs_json_get_string (body, "title"));
  self->environment = g_strdup (cs_json_get_string (body, "environment"));
  self->reason = g_strdup (cs_json_get_string (body, "reason"));
  self->operator= g_strdup (cs_record_get_actor (record));
  self->marks_are_signed = cs_deployment_marks_are_signed (record);
  self->opened_at = cs_record_get_at (record);
  self->policy =
    cs_policies_lookup (self->policies, self->people, self->environment, self->opened_at);
  self->production = cs_deployment_policy_is_production (self->policy, self->environment);
  self->steps_have_environments = json_object_has_member (body, "production");
  return TRUE;
}

static void
records_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = loading->deployment;
  GError *error = NULL;
  const char *digest;
  CsRecord *first;

  loading->records = cs_store_read_finish (CS_STORE (source), result, &error);
  if (loading->records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (loading->records->len == 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "There is no deployment with the id “%s”", self->id);
      return;
    }
  first = g_ptr_array_index (loading->records, 0);
  if (!read_opening (self, first, &error) ||
      !cs_overrules_from_json (cs_json_get_array (cs_record_get_body (first), "overrules"),
                               &loading->overrules, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  digest = cs_json_get_string (cs_record_get_body (first), "runbook");
  self->runbook = cs_runbook_shelf_find (digest, loading->overrules);
  if (self->runbook != NULL)
    lay_out (g_steal_pointer (&task));
  else
    cs_store_get_blob_async (self->store, digest, g_task_get_cancellable (task), source_read_cb,
                             g_object_ref (task));
}

static GTask *
new_loading (CsStore *store,
             CsPeople *people,
             CsPolicies *policies,
             const char *state_directory,
             const char *id,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Loading *loading = g_new0 (Loading, 1);

  loading->deployment = cs_deployment_new (store, people, policies, state_directory, id);
  g_task_set_source_tag (task, cs_deployment_load_async);
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  return task;
}

/**
 * cs_deployment_load_async:
 * @store: the journal
 * @people: who may sign
 * @policies: what is asked of them
 * @state_directory: the workspace's, for sessions and for locks on runs
 * @id: the UUID
 *
 * Folds a deployment from its stream and checks every signature on it. Runs that no living program
 * follows come as interrupted. From then on the object follows the stream, in the main context of
 * this call.
 */
void
cs_deployment_load_async (CsStore *store,
                          CsPeople *people,
                          CsPolicies *policies,
                          const char *state_directory,
                          const char *id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = new_loading (store, people, policies, state_directory, id, cancellable, callback,
                             user_data);
  Loading *loading = g_task_get_task_data (task);

  cs_store_read_async (store, loading->deployment->stream, 0, cancellable, records_read_cb, task);
}

/**
 * cs_deployment_load_finish:
 *
 * Returns: (transfer full): the deployment; %NULL with %CS_ERROR_NOT_FOUND or %CS_ERROR_CORRUPT
 */
CsDeployment *
cs_deployment_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_store_read_async (CS_STORE (source), loading->deployment->stream, 0,
                       g_task_get_cancellable (task), records_read_cb, g_object_ref (task));
}

static void
source_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);

  if (digest == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_draft_add_blob (g_ptr_array_index (loading->drafts, 0), digest);
  cs_store_append_async (CS_STORE (source), loading->deployment->stream, 0, loading->actor,
                         loading->drafts, g_task_get_cancellable (task), opened_cb,
                         g_object_ref (task));
}

static gboolean
is_production (CsPeople *people, CsPolicies *policies, const char *environment)
{
  g_autoptr (CsPolicy) policy = cs_policies_lookup (policies, people, environment, G_MAXINT64);

  return cs_deployment_policy_is_production (policy, environment);
}

static char *
strip (const char *text)
{
  return g_strstrip (g_strdup (text != NULL ? text : ""));
}

/**
 * cs_deployment_open_async:
 * @store: the journal
 * @people: who may sign
 * @policies: what is asked of them
 * @state_directory: the workspace's
 * @runbook: what is to be done; the deployment is pinned to these very bytes
 * @environment: where it goes, e.g. `production`
 * @target: where its commands run
 * @actor: who opens it
 * @reason: why
 *
 * Stores the runbook and records the opening.
 */
void
cs_deployment_open_async (CsStore *store,
                          CsPeople *people,
                          CsPolicies *policies,
                          const char *state_directory,
                          CsRunbook *runbook,
                          const char *environment,
                          CsTarget *target,
                          const char *actor,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autofree char *id = g_uuid_string_random ();
  GTask *task = new_loading (store, people, policies, state_directory, id, cancellable, callback,
                             user_data);
  Loading *loading = g_task_get_task_data (task);
  g_autofree char *where = strip (environment);
  g_autofree char *told = strip (reason);
  g_autofree char *why = cs_runbook_redact (runbook, told);
  g_autoptr (JsonNode) body = NULL;
  gboolean production;

  if (!has_addresses (target))
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "The members of the fleet “%s” have to be looked up first",
                               cs_target_get_name (target));
      g_object_unref (task);
      return;
    }
  if (*where == '\0' || *why == '\0')
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "A deployment needs an environment and a reason");
      g_object_unref (task);
      return;
    }
  body = cs_deployment_body ("runbook", cs_runbook_get_digest (runbook), "title",
                             cs_runbook_get_title (runbook), "environment", where, "reason", why,
                             "marks", "signed", NULL);
  production = is_production (people, policies, where);
  json_object_set_boolean_member (json_node_get_object (body), "production", production);
  json_object_set_member (json_node_get_object (body), "target", cs_target_to_json (target));
  if (cs_overrules_get_length (cs_runbook_get_overrules (runbook)) > 0)
    json_object_set_array_member (json_node_get_object (body), "overrules",
                                  cs_overrules_to_json (cs_runbook_get_overrules (runbook)));
  loading->actor = g_strdup (actor);
  loading->drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_ptr_array_add (loading->drafts, cs_draft_new ("opened", body));
  cs_deployment_draft_left_out (runbook, where, production, loading->drafts);
  cs_store_put_blob_async (store, cs_runbook_get_source (runbook), cancellable, source_stored_cb,
                           task);
}

/**
 * cs_deployment_open_finish:
 *
 * Returns: (transfer full): the deployment; %NULL with %CS_ERROR_INVALID if environment or reason
 *   are empty, %CS_ERROR_STORAGE
 */
CsDeployment *
cs_deployment_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
