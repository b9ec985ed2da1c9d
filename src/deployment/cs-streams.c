/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endless commands (`tail -f`): they run beside the path until someone stops them. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

/* What is to be done when the streams have ended. */
typedef struct
{
  gulong handler;
  GSource *cancel;
} Stopping;

static void
stopping_free (gpointer data)
{
  Stopping *self = data;

  if (self->cancel != NULL)
    {
      g_source_destroy (self->cancel);
      g_source_unref (self->cancel);
    }
  g_free (self);
}

/**
 * cs_block_state_is_stream:
 *
 * Returns: whether it is an endless command that runs now, so that nothing waits for its end
 */
gboolean
cs_block_state_is_stream (CsBlockState *self)
{
  g_return_val_if_fail (CS_IS_BLOCK_STATE (self), FALSE);

  return self->status == CS_STATUS_RUNNING && cs_block_get_endless (self->block);
}

/**
 * cs_deployment_list_streams:
 *
 * Returns: (transfer full) (element-type CsBlockState): the endless commands that run now, in the
 *   order in which they were started; whoever follows them
 */
GPtrArray *
cs_deployment_list_streams (CsDeployment *self)
{
  GPtrArray *streams = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);
        guint place = streams->len;

        if (!cs_block_state_is_stream (block))
          continue;
        while (place > 0 &&
               ((CsBlockState *) streams->pdata[place - 1])->started > block->started)
          place--;
        g_ptr_array_insert (streams, (int) place, g_steal_pointer (&block));
      }
  return streams;
}

/* Nobody but the program that follows a stream can record how it ends. */
void
cs_deployment_add_foreign_streams (CsDeployment *self, GPtrArray *gates)
{
  g_autoptr (GPtrArray) streams = cs_deployment_list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    {
      CsBlockState *block = streams->pdata[i];

      if (!g_hash_table_contains (self->followed, block->run_id))
        cs_gates_add (gates, "stream", block->actor,
                      "The endless command in line %u runs in another program: stop it there",
                      cs_block_get_line (block->block));
    }
}

/* Asks those that this program follows to end; also again, for one that had only just begun. Gives
 * whether there are none. */
static gboolean
stop_own (CsDeployment *self)
{
  g_autoptr (GPtrArray) streams = cs_deployment_list_streams (self);
  gboolean none = TRUE;

  for (guint i = 0; i < streams->len; i++)
    {
      CsBlockState *block = streams->pdata[i];

      if (!g_hash_table_contains (self->followed, block->run_id))
        continue;
      none = FALSE;
      cs_deployment_stop_block (self, block);
    }
  return none;
}

static void
settle (GTask *task, GError *error)
{
  Stopping *stopping = g_task_get_task_data (task);

  if (stopping->handler == 0)
    return;
  g_clear_signal_handler (&stopping->handler, g_task_get_source_object (task));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
changed_cb (CsDeployment *self, gpointer user_data)
{
  if (stop_own (self))
    settle (user_data, NULL);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  settle (user_data, error);
  return G_SOURCE_REMOVE;
}

static void
begin_waiting (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Stopping *stopping = g_new0 (Stopping, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_set_task_data (task, stopping, stopping_free);
  stopping->handler = g_signal_connect (self, "changed", G_CALLBACK (changed_cb), task);
  if (cancellable == NULL)
    return;
  stopping->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (stopping->cancel, G_SOURCE_FUNC (cancelled_cb), task, NULL);
  g_source_attach (stopping->cancel, g_task_get_context (task));
}

/**
 * cs_deployment_stop_streams_async:
 * @cancellable: (nullable): ends the waiting; what was asked to end ends all the same
 *
 * Stops the endless commands that this program follows, and finishes when their ends are recorded.
 */
void
cs_deployment_stop_streams_async (CsDeployment *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_deployment_stop_streams_async);
  if (stop_own (self))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    begin_waiting (task);
}

/** cs_deployment_stop_streams_finish: %TRUE when none of them runs; %FALSE if cancelled. */
gboolean
cs_deployment_stop_streams_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
