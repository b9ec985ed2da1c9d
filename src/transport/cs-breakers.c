/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The breakers of all targets: another fold of the stream `targets`, a GListModel of CsBreaker. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-breakers.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-targets.h"

#define KIND_FAILED "target-failed"
#define KIND_OPENED "breaker-opened"
#define KIND_ANSWERED "target-answered"
#define KIND_CLOSED "breaker-closed"
#define KIND_RESET "breaker-reset"

struct _CsBreakers
{
  CsStreamList parent_instance;

  char *actor;
};

G_DEFINE_FINAL_TYPE (CsBreakers, cs_breakers, CS_TYPE_STREAM_LIST)

static CsBreaker *
find (CsBreakers *self, const char *name, guint *position)
{
  GPtrArray *breakers = cs_stream_list_get_items (CS_STREAM_LIST (self));

  for (guint i = 0; name != NULL && i < breakers->len; i++)
    if (g_str_equal (cs_breaker_get_name (breakers->pdata[i]), name))
      {
        if (position != NULL)
          *position = i;
        return breakers->pdata[i];
      }
  return NULL;
}

/* CsTargets warns of what makes no sense; here it just changes nothing. */
static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  CsBreakers *self = CS_BREAKERS (list);
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);
  const char *name = cs_json_get_string (body, "name");
  guint position = 0;
  CsBreaker *breaker = find (self, name, &position);

  if (breaker == NULL && name != NULL && g_str_equal (kind, "target-added"))
    cs_stream_list_add (list, cs_breaker_new (name));
  else if (breaker == NULL)
    return TRUE;
  else if (g_str_equal (kind, "target-removed"))
    cs_stream_list_remove (list, position);
  else if (g_str_equal (kind, KIND_FAILED) || g_str_equal (kind, KIND_OPENED))
    cs_breaker_failed (breaker, cs_json_get_string (body, "problem"),
                       cs_clock_now () - cs_record_get_at (record));
  else if (g_str_equal (kind, KIND_ANSWERED) || g_str_equal (kind, KIND_CLOSED))
    cs_breaker_answered (breaker);
  else if (g_str_equal (kind, KIND_RESET) || g_str_equal (kind, "target-changed"))
    cs_breaker_reset (breaker);
  return TRUE;
}

static void
cs_breakers_finalize (GObject *object)
{
  g_free (CS_BREAKERS (object)->actor);
  G_OBJECT_CLASS (cs_breakers_parent_class)->finalize (object);
}

static void
cs_breakers_class_init (CsBreakersClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_breakers_finalize;
  list_class->item_type = CS_TYPE_BREAKER;
  list_class->stream = CS_TARGETS_STREAM;
  list_class->fold = fold;
}

static void
cs_breakers_init (CsBreakers *self)
{
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsBreakers *self = cs_stream_list_load_finish (result, &error);

  if (self == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->actor = g_strdup (g_task_get_task_data (task));
  g_task_return_pointer (task, self, g_object_unref);
}

/**
 * cs_breakers_load_async:
 * @store: the journal
 * @actor: in whose name failures and answers are recorded
 *
 * Folds the stream `targets`; the breakers follow the store from then on.
 */
void
cs_breakers_load_async (CsStore *store,
                        const char *actor,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_breakers_load_async);
  g_task_set_task_data (task, g_strdup (actor), g_free);
  cs_stream_list_load_async (CS_TYPE_BREAKERS, store, cancellable, loaded_cb, task);
}

/**
 * cs_breakers_load_finish:
 *
 * Returns: (transfer full): the breakers; errors as cs_store_read_finish()
 */
CsBreakers *
cs_breakers_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_breakers_lookup:
 * @self: the breakers
 * @name: of a target
 *
 * Returns: (transfer none) (nullable): its breaker; %NULL if there is no such target
 */
CsBreaker *
cs_breakers_lookup (CsBreakers *self, const char *name)
{
  g_return_val_if_fail (CS_IS_BREAKERS (self), NULL);
  return find (self, name, NULL);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_stream_list_fold (g_task_get_source_object (task), records);
  g_task_return_boolean (task, TRUE);
}

/* Wherever the stream ends: whoever was first, a failure is a failure and an answer an answer. */
static void
append (GTask *task,
        const char *actor,
        const char *kind,
        const char *name,
        const char *problem,
        CsBreakerState state)
{
  CsBreakers *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "breaker", cs_breaker_state_to_string (state));
  if (problem != NULL)
    json_object_set_string_member (object, "problem", problem);
  json_node_take_object (body, object);
  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  cs_store_append_async (cs_stream_list_get_store (CS_STREAM_LIST (self)), CS_TARGETS_STREAM,
                         CS_STORE_ANY, actor, drafts, NULL, appended_cb, task);
}

/**
 * cs_breakers_note_failure_async:
 * @self: the breakers
 * @name: of a target
 * @problem: what was wrong
 *
 * Records that the target did not answer. A target that is not listed has no breaker: then there is
 * nothing to record.
 */
void
cs_breakers_note_failure_async (CsBreakers *self,
                                const char *name,
                                const char *problem,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task;
  CsBreaker *breaker;
  CsBreakerState state;

  g_return_if_fail (CS_IS_BREAKERS (self));

  task = g_task_new (self, NULL, callback, user_data);
  breaker = find (self, name, NULL);
  g_task_set_source_tag (task, cs_breakers_note_failure_async);
  if (breaker == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  state = cs_breaker_foresee_failure (breaker);
  append (task, self->actor, state == CS_BREAKER_OPEN ? KIND_OPENED : KIND_FAILED, name, problem,
          state);
}

/**
 * cs_breakers_note_answer_async:
 * @self: the breakers
 * @name: of a target
 *
 * Records that the target answered, if it had failed before.
 */
void
cs_breakers_note_answer_async (CsBreakers *self,
                               const char *name,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;
  CsBreaker *breaker;
  CsBreakerState state;

  g_return_if_fail (CS_IS_BREAKERS (self));

  task = g_task_new (self, NULL, callback, user_data);
  breaker = find (self, name, NULL);
  g_task_set_source_tag (task, cs_breakers_note_answer_async);
  if (breaker == NULL || !cs_breaker_wants_answers (breaker))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  state = cs_breaker_foresee_answer (breaker);
  append (task, self->actor,
          state == CS_BREAKER_CLOSED && cs_breaker_get_state (breaker) != CS_BREAKER_CLOSED
            ? KIND_CLOSED
            : KIND_ANSWERED,
          name, NULL, state);
}

/**
 * cs_breakers_reset_async:
 * @self: the breakers
 * @actor: who resets it
 * @name: of a target
 *
 * Records that the target is to be tried at once.
 */
void
cs_breakers_reset_async (CsBreakers *self,
                         const char *actor,
                         const char *name,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  CsBreaker *breaker;

  g_return_if_fail (CS_IS_BREAKERS (self));
  g_return_if_fail (name != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  breaker = find (self, name, NULL);
  g_task_set_source_tag (task, cs_breakers_reset_async);
  if (breaker == NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no target “%s”", name);
  else if (!cs_breaker_wants_answers (breaker))
    g_task_return_boolean (task, TRUE);
  else
    append (g_steal_pointer (&task), actor, KIND_RESET, name, NULL, CS_BREAKER_CLOSED);
}

/**
 * cs_breakers_note_finish:
 * @self: the breakers
 *
 * Returns: whether it is recorded; else as cs_store_append_finish(), or for a reset
 *   %CS_ERROR_NOT_FOUND
 */
gboolean
cs_breakers_note_finish (CsBreakers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
