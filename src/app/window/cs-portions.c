/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that only the main loop may do, in portions between which the window answers. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-portions.h"

#include <gdk/gdk.h>

/* Half a frame: there is time left to paint it. */
#define PORTION_MICROSECONDS 8000

typedef struct
{
  CsPortion portion;
  gpointer data;
  GDestroyNotify destroy;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->destroy != NULL)
    work->destroy (work->data);
  g_free (work);
}

static gboolean
work_cb (gpointer user_data)
{
  GTask *task = user_data;
  Work *work = g_task_get_task_data (task);
  gint64 end = g_get_monotonic_time () + PORTION_MICROSECONDS;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  do
    {
      if (work->portion (work->data))
        continue;
      g_task_return_boolean (task, TRUE);
      return G_SOURCE_REMOVE;
    }
  while (g_get_monotonic_time () < end);
  return G_SOURCE_CONTINUE;
}

/**
 * cs_portions_run_async: (skip)
 * @portion: does a little of the work
 * @data: (transfer full): what it works on
 * @destroy: (nullable): frees that
 * @cancellable: (nullable): a cancellable
 * @callback: called when all is done
 * @user_data: for @callback
 *
 * Calls @portion again and again until it says that this was all. The first ones are done before
 * this returns, so what is small is there at once; the rest waits for moments in which the main
 * loop has nothing else to do.
 */
void
cs_portions_run_async (CsPortion portion,
                       gpointer data,
                       GDestroyNotify destroy,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->portion = portion;
  work->data = data;
  work->destroy = destroy;
  g_task_set_source_tag (task, cs_portions_run_async);
  g_task_set_task_data (task, work, work_free);
  if (work_cb (task))
    g_idle_add_full (GDK_PRIORITY_REDRAW + 1, work_cb, g_steal_pointer (&task), g_object_unref);
}

/** cs_portions_run_finish: (skip): whether all was done; else it was cancelled. */
gboolean
cs_portions_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
