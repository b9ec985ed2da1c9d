/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All targets: the fold of the stream `targets`, a GListModel of CsTarget. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-targets.h"

#include "cs-error.h"
#include "cs-json.h"

#define KIND_ADDED "target-added"
#define KIND_CHANGED "target-changed"
#define KIND_REMOVED "target-removed"
#define MAX_TRIES 8

struct _CsTargets
{
  CsStreamList parent_instance;

  CsAgentPins *pins;
};

G_DEFINE_FINAL_TYPE (CsTargets, cs_targets, CS_TYPE_STREAM_LIST)

/* An act on the stream, tried again while others write to it. */
typedef struct
{
  const char *kind; /* of the record */
  CsTarget *target; /* NULL: removing */
  char *name;
  char *actor;
  guint tries;
} Change;

static void try_change (GTask *task);

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_object (&change->target);
  g_free (change->name);
  g_free (change->actor);
  g_free (change);
}

static gboolean
find (CsTargets *self, const char *name, guint *position)
{
  GPtrArray *targets = cs_stream_list_get_items (CS_STREAM_LIST (self));

  for (guint i = 0; name != NULL && i < targets->len; i++)
    if (g_str_equal (cs_target_get_name (targets->pdata[i]), name))
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
  if (cs_target_get_fingerprint (target) != NULL)
    cs_agent_pins_forget (self->pins, cs_target_get_fingerprint (target));
  cs_stream_list_add (CS_STREAM_LIST (self), target);
  return TRUE;
}

/* The new one stands where the old one stood. */
static gboolean
fold_changed (CsTargets *self, JsonObject *body)
{
  GPtrArray *targets = cs_stream_list_get_items (CS_STREAM_LIST (self));
  CsTarget *target = cs_target_new_from_json (body, NULL);
  g_autoptr (CsTarget) before = NULL;
  guint position = 0;

  if (target == NULL)
    return FALSE;
  if (!find (self, cs_target_get_name (target), &position))
    {
      g_object_unref (target);
      return FALSE;
    }
  before = targets->pdata[position];
  if (cs_target_get_fingerprint (target) != NULL &&
      g_strcmp0 (cs_target_get_fingerprint (target), cs_target_get_fingerprint (before)) != 0)
    cs_agent_pins_forget (self->pins, cs_target_get_fingerprint (target));
  targets->pdata[position] = target;
  cs_stream_list_changed (CS_STREAM_LIST (self), position);
  return TRUE;
}

static gboolean
fold_removed (CsTargets *self, JsonObject *body)
{
  guint position = 0;

  if (!find (self, cs_json_get_string (body, "name"), &position))
    return FALSE;
  cs_stream_list_remove (CS_STREAM_LIST (self), position);
  return TRUE;
}

static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);

  if (g_str_equal (kind, KIND_ADDED))
    return fold_added (CS_TARGETS (list), body);
  if (g_str_equal (kind, KIND_CHANGED))
    return fold_changed (CS_TARGETS (list), body);
  if (g_str_equal (kind, KIND_REMOVED))
    return fold_removed (CS_TARGETS (list), body);
  if (g_str_equal (kind, CS_AGENT_PINS_ANNOUNCED) || g_str_equal (kind, CS_AGENT_PINS_ADOPTED))
    return cs_agent_pins_fold (CS_TARGETS (list)->pins, kind, body);
  return TRUE;
}

static void
cs_targets_finalize (GObject *object)
{
  cs_agent_pins_unref (CS_TARGETS (object)->pins);
  G_OBJECT_CLASS (cs_targets_parent_class)->finalize (object);
}

static void
cs_targets_class_init (CsTargetsClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  list_class->item_type = CS_TYPE_TARGET;
  list_class->stream = CS_TARGETS_STREAM;
  list_class->fold = fold;
  G_OBJECT_CLASS (klass)->finalize = cs_targets_finalize;
}

