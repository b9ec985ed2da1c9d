/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything in one data directory: journal, people, targets, runbooks, deployments. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-workspace.h"

#include "cs-membership.h"

#include "cs-error.h"

#include <string.h>

/* How many deployments are read at once while a workspace opens: each waits for threads most of the
 * time. */
#define N_LOADED_AT_ONCE 16
/* Fewer characters than this of an id are likelier a slip than a choice. */
#define MIN_ID_PREFIX 4

struct _CsWorkspace
{
  GObject parent;

  char *directory;
  char *state_directory;
  char *actor;
  CsStore *store;
  CsPeople *people;
  CsPolicies *policies;
  CsTargets *targets;
  CsBreakers *breakers;
  CsLocks *locks;
  CsKeyring *keyring;
  CsAgentAccess *access;
  CsPassphrases *passphrases; /* NULL with the problem */
  GError *passphrases_problem;
  CsLibrary *library;
  GListStore *deployments;
  GHashTable *by_stream; /* stream → CsDeployment, which the list holds */
  GHashTable *loading;   /* stream names that are being loaded */
  gulong appended_handler;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsWorkspace, cs_workspace, G_TYPE_OBJECT)

/* While a workspace opens: what is still to be folded. */
typedef struct
{
  CsWorkspace *workspace;
  GPtrArray *heads;
  guint next;
  guint n_loading;
} Opening;

static void
opening_free (Opening *self)
{
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->heads, g_ptr_array_unref);
  g_free (self);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 at_a = cs_deployment_get_opened_at ((CsDeployment *) a);
  gint64 at_b = cs_deployment_get_opened_at ((CsDeployment *) b);

  return at_a < at_b ? 1 : at_a > at_b ? -1
                                       : 0;
}

static CsDeployment *
find_by_stream (CsWorkspace *self, const char *stream)
{
  return g_hash_table_lookup (self->by_stream, stream);
}

static void
add_deployment (CsWorkspace *self, CsDeployment *deployment)
{
  if (find_by_stream (self, cs_deployment_get_stream (deployment)) == NULL)
    {
      cs_deployment_set_breakers (deployment, self->breakers);
      cs_deployment_set_locks (deployment, self->locks);
      cs_deployment_set_keyring (deployment, self->keyring);
      cs_target_set_access (cs_deployment_get_target (deployment), self->access);
      g_hash_table_insert (self->by_stream, (gpointer) cs_deployment_get_stream (deployment),
                           deployment);
      g_list_store_insert_sorted (self->deployments, deployment, compare_newest_first, NULL);
    }
}

static void
arrived_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDeployment) deployment = cs_deployment_load_finish (result, &error);

  if (deployment != NULL)
    {
      g_hash_table_remove (self->loading, cs_deployment_get_stream (deployment));
      add_deployment (self, deployment);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("A new deployment could not be read: %s", error->message);
}

/* A colleague (or another program of ours) opened a deployment. */
static void
appended_cb (CsStore *store, CsRecord *record, gpointer data)
{
  CsWorkspace *self = data;
  const char *stream = cs_record_get_stream (record);

  if (cs_record_get_n (record) != 0 || !g_str_has_prefix (stream, CS_DEPLOYMENT_STREAM_PREFIX) ||
      find_by_stream (self, stream) != NULL || !g_hash_table_add (self->loading, g_strdup (stream)))
    return;
  cs_deployment_load_async (store, self->people, self->policies, self->state_directory,
                            stream + strlen (CS_DEPLOYMENT_STREAM_PREFIX), self->cancellable,
                            arrived_cb, g_object_ref (self));
}

static void load_rest (GTask *task);

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDeployment) deployment = cs_deployment_load_finish (result, &error);

  opening->n_loading--;
  /* One that can't be read must not hide the others; `audit verify` names what is wrong with it. */
  if (deployment != NULL)
    add_deployment (opening->workspace, deployment);
  else
    g_warning ("A deployment could not be read: %s", error->message);
  load_rest (task);
}

static void
load_rest (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;

  while (opening->next < opening->heads->len && opening->n_loading < N_LOADED_AT_ONCE)
    {
      CsStreamHead *head = g_ptr_array_index (opening->heads, opening->next++);

      opening->n_loading++;
      cs_deployment_load_async (self->store, self->people, self->policies, self->state_directory,
                                head->stream + strlen (CS_DEPLOYMENT_STREAM_PREFIX),
                                g_task_get_cancellable (task), loaded_cb, g_object_ref (task));
    }
  if (opening->n_loading > 0)
    return;
  self->appended_handler =
    g_signal_connect (self->store, "appended", G_CALLBACK (appended_cb), self);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
heads_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->heads = cs_store_list_heads_finish (CS_STORE (source), result, &error);
  if (opening->heads == NULL)
    g_task_return_error (task, error);
  else
    load_rest (task);
}

