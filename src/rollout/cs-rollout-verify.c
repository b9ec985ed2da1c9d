/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds what is there to what is recorded. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-error.h"
#include "cs-flag-state-reader.h"

#include <string.h>

typedef struct
{
  char *actor;
  CsFlagState *from; /* of a change that was interrupted */
  CsFlagReading *reading;
  gint64 n_records; /* when it was read */
  GError *difference;
} Verifying;

static void
verifying_free (Verifying *verifying)
{
  g_free (verifying->actor);
  g_clear_pointer (&verifying->from, cs_flag_state_unref);
  g_clear_pointer (&verifying->reading, cs_flag_reading_free);
  g_clear_error (&verifying->difference);
  g_free (verifying);
}

static void
recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verifying *verifying = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_flag_append_finish (CS_FLAG (source), result, &error))
    g_task_return_error (task, error);
  else if (verifying->difference != NULL)
    g_task_return_error (task, g_steal_pointer (&verifying->difference));
  else
    g_task_return_boolean (task, TRUE);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);
  g_autoptr (JsonNode) body = json_node_init_object (json_node_alloc (), NULL);
  const char *const blobs[] = { digest, NULL };
  JsonObject *object;

  if (digest == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  object = json_object_new ();
  json_node_take_object (body, object);
  json_object_set_object_member (object, "found",
                                 cs_rollout_plan_describe (verifying->reading->state));
  json_object_set_string_member (object, "words", verifying->difference->message);
  cs_flag_append_async (self->flag, verifying->actor, "drift-found", body, blobs, NULL,
                        recorded_cb, g_steal_pointer (&task));
}

/* It differs: recorded once for each difference. */
static void
note_drift (GTask *task)
{
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  CsFlagState *found = verifying->reading->state;
  g_autoptr (GBytes) bytes = cs_flag_state_to_bytes (found);

  if (cs_flag_get_n_records (self->flag) != verifying->n_records || cs_rollout_is_locked (self))
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                               "Somebody switched “%s” while it was read: verify it again",
                               cs_flag_get_key (self->flag));
      g_object_unref (task);
      return;
    }
  if (g_strcmp0 (cs_flag_get_drift_state (self->flag), cs_flag_state_get_digest (found)) != 0)
    {
      cs_store_put_blob_async (self->site->store, bytes, NULL, put_cb, task);
      return;
    }
  g_task_return_error (task, g_steal_pointer (&verifying->difference));
  g_object_unref (task);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  g_autoptr (JsonNode) body = NULL;
  GError *error = NULL;

  if (!cs_flag_provider_verify_finish (CS_FLAG_PROVIDER (source), result, &error))
    g_task_return_error (task, error);
  else if (cs_flag_get_drift (self->flag) == NULL && cs_flag_get_trouble (self->flag) == NULL)
    g_task_return_boolean (task, TRUE);
  else
    {
      body = json_node_init_object (json_node_alloc (), NULL);
      json_node_take_object (body, json_object_new ());
      cs_flag_append_async (self->flag, verifying->actor, "drift-gone", body, NULL, NULL,
                            recorded_cb, g_steal_pointer (&task));
    }
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  GError *error = NULL;

  verifying->reading =
    cs_flag_provider_read_finish (CS_FLAG_PROVIDER (source), result, &error);
  if (verifying->reading == NULL)
    g_task_return_error (task, error);
  else if (cs_flag_reading_check (verifying->reading, self->state, &verifying->difference))
    cs_flag_provider_verify_async (self->provider, self->state, NULL, verified_cb,
                                   g_steal_pointer (&task));
  else
    note_drift (g_steal_pointer (&task));
}

static void
read_now (GTask *task)
{
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);

  verifying->n_records = cs_flag_get_n_records (self->flag);
  cs_flag_provider_read_async (self->provider, g_task_get_cancellable (task), read_cb, task);
}

static void
settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = CS_ROLLOUT (source);
  GError *error = NULL;

  /* Where it could not be settled, what is there says more. */
  if (!cs_rollout_act_finish (self, result, &error) && cs_flag_get_change (self->flag) != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  read_now (g_steal_pointer (&task));
}

static void
got_to_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsFlagState) to = cs_flag_state_read_finish (result, &error);

  if (to == NULL)
    g_task_return_error (task, error);
  else if (cs_flag_get_change (self->flag) == NULL)
    read_now (g_steal_pointer (&task));
  else
    cs_rollout_settle_async (self, verifying->from, to, verifying->actor, settled_cb,
                             g_steal_pointer (&task));
}

static void
got_from_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  const CsFlagChange *change = cs_flag_get_change (self->flag);
  GError *error = NULL;

  verifying->from = cs_flag_state_read_finish (result, &error);
  if (verifying->from == NULL)
    g_task_return_error (task, error);
  else if (change == NULL)
    read_now (g_steal_pointer (&task));
  else
    cs_flag_state_read_async (CS_STORE (source), change->to, NULL, got_to_cb,
                              g_steal_pointer (&task));
}

/**
 * cs_rollout_verify_async:
 * @self: a rollout
 * @actor: who
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is known
 * @user_data: for @callback
 */
void
cs_rollout_verify_async (CsRollout *self,
                         const char *actor,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const CsFlagChange *change;
  Verifying *verifying = g_new0 (Verifying, 1);

  g_return_if_fail (CS_IS_ROLLOUT (self) && actor != NULL);

  verifying->actor = g_strdup (actor);
  g_task_set_source_tag (task, cs_rollout_verify_async);
  g_task_set_task_data (task, verifying, (GDestroyNotify) verifying_free);
  change = cs_flag_get_change (self->flag);
  if (change == NULL)
    read_now (g_steal_pointer (&task));
  else if (cs_rollout_is_locked (self))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_BUSY,
                             "%s is switching “%s” just now; wait until that has ended", change->by,
                             cs_flag_get_key (self->flag));
  else
    cs_flag_state_read_async (self->site->store, change->from, cancellable, got_from_cb,
                              g_steal_pointer (&task));
}
