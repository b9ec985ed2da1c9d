/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people do to a flag itself: checked, appended, folded. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-private.h"

#include "cs-error.h"
#include "cs-json.h"

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static GPtrArray *
new_drafts (const char *kind, JsonNode *body, const char *const *blobs)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  CsDraft *draft = cs_draft_new (kind, body);

  for (const char *const *blob = blobs; blob != NULL && *blob != NULL; blob++)
    cs_draft_add_blob (draft, *blob);
  g_ptr_array_add (drafts, draft);
  return drafts;
}

void
cs_flag_append_async (CsFlag *self,
                      const char *actor,
                      const char *kind,
                      JsonNode *body,
                      const char *const *blobs,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) drafts = new_drafts (kind, body, blobs);

  g_task_set_source_tag (task, cs_flag_append_async);
  cs_store_append_async (self->store, self->stream, self->n_records, actor, drafts, cancellable,
                         appended_cb, task);
}

gboolean
cs_flag_append_finish (CsFlag *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static JsonNode *
node_of (JsonObject *object)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), NULL);

  json_node_take_object (node, object);
  return node;
}

static gboolean
check_environment (JsonObject *definition, GError **error)
{
  const char *environment = cs_json_get_string (definition, "environment");

  if (environment == NULL || *environment != '\0')
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "An environment needs a name");
  return FALSE;
}

/* A copy in which every stage has its id. */
static JsonObject *
complete (CsFlag *flag, JsonObject *definition, GError **error)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  g_autoptr (GList) members = json_object_get_members (definition);

  if (!check_environment (definition, error) || !cs_flag_define (flag, definition, error))
    return NULL;
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (copy, l->data,
                            json_node_copy (json_object_get_member (definition, l->data)));
  if (cs_json_get_array (definition, "stages") != NULL)
    {
      JsonArray *stages = json_array_new ();

      for (guint i = 0; i < flag->stages->len; i++)
        json_array_add_element (stages, cs_stage_to_json (flag->stages->pdata[i]));
      json_object_set_array_member (copy, "stages", stages);
    }
  return g_steal_pointer (&copy);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    {
      g_error_free (error);
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_EXISTS,
                               "There is a flag “%s” already. Choose another key.",
                               (char *) g_task_get_task_data (task));
    }
  else
    g_task_return_error (task, error);
}

/**
 * cs_flag_add_async:
 * @store: the journal
 * @actor: who
 * @definition: {key, provider, stages}, and maybe description, owner, environment
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * A new flag is off. Errors: INVALID, EXISTS.
 */
void
cs_flag_add_async (CsStore *store,
                   const char *actor,
                   JsonObject *definition,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (CsFlag) flag = g_object_new (CS_TYPE_FLAG, NULL);
  const char *key = cs_json_get_string (definition, "key");
  g_autofree char *stream = g_strconcat (CS_FLAG_STREAM_PREFIX, key, NULL);
  g_autoptr (GPtrArray) drafts = NULL;
  g_autoptr (JsonNode) body = NULL;
  JsonObject *completed = NULL;
  GError *error = NULL;

  g_return_if_fail (CS_IS_STORE (store) && actor != NULL);

  g_task_set_source_tag (task, cs_flag_add_async);
  g_task_set_task_data (task, g_strdup (key), g_free);
  if (cs_flag_key_check (key != NULL ? key : "", &error))
    completed = complete (flag, definition, &error);
  if (completed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  body = node_of (completed);
  if (flag->provider == NULL || flag->stages->len == 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "A flag needs a provider and at least one stage");
      return;
    }
  drafts = new_drafts ("flag-added", body, NULL);
  cs_store_append_async (store, stream, 0, actor, drafts, cancellable, added_cb,
                         g_steal_pointer (&task));
}

/** cs_flag_add_finish: %TRUE when it is recorded. */
gboolean
cs_flag_add_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_flag_append_finish (CS_FLAG (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_idle (CsFlag *self, GError **error)
{
  if (self->change == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
               "“%s” is being switched by %s just now; wait until that has ended", self->key,
               self->change->by);
  return FALSE;
}

/* The stage that it is in has to be there afterwards. */
static gboolean
check_stage (CsFlag *self, CsFlag *draft, GError **error)
{
  if (self->stage == NULL || cs_flag_get_stage_index (draft, self->stage) >= 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
               "“%s” is in the stage %s; it can't be taken away", self->key, self->stage);
  return FALSE;
}

/**
 * cs_flag_change_async:
 * @self: a flag
 * @actor: who
 * @change: the members that are to be other ones; see cs_flag_add_async()
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Nothing is switched by it; but what was signed before counts no more where it is about something
 * else then. Errors: INVALID, REFUSED, CONFLICT.
 */
void
cs_flag_change_async (CsFlag *self,
                      const char *actor,
                      JsonObject *change,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (CsFlag) draft = g_object_new (CS_TYPE_FLAG, NULL);
  g_autoptr (JsonNode) body = NULL;
  JsonObject *completed = NULL;
  GError *error = NULL;

  g_return_if_fail (CS_IS_FLAG (self) && actor != NULL);

  g_task_set_source_tag (task, cs_flag_change_async);
  draft->last_stage = self->last_stage;
  if (check_idle (self, &error))
    completed = complete (draft, change, &error);
  if (completed != NULL)
    body = node_of (completed);
  if (completed == NULL || (cs_json_get_array (change, "stages") != NULL &&
                            !check_stage (self, draft, &error)))
    g_task_return_error (task, error);
  else
    cs_flag_append_async (self, actor, "flag-changed", body, NULL, cancellable, done_cb,
                          g_steal_pointer (&task));
}

static JsonArray *
array_of (const char *const *ids)
{
  JsonArray *array = json_array_new ();

  for (const char *const *id = ids; id != NULL && *id != NULL; id++)
    json_array_add_string_element (array, *id);
  return array;
}

/**
 * cs_flag_pin_async:
 * @self: a flag
 * @actor: who
 * @pins: who is in or out in any case, from the next change on
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 */
void
cs_flag_pin_async (CsFlag *self,
                   const char *actor,
                   const CsPins *pins,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonObject *object;
  g_autoptr (JsonNode) body = NULL;
  GError *error = NULL;

  g_return_if_fail (CS_IS_FLAG (self) && actor != NULL && pins != NULL);

  g_task_set_source_tag (task, cs_flag_pin_async);
  for (const char *const *id = pins->in; id != NULL && *id != NULL; id++)
    if (pins->out != NULL && g_strv_contains (pins->out, *id))
      {
        g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                                 "Company %s is pinned both in and out", *id);
        return;
      }
  if (!check_idle (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  object = json_object_new ();
  json_object_set_array_member (object, "in", array_of (pins->in));
  json_object_set_array_member (object, "out", array_of (pins->out));
  body = node_of (object);
  cs_flag_append_async (self, actor, "flag-pinned", body, NULL, cancellable, done_cb,
                        g_steal_pointer (&task));
}

/** cs_flag_act_finish: %TRUE when it is recorded and folded; else the errors of the call. */
gboolean
cs_flag_act_finish (CsFlag *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