static void
library_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->library = cs_library_load_finish (result, &error);
  if (self->library == NULL)
    g_task_return_error (task, error);
  else
    cs_store_list_heads_async (self->store, CS_DEPLOYMENT_STREAM_PREFIX,
                               g_task_get_cancellable (task), heads_listed_cb, g_object_ref (task));
}

static void
locks_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->locks = cs_locks_load_finish (result, &error);
  if (self->locks == NULL)
    g_task_return_error (task, error);
  else
    cs_library_load_async (self->store, g_task_get_cancellable (task), library_loaded_cb,
                           g_object_ref (task));
}

static void
breakers_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->breakers = cs_breakers_load_finish (result, &error);
  if (self->breakers == NULL)
    g_task_return_error (task, error);
  else
    cs_locks_load_async (self->store, g_task_get_cancellable (task), locks_loaded_cb,
                         g_object_ref (task));
}

/* Who asks is known wherever a target is an agent. */
static void
targets_changed_cb (GListModel *targets,
                    guint position,
                    guint removed,
                    guint added,
                    gpointer user_data)
{
  CsAgentAccess *access = user_data;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);

      cs_target_set_access (target, access);
    }
}

static void
targets_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->targets = cs_targets_load_finish (result, &error);
  if (self->targets == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  targets_changed_cb (G_LIST_MODEL (self->targets), 0, 0,
                      g_list_model_get_n_items (G_LIST_MODEL (self->targets)), self->access);
  g_signal_connect_object (self->targets, "items-changed", G_CALLBACK (targets_changed_cb),
                           self->access, 0);
  cs_targets_follow_certificates (self->targets, self->access, self->actor);
  cs_breakers_load_async (self->store, self->actor, g_task_get_cancellable (task),
                          breakers_loaded_cb, g_object_ref (task));
}

static void
policies_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->policies = cs_policies_load_finish (result, &error);
  if (self->policies == NULL)
    g_task_return_error (task, error);
  else
    cs_targets_load_async (self->store, g_task_get_cancellable (task), targets_loaded_cb,
                           g_object_ref (task));
}

static void
people_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->people = cs_people_load_finish (result, &error);
  if (self->people == NULL)
    g_task_return_error (task, error);
  else
    cs_policies_load_async (self->store, g_task_get_cancellable (task), policies_loaded_cb,
                            g_object_ref (task));
}

static void
store_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  CsWorkspace *self = opening->workspace;
  GError *error = NULL;

  self->store = cs_membership_open_finish (result, &error);
  if (self->store == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->passphrases =
    cs_passphrases_new (self->store, self->actor, self->keyring, CS_PASSPHRASES_WAIT,
                        &self->passphrases_problem);
  if (self->passphrases != NULL)
    cs_agent_access_set_askpass (self->access, cs_passphrases_get_askpass (self->passphrases));
  cs_people_load_async (self->store, g_task_get_cancellable (task), people_loaded_cb,
                        g_object_ref (task));
}

static void
cs_workspace_dispose (GObject *object)
{
  CsWorkspace *self = CS_WORKSPACE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->store != NULL)
    g_clear_signal_handler (&self->appended_handler, self->store);
  g_hash_table_remove_all (self->by_stream);
  g_clear_object (&self->deployments);
  g_clear_object (&self->library);
  g_clear_object (&self->breakers);
  g_clear_object (&self->locks);
  g_clear_object (&self->access);
  g_clear_object (&self->passphrases);
  g_clear_object (&self->keyring);
  g_clear_object (&self->targets);
  g_clear_object (&self->policies);
  g_clear_object (&self->people);
  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (cs_workspace_parent_class)->dispose (object);
}

static void
cs_workspace_finalize (GObject *object)
{
  CsWorkspace *self = CS_WORKSPACE (object);

  g_hash_table_unref (self->by_stream);
  g_hash_table_unref (self->loading);
  g_clear_error (&self->passphrases_problem);
  g_free (self->directory);
  g_free (self->state_directory);
  g_free (self->actor);

  G_OBJECT_CLASS (cs_workspace_parent_class)->finalize (object);
}

static void
cs_workspace_class_init (CsWorkspaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_workspace_dispose;
  object_class->finalize = cs_workspace_finalize;
}

