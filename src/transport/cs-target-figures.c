/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a target has done lately: commands, failures, and how fast it answered. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-target-figures.h"

#include "cs-clock.h"
#include "cs-json.h"
#include "cs-targets.h"

#include <string.h>

#define RECORDS_LIMIT 2000
#define DEPLOYMENT_PREFIX "deployment/"

/* What is read, one after the other; all are of the target, but the first ones of deployments. */
static const char *const kinds[] = { "block-finished", "target-failed", "breaker-opened" };

typedef struct
{
  CsStore *store;
  char *name;
  CsTargetFigures *figures;
  guint next;
} Loading;

static void read_next (GTask *task);

static void
loading_free (gpointer data)
{
  Loading *self = data;

  g_clear_object (&self->store);
  g_clear_pointer (&self->figures, cs_target_figures_free);
  g_free (self->name);
  g_free (self);
}

static void
run_free (gpointer data)
{
  CsTargetRun *self = data;

  g_free (self->deployment);
  g_free (self->step);
  g_free (self->ending);
  g_free (self);
}

/**
 * cs_target_figures_free:
 * @self: (transfer full): figures
 */
void
cs_target_figures_free (CsTargetFigures *self)
{
  g_array_unref (self->latencies);
  g_ptr_array_unref (self->runs);
  g_free (self);
}

static void
add_run (CsTargetFigures *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *stream = cs_record_get_stream (record);
  gint64 latency = cs_json_get_int (body, "latency", -1);
  CsTargetRun *run;

  self->n_runs++;
  self->n_last_minute += cs_clock_now () - cs_record_get_at (record) <= 60 * G_USEC_PER_SEC;
  if (latency >= 0 && self->latencies->len < CS_TARGET_FIGURES_LATENCIES)
    g_array_append_val (self->latencies, latency);
  if (self->runs->len == CS_TARGET_FIGURES_RUNS)
    return;
  run = g_new0 (CsTargetRun, 1);
  run->deployment = g_strdup (stream + strlen (DEPLOYMENT_PREFIX));
  run->step = g_strdup (cs_json_get_string (body, "step"));
  run->ending = g_strdup (cs_json_get_string (body, "ending"));
  run->status = (int) cs_json_get_int (body, "status", -1);
  run->passed = cs_json_get_boolean (body, "passed");
  run->at = cs_json_get_int (body, "finished", cs_record_get_at (record));
  run->duration = run->at - cs_json_get_int (body, "started", run->at);
  g_ptr_array_add (self->runs, run);
}

static int
compare_latencies (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

/* The smallest that is not exceeded by so many of a hundred (nearest rank). */
static gint64
percentile (GArray *sorted, guint percent)
{
  guint rank = (sorted->len * percent + 99) / 100;

  return sorted->len > 0 ? g_array_index (sorted, gint64, MAX (rank, 1) - 1) : -1;
}

static void
finish (CsTargetFigures *self)
{
  g_autoptr (GArray) sorted = g_array_copy (self->latencies);

  g_array_sort (sorted, compare_latencies);
  self->latency_p50 = percentile (sorted, 50);
  self->latency_p95 = percentile (sorted, 95);
  for (guint i = 0; i < self->latencies->len / 2; i++)
    {
      gint64 *low = &g_array_index (self->latencies, gint64, i);
      gint64 *high = &g_array_index (self->latencies, gint64, self->latencies->len - 1 - i);
      gint64 kept = *low;

      *low = *high;
      *high = kept;
    }
}

static void
queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_query_finish (CS_STORE (source), result, &error);
  gboolean runs = loading->next == 0;

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    {
      JsonObject *body = cs_record_get_body (records->pdata[i]);

      if (g_strcmp0 (cs_json_get_string (body, runs ? "target" : "name"), loading->name) != 0)
        continue;
      if (runs)
        add_run (loading->figures, records->pdata[i]);
      else
        loading->figures->n_failures++;
    }
  loading->next++;
  read_next (task);
}

static void
read_next (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  g_autoptr (CsQuery) query = NULL;

  if (loading->next == G_N_ELEMENTS (kinds))
    {
      finish (loading->figures);
      g_task_return_pointer (task, g_steal_pointer (&loading->figures),
                             (GDestroyNotify) cs_target_figures_free);
      return;
    }
  query = cs_query_new ();
  query->kind = g_strdup (kinds[loading->next]);
  query->stream_prefix = g_strdup (loading->next == 0 ? DEPLOYMENT_PREFIX : CS_TARGETS_STREAM);
  query->limit = RECORDS_LIMIT;
  cs_store_query_async (loading->store, query, g_task_get_cancellable (task), queried_cb,
                        g_object_ref (task));
}

/**
 * cs_target_figures_load_async:
 * @store: the journal
 * @name: of a target
 *
 * Reads how a target has done lately.
 */
void
cs_target_figures_load_async (CsStore *store,
                              const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Loading *loading;

  g_return_if_fail (CS_IS_STORE (store));
  g_return_if_fail (name != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  loading = g_new0 (Loading, 1);
  g_task_set_source_tag (task, cs_target_figures_load_async);
  g_task_set_task_data (task, loading, loading_free);
  loading->store = g_object_ref (store);
  loading->name = g_strdup (name);
  loading->figures = g_new0 (CsTargetFigures, 1);
  loading->figures->latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  loading->figures->runs = g_ptr_array_new_with_free_func (run_free);
  read_next (task);
}

/**
 * cs_target_figures_load_finish:
 *
 * Returns: (transfer full): the figures; errors as cs_store_query_finish()
 */
CsTargetFigures *
cs_target_figures_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
