/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which deployment acts on which environment: the fold of the stream `locks`. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-locks.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-lock-private.h"

#define KIND_TAKEN "lock-taken"
#define KIND_TAKEN_OVER "lock-taken-over"
#define KIND_RELEASED "lock-released"

struct _CsLocks
{
  CsStreamList parent_instance;
};

G_DEFINE_FINAL_TYPE (CsLocks, cs_locks, CS_TYPE_STREAM_LIST)

static CsLock *
find (CsLocks *self, const char *environment, guint *position)
{
  GPtrArray *locks = cs_stream_list_get_items (CS_STREAM_LIST (self));

  for (guint i = 0; i < locks->len; i++)
    if (cs_lock_is_for (locks->pdata[i], environment))
      {
        *position = i;
        return locks->pdata[i];
      }
  return NULL;
}

/* It is taken where it is free, taken over from who has it, and released by who has it: whoever
 * appends, appends behind what was so. Anything else changes nothing. */
static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);
  const char *environment = cs_json_get_string (body, "environment");
  gboolean over = g_str_equal (kind, KIND_TAKEN_OVER);
  const char *holder = cs_json_get_string (body, over ? "from" : "deployment");
  guint position = 0;
  CsLock *held = environment != NULL ? find (CS_LOCKS (list), environment, &position) : NULL;
  CsLock *next = NULL;

  if (!over && !g_str_equal (kind, KIND_TAKEN) && !g_str_equal (kind, KIND_RELEASED))
    return TRUE;
  if (environment == NULL || holder == NULL || (held != NULL) == g_str_equal (kind, KIND_TAKEN) ||
      (held != NULL && g_strcmp0 (cs_lock_get_deployment (held), holder) != 0))
    return FALSE;
  if (!g_str_equal (kind, KIND_RELEASED))
    {
      next = cs_lock_new (record);
      if (next == NULL)
        return FALSE;
    }
  if (held != NULL)
    cs_stream_list_remove (list, position);
  if (next != NULL)
    cs_stream_list_add (list, next);
  return TRUE;
}

static void
cs_locks_class_init (CsLocksClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  list_class->item_type = CS_TYPE_LOCK;
  list_class->stream = CS_LOCKS_STREAM;
  list_class->fold = fold;
}

static void
cs_locks_init (CsLocks *self)
{
}

/**
 * cs_locks_load_async:
 * @store: the journal
 *
 * Folds the stream `locks`; the list follows the store from then on.
 */
void
cs_locks_load_async (CsStore *store,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  cs_stream_list_load_async (CS_TYPE_LOCKS, store, cancellable, callback, user_data);
}

/** cs_locks_load_finish: (transfer full): the locks; errors as cs_store_read_finish(). */
CsLocks *
cs_locks_load_finish (GAsyncResult *result, GError **error)
{
  return cs_stream_list_load_finish (result, error);
}

/**
 * cs_locks_lookup:
 * @environment: e.g. `production`, in any case of letters
 *
 * Returns: (transfer none) (nullable): which deployment may act there; %NULL if none does
 */
CsLock *
cs_locks_lookup (CsLocks *self, const char *environment)
{
  guint position;

  g_return_val_if_fail (CS_IS_LOCKS (self), NULL);

  return find (self, environment, &position);
}

/* One act on its way; lives as the data of its GTask. */
typedef struct
{
  char *actor;
  const char *kind;
  JsonNode *body;
  char *environment;
  char *holder; /* who has the lock before it; NULL: nobody */
} Act;

static void
act_free (gpointer data)
{
  Act *self = data;

  g_free (self->actor);
  json_node_unref (self->body);
  g_free (self->environment);
  g_free (self->holder);
  g_free (self);
}

static void append (GTask *task);

static gboolean
is_as_before (CsLocks *self, const Act *act)
{
  CsLock *lock = cs_locks_lookup (self, act->environment);

  return g_strcmp0 (lock != NULL ? cs_lock_get_deployment (lock) : NULL, act->holder) == 0;
}

/* What happened to another environment meanwhile changes nothing here. */
static void
caught_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Act *act = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_stream_list_catch_up_finish (CS_STREAM_LIST (source), result, &error))
    g_task_return_error (task, error);
  else if (is_as_before (CS_LOCKS (source), act))
    append (task);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                             "Someone else took or left “%s” at the same moment; look again, then "
                             "decide",
                             act->environment);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsStreamList *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    {
      cs_stream_list_fold (self, records);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    cs_stream_list_catch_up_async (self, g_task_get_cancellable (task), caught_up_cb,
                                   g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Behind what is known here, and nowhere else: that is what makes it a lock. */
static void
append (GTask *task)
{
  CsStreamList *self = g_task_get_source_object (task);
  const Act *act = g_task_get_task_data (task);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);

  g_ptr_array_add (drafts, cs_draft_new (act->kind, act->body));
  cs_store_append_async (cs_stream_list_get_store (self), CS_LOCKS_STREAM,
                         cs_stream_list_get_next_n (self), act->actor, drafts,
                         g_task_get_cancellable (task), appended_cb, g_object_ref (task));
}

static Act *
act_new (const char *actor,
         const char *kind,
         const char *environment,
         const char *deployment,
         const char *holder)
{
  Act *self = g_new0 (Act, 1);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "environment", environment);
  json_object_set_string_member (object, "deployment", deployment);
  self->actor = g_strdup (actor);
  self->kind = kind;
  self->body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->body, object);
  self->environment = g_strdup (environment);
  self->holder = g_strdup (holder);
  return self;
}

/**
 * cs_locks_take_async:
 * @actor: who
 * @environment: what is locked
 * @deployment: id of the deployment that acts there from now on
 * @title: its title, for those who see the lock
 * @from: (nullable): id of the deployment that has the lock now; %NULL: none has
 * @reason: (nullable): why it is taken over; with @from
 *
 * Records that a deployment alone acts on an environment. Of several that try at the same moment
 * one succeeds.
 */
void
cs_locks_take_async (CsLocks *self,
                     const char *actor,
                     const char *environment,
                     const char *deployment,
                     const char *title,
                     const char *from,
                     const char *reason,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Act *act = act_new (actor, from != NULL ? KIND_TAKEN_OVER : KIND_TAKEN, environment, deployment,
                      from);
  JsonObject *body = json_node_get_object (act->body);

  g_task_set_source_tag (task, cs_locks_take_async);
  g_task_set_task_data (task, act, act_free);
  if (title != NULL)
    json_object_set_string_member (body, "title", title);
  if (from != NULL)
    json_object_set_string_member (body, "from", from);
  if (from != NULL && reason != NULL)
    json_object_set_string_member (body, "reason", reason);
  append (task);
}

/**
 * cs_locks_release_async:
 * @actor: who
 * @environment: what is locked
 * @deployment: id of the deployment that has the lock
 *
 * Records that another deployment may act on the environment.
 */
void
cs_locks_release_async (CsLocks *self,
                        const char *actor,
                        const char *environment,
                        const char *deployment,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_locks_release_async);
  g_task_set_task_data (task,
                        act_new (actor, KIND_RELEASED, environment, deployment, deployment),
                        act_free);
  append (task);
}

/**
 * cs_locks_act_finish:
 *
 * Returns: %TRUE when it is recorded; %CS_ERROR_CONFLICT if someone else was first, otherwise as
 *   cs_store_append_finish()
 */
gboolean
cs_locks_act_finish (CsLocks *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