static char *
choose_actor (void)
{
  const char *actor = g_getenv ("COUNTERSIGN_ACTOR");

  if (actor != NULL && *actor != '\0')
    return g_utf8_make_valid (actor, -1);
  return g_strdup_printf ("%s@%s", g_get_user_name (), g_get_host_name ());
}

static void
cs_workspace_init (CsWorkspace *self)
{
  self->deployments = g_list_store_new (CS_TYPE_DEPLOYMENT);
  self->by_stream = g_hash_table_new (g_str_hash, g_str_equal);
  self->loading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  self->actor = choose_actor ();
}

/** cs_workspace_dup_path: (transfer full): the absolute path of a data directory, or the usual. */
char *
cs_workspace_dup_path (const char *directory)
{
  return directory != NULL ? g_canonicalize_filename (directory, NULL)
                           : g_build_filename (g_get_user_data_dir (), "countersign", NULL);
}

/**
 * cs_workspace_open_async:
 * @directory: (nullable): the data directory, made if missing; %NULL: `$XDG_DATA_HOME/countersign`
 *
 * Opens a workspace and folds all that is in it.
 */
void
cs_workspace_open_async (const char *directory,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);
  CsWorkspace *self = g_object_new (CS_TYPE_WORKSPACE, NULL);
  g_autofree char *keys = NULL;

  self->directory = cs_workspace_dup_path (directory);
  self->state_directory = g_build_filename (self->directory, "state", NULL);
  self->keyring = cs_keyring_new (self->directory);
  keys = cs_workspace_dup_keys_directory (self);
  self->access = cs_agent_access_new (self->keyring, keys);
  opening->workspace = self;
  g_task_set_source_tag (task, cs_workspace_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  cs_membership_open_async (self->directory, self->keyring, cancellable, store_opened_cb, task);
}

/**
 * cs_workspace_open_finish:
 *
 * Returns: (transfer full): the workspace; %NULL with the errors of cs_membership_open_async()
 */
CsWorkspace *
cs_workspace_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_workspace_get_directory: the data directory. */
const char *
cs_workspace_get_directory (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->directory;
}

/** cs_workspace_dup_state_directory: (transfer full): for sockets, spool, locks, known_hosts. */
char *
cs_workspace_dup_state_directory (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return g_strdup (self->state_directory);
}

/** cs_workspace_dup_keys_directory: (transfer full): for keys that Countersign makes. */
char *
cs_workspace_dup_keys_directory (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return g_build_filename (self->directory, "keys", NULL);
}

/** cs_workspace_get_store: (transfer none): the journal. */
CsStore *
cs_workspace_get_store (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->store;
}

/** cs_workspace_get_people: (transfer none): who may sign. */
CsPeople *
cs_workspace_get_people (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->people;
}

/** cs_workspace_get_policies: (transfer none): what environments ask of those who sign. */
CsPolicies *
cs_workspace_get_policies (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->policies;
}

/** cs_workspace_get_targets: (transfer none): where steps run. */
CsTargets *
cs_workspace_get_targets (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->targets;
}

/** cs_workspace_get_breakers: (transfer none): the breakers of the targets. */
CsBreakers *
cs_workspace_get_breakers (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->breakers;
}

/** cs_workspace_get_locks: (transfer none): which deployments act on which environments. */
CsLocks *
cs_workspace_get_locks (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->locks;
}

/** cs_workspace_get_access: (transfer none): who asks where targets are agents. */
CsAgentAccess *
cs_workspace_get_access (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->access;
}

/**
 * cs_workspace_get_passphrases:
 *
 * Returns: (transfer none): who asks for passphrases wherever a key of this workspace is used;
 *   %NULL with errors as cs_passphrases_new()
 */
CsPassphrases *
cs_workspace_get_passphrases (CsWorkspace *self, GError **error)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  if (self->passphrases == NULL)
    g_propagate_error (error, g_error_copy (self->passphrases_problem));
  return self->passphrases;
}

/**
 * cs_workspace_get_askpass:
 *
 * Returns: (transfer none): what is handed to whatever uses a key; %NULL with errors as
 *   cs_passphrases_new()
 */
CsAskpass *
cs_workspace_get_askpass (CsWorkspace *self, GError **error)
{
  CsPassphrases *passphrases = cs_workspace_get_passphrases (self, error);

  return passphrases != NULL ? cs_passphrases_get_askpass (passphrases) : NULL;
}

/** cs_workspace_get_keyring: (transfer none): where secrets of this workspace are remembered. */
CsKeyring *
cs_workspace_get_keyring (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->keyring;
}

/** cs_workspace_get_library: (transfer none): the runbooks. */
CsLibrary *
cs_workspace_get_library (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->library;
}