static void
cs_targets_init (CsTargets *self)
{
  self->pins = cs_agent_pins_new ();
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
  cs_stream_list_load_async (CS_TYPE_TARGETS, store, cancellable, callback, user_data);
}

/**
 * cs_targets_load_finish:
 *
 * Returns: (transfer full): the targets; errors as cs_store_read_finish()
 */
CsTargets *
cs_targets_load_finish (GAsyncResult *result, GError **error)
{
  return cs_stream_list_load_finish (result, error);
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
  return find (self, name, &position)
           ? g_ptr_array_index (cs_stream_list_get_items (CS_STREAM_LIST (self)), position)
           : NULL;
}

static void
again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_stream_list_catch_up_finish (CS_STREAM_LIST (source), result, &error))
    try_change (task);
  else
    g_task_return_error (task, error);
}

static void
appended_change_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsStreamList *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    {
      cs_stream_list_fold (self, records);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) && change->tries < MAX_TRIES)
    cs_stream_list_catch_up_async (
      self, g_task_get_cancellable (task), again_cb, g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static CsDraft *
draft_change (Change *change)
{
  g_autoptr (JsonNode) body = NULL;
  JsonObject *object;

  if (change->target != NULL)
    {
      body = cs_target_to_json (change->target);
      return cs_draft_new (change->kind, body);
    }
  object = json_object_new ();
  json_object_set_string_member (object, "name", change->name);
  body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (body, object);
  return cs_draft_new (change->kind, body);
}

/* Decides upon what is folded, and appends only if that is still all; else reads on and decides
 * again. */
static void
try_change (GTask *task)
{
  CsTargets *self = g_task_get_source_object (task);
  CsStreamList *list = CS_STREAM_LIST (self);
  Change *change = g_task_get_task_data (task);
  gboolean adding = g_str_equal (change->kind, KIND_ADDED);
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
  cs_store_append_async (cs_stream_list_get_store (list), CS_TARGETS_STREAM,
                         cs_stream_list_get_next_n (list), change->actor, drafts,
                         g_task_get_cancellable (task), appended_change_cb, g_object_ref (task));
}

static void
begin_change (GTask *task, const char *kind, const char *actor, CsTarget *target, const char *name)
{
  Change *change = g_new0 (Change, 1);

  g_task_set_task_data (task, change, change_free);
  change->kind = kind;
  g_set_object (&change->target, target);
  change->name = g_strdup (name);
  change->actor = g_strdup (actor);
  try_change (task);
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

  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (CS_IS_TARGET (target));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_targets_add_async);
  begin_change (task, KIND_ADDED, actor, target, cs_target_get_name (target));
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
 * cs_targets_change_async:
 * @self: the targets
 * @actor: who changes it
 * @target: how it is from now on; its name says which one
 *
 * Records another address, key or environment for a target. Deployments keep it as it was when they
 * were opened.
 */
void
cs_targets_change_async (CsTargets *self,
                         const char *actor,
                         CsTarget *target,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (CS_IS_TARGET (target));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_targets_change_async);
  begin_change (task, KIND_CHANGED, actor, target, cs_target_get_name (target));
}

/**
 * cs_targets_change_finish:
 * @self: the targets
 *
 * Returns: whether it is recorded; else %CS_ERROR_NOT_FOUND if there is none of this name, or as
 *   cs_store_append_finish()
 */
gboolean
cs_targets_change_finish (CsTargets *self, GAsyncResult *result, GError **error)
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

  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_targets_remove_async);
  begin_change (task, KIND_REMOVED, actor, NULL, name);
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

/**
 * cs_targets_get_pins:
 * @self: the targets
 *
 * Returns: (transfer none): what has become of the certificates that were agreed upon
 */
CsAgentPins *
cs_targets_get_pins (CsTargets *self)
{
  g_return_val_if_fail (CS_IS_TARGETS (self), NULL);
  return self->pins;
}
