/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded state, read from the store. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-state-reader.h"

/** LARGE: bytes from which on it takes longer than a frame to make a state of them */
#define LARGE (64 * 1024)

static void
parse (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsFlagState *state = cs_flag_state_new_from_bytes (data, &error);

  if (state != NULL)
    g_task_return_pointer (task, state, (GDestroyNotify) cs_flag_state_unref);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, bytes, (GDestroyNotify) g_bytes_unref);
  if (g_bytes_get_size (bytes) < LARGE)
    parse (task, source, bytes, NULL);
  else
    g_task_run_in_thread (task, parse);
}

/**
 * cs_flag_state_read_async:
 * @store: the journal
 * @digest: of the state
 * @cancellable: (nullable): of the reading
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
cs_flag_state_read_async (CsStore *store,
                          const char *digest,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_flag_state_read_async);
  cs_store_get_blob_async (store, digest, cancellable, read_cb, task);
}

/** cs_flag_state_read_finish: (transfer full): the state; else NOT_FOUND or CORRUPT. */
CsFlagState *
cs_flag_state_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