/**
 * cs_workspace_get_deployments:
 *
 * (transfer none): #CsDeployment, newest first; follows the store.
 */
GListModel *
cs_workspace_get_deployments (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return G_LIST_MODEL (self->deployments);
}

/** cs_workspace_get_actor: who acts here: `$COUNTERSIGN_ACTOR`, else user@host. */
const char *
cs_workspace_get_actor (CsWorkspace *self)
{
  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  return self->actor;
}

typedef struct
{
  CsRunbook *runbook;
  char *environment;
  CsTarget *target;
  char *reason;
} Starting;

static void
starting_free (Starting *self)
{
  g_clear_object (&self->runbook);
  g_clear_object (&self->target);
  g_free (self->environment);
  g_free (self->reason);
  g_free (self);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWorkspace *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsDeployment *deployment = cs_deployment_open_finish (result, &error);
  CsDeployment *known;

  if (deployment == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  known = find_by_stream (self, cs_deployment_get_stream (deployment));
  if (known != NULL)
    g_set_object (&deployment, known);
  else
    add_deployment (self, deployment);
  g_task_return_pointer (task, deployment, g_object_unref);
}

static void
open_deployment (GTask *task)
{
  CsWorkspace *self = g_task_get_source_object (task);
  Starting *starting = g_task_get_task_data (task);

  cs_deployment_open_async (self->store, self->people, self->policies, self->state_directory,
                            starting->runbook,
                            starting->environment, starting->target, self->actor,
                            starting->reason, g_task_get_cancellable (task), started_cb,
                            g_object_ref (task));
}

static void
read_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Starting *starting = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, &error);

  if (runbook == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_set_object (&starting->runbook, runbook);
  open_deployment (task);
}

/* What was overruled in the library holds for every deployment that is opened from then on, also
 * for one of a file that was read without it. */
static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Starting *starting = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);

  if (entry == NULL)
    g_task_return_error (task, error);
  else if (cs_overrules_equal (cs_library_entry_get_overrules (entry),
                               cs_runbook_get_overrules (starting->runbook)))
    open_deployment (task);
  else
    cs_library_get_async (CS_LIBRARY (source), cs_library_entry_get_digest (entry),
                          g_task_get_cancellable (task), read_again_cb, g_object_ref (task));
}

/**
 * cs_workspace_start_async:
 * @runbook: what is to be done
 * @name: the file name that it came from
 * @environment: where it goes
 * @target: where its commands run; the members of a fleet are what their names mean now
 * @reason: why
 *
 * Keeps the runbook in the library and opens a deployment of it.
 */
void
cs_workspace_start_async (CsWorkspace *self,
                          CsRunbook *runbook,
                          const char *name,
                          const char *environment,
                          CsTarget *target,
                          const char *reason,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Starting *starting = g_new0 (Starting, 1);
  GError *error = NULL;

  starting->runbook = g_object_ref (runbook);
  starting->environment = g_strdup (environment);
  starting->target = cs_target_resolve (target, self->targets, &error);
  starting->reason = g_strdup (reason);
  g_task_set_source_tag (task, cs_workspace_start_async);
  g_task_set_task_data (task, starting, (GDestroyNotify) starting_free);
  if (starting->target == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  cs_library_add_async (self->library, self->actor, runbook, name, cancellable, kept_cb, task);
}

/**
 * cs_workspace_start_finish:
 *
 * (transfer full): the deployment; %NULL as cs_deployment_open_finish(), or with
 * %CS_ERROR_NOT_FOUND where a member of the fleet is no target.
 */
CsDeployment *
cs_workspace_start_finish (CsWorkspace *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_workspace_find_deployment:
 * @id: a UUID, or at least its first four characters
 *
 * Returns: (transfer none): the one deployment with this id; %NULL with %CS_ERROR_NOT_FOUND, or
 *   %CS_ERROR_INVALID if several ids begin so
 */
CsDeployment *
cs_workspace_find_deployment (CsWorkspace *self, const char *id, GError **error)
{
  CsDeployment *found = NULL;

  g_return_val_if_fail (CS_IS_WORKSPACE (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->deployments)); i++)
    {
      g_autoptr (CsDeployment) deployment =
        g_list_model_get_item (G_LIST_MODEL (self->deployments), i);

      if (!g_str_has_prefix (cs_deployment_get_id (deployment), id))
        continue;
      if (found != NULL)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "Several deployments have an id that begins with “%s”; give more of it", id);
          return NULL;
        }
      found = deployment;
    }
  if (found == NULL || strlen (id) < MIN_ID_PREFIX)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no deployment with the id “%s”",
                   id);
      return NULL;
    }
  return found;
}
