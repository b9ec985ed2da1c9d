/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All targets: the fold of the stream `targets`, a GListModel of CsTarget. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-targets.h"

#include "cs-error.h"
#include "cs-json.h"

#define KIND_ADDED "target-added"
#define KIND_REMOVED "target-removed"
#define MAX_TRIES 8

struct _CsTargets
{
  GObject parent_instance;

  CsStore *store;
  GPtrArray *targets;
  gint64 next_n; /* of the record that is folded next */
};

static void cs_targets_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsTargets,
                               cs_targets,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_targets_list_model_init))

/* Adding or removing, tried again while others write to the stream. */
typedef struct
{
  CsTarget *added; /* NULL: removing */
  char *name;
  char *actor;
  guint tries;
} Change;

static void try_change (GTask *task);

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_object (&change->added);
  g_free (change->name);
  g_free (change->actor);
  g_free (change);
}

static gboolean
find (CsTargets *self, const char *name, guint *position)
{
  for (guint i = 0; name != NULL && i < self->targets->len; i++)
    if (g_str_equal (cs_target_get_name (self->targets->pdata[i]), name))
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
fold_added (CsTargets *self, JsonObject *body)
{
  CsTarget *target = cs_target_new_from_json (body, NULL);
  guint position = 0;

  if (target == NULL)
    return FALSE;
  if (find (self, cs_target_get_name (target), &position))
    {
      g_object_unref (target);
      return FALSE;
    }
  g_ptr_array_add (self->targets, target);
  g_list_model_items_changed (G_LIST_MODEL (self), self->targets->len - 1, 0, 1);
  return TRUE;
}

static gboolean
fold_removed (CsTargets *self, JsonObject *body)
{
  guint position = 0;

  if (!find (self, cs_json_get_string (body, "name"), &position))
    return FALSE;
  g_ptr_array_remove_index (self->targets, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

/* A record that makes no sense changes nothing; the audit names it. */
static void
fold (CsTargets *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);
  gboolean understood = TRUE;

  if (cs_record_get_n (record) != self->next_n)
    return;
  self->next_n++;
  if (g_str_equal (kind, KIND_ADDED))
    understood = fold_added (self, body);
  else if (g_str_equal (kind, KIND_REMOVED))
    understood = fold_removed (self, body);
  if (!understood)
    g_warning ("Record %" G_GINT64_FORMAT " of the stream “" CS_TARGETS_STREAM "” makes no sense; "
               "it changes nothing",
               cs_record_get_n (record));
}

static void
catch_up_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTargets *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    fold (self, records->pdata[i]);
  g_task_return_boolean (task, TRUE);
}

/* Reads what is not folded yet. */
static void
catch_up_async (CsTargets *self,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, catch_up_async);
  cs_store_read_async (self->store, CS_TARGETS_STREAM, self->next_n, cancellable, catch_up_read_cb,
                       task);
}

static gboolean
catch_up_finish (CsTargets *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gap_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!catch_up_finish (CS_TARGETS (source), result, &error))
    g_warning ("The stream “" CS_TARGETS_STREAM "” could not be read: %s", error->message);
}

static void
appended_cb (CsTargets *self, CsRecord *record)
{
  if (!g_str_equal (cs_record_get_stream (record), CS_TARGETS_STREAM))
    return;
  if (cs_record_get_n (record) > self->next_n)
    catch_up_async (self, NULL, gap_closed_cb, NULL);
  else
    fold (self, record);
}

static GType
cs_targets_get_item_type (GListModel *model)
{
  return CS_TYPE_TARGET;
}

static guint
cs_targets_get_n_items (GListModel *model)
{
  return CS_TARGETS (model)->targets->len;
}

static gpointer
cs_targets_get_item (GListModel *model, guint position)
{
  CsTargets *self = CS_TARGETS (model);

  return position < self->targets->len ? g_object_ref (self->targets->pdata[position]) : NULL;
}

static void
cs_targets_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_targets_get_item_type;
  iface->get_n_items = cs_targets_get_n_items;
  iface->get_item = cs_targets_get_item;
}

static void
cs_targets_dispose (GObject *object)
{
  g_clear_object (&CS_TARGETS (object)->store);
  G_OBJECT_CLASS (cs_targets_parent_class)->dispose (object);
}

static void
cs_targets_finalize (GObject *object)
{
  g_ptr_array_unref (CS_TARGETS (object)->targets);
  G_OBJECT_CLASS (cs_targets_parent_class)->finalize (object);
}

static void
cs_targets_class_init (CsTargetsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_targets_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_targets_finalize;
}

static void
cs_targets_init (CsTargets *self)
{
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (catch_up_finish (CS_TARGETS (source), result, &error))
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_targets_load_async:
 * @store: the journal
 *
 * Folds the stream `targets`; the list follows the store from then on.
 */
void
cs_targets_load_async (CsStore *store,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (CsTargets) self = NULL;
  GTask *task;

  g_return_if_fail (CS_IS_STORE (store));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_targets_load_async);
  self = g_object_new (CS_TYPE_TARGETS, NULL);
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "appended", G_CALLBACK (appended_cb), self, G_CONNECT_SWAPPED);
  catch_up_async (self, cancellable, loaded_cb, task);
}

/**
 * cs_targets_load_finish:
 *
 * Returns: (transfer full): the targets; errors as cs_store_read_finish()
 */
CsTargets *
cs_targets_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_targets_lookup:
 * @self: the targets
 * @name: of a target
 *
 * Returns: (transfer none) (nullable): the target
 */
CsTarget *
cs_targets_lookup (CsTargets *self, const char *name)
{
  guint position = 0;

  g_return_val_if_fail (CS_IS_TARGETS (self), NULL);
  return find (self, name, &position) ? self->targets->pdata[position] : NULL;
}

static void
again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (catch_up_finish (CS_TARGETS (source), result, &error))
    try_change (task);
  else
    g_task_return_error (task, error);
}

static void
appended_change_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTargets *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    {
      for (guint i = 0; i < records->len; i++)
        fold (self, records->pdata[i]);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) && change->tries < MAX_TRIES)
    catch_up_async (self, g_task_get_cancellable (task), again_cb, g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static CsDraft *
draft_change (Change *change)
{
  g_autoptr (JsonNode) body = NULL;
  JsonObject *object;

  if (change->added != NULL)
    {
      body = cs_target_to_json (change->added);
      return cs_draft_new (KIND_ADDED, body);
    }
  object = json_object_new ();
  json_object_set_string_member (object, "name", change->name);
  body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (body, object);
  return cs_draft_new (KIND_REMOVED, body);
}

/* Decides upon what is folded, and appends only if that is still all; else reads on and decides
 * again. */
static void
try_change (GTask *task)
{
  CsTargets *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  gboolean adding = change->added != NULL;
  gboolean exists = cs_targets_lookup (self, change->name) != NULL;
  g_autoptr (GPtrArray) drafts = NULL;

  if (adding && exists)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_EXISTS,
                               "There is a target “%s” already: choose another name", change->name);
      return;
    }
  if (!adding && !exists)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no target “%s”",
                               change->name);
      return;
    }
  change->tries++;
  drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_ptr_array_add (drafts, draft_change (change));
  cs_store_append_async (self->store, CS_TARGETS_STREAM, self->next_n, change->actor, drafts,
                         g_task_get_cancellable (task), appended_change_cb, g_object_ref (task));
}

/**
 * cs_targets_add_async:
 * @self: the targets
 * @actor: who adds it
 * @target: what to add
 *
 * Records a target.
 */
void
cs_targets_add_async (CsTargets *self,
                      const char *actor,
                      CsTarget *target,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Change *change;

  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (CS_IS_TARGET (target));

  task = g_task_new (self, cancellable, callback, user_data);
  change = g_new0 (Change, 1);
  g_task_set_source_tag (task, cs_targets_add_async);
  g_task_set_task_data (task, change, change_free);
  change->added = g_object_ref (target);
  change->name = g_strdup (cs_target_get_name (target));
  change->actor = g_strdup (actor);
  try_change (task);
}

/**
 * cs_targets_add_finish:
 * @self: the targets
 *
 * Returns: whether it is recorded; else %CS_ERROR_EXISTS if the name is taken, or as
 *   cs_store_append_finish()
 */
gboolean
cs_targets_add_finish (CsTargets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_targets_remove_async:
 * @self: the targets
 * @actor: who removes it
 * @name: of the target
 *
 * Records that a target is no longer used. Deployments keep it as it was when they were opened.
 */
void
cs_targets_remove_async (CsTargets *self,
                         const char *actor,
                         const char *name,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Change *change;

  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  change = g_new0 (Change, 1);
  g_task_set_source_tag (task, cs_targets_remove_async);
  g_task_set_task_data (task, change, change_free);
  change->name = g_strdup (name);
  change->actor = g_strdup (actor);
  try_change (task);
}

/**
 * cs_targets_remove_finish:
 * @self: the targets
 *
 * Returns: whether it is recorded; else %CS_ERROR_NOT_FOUND, or as cs_store_append_finish()
 */
gboolean
cs_targets_remove_finish (CsTargets *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
