/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window shows of a runbook, gathered off the main loop. */

#define G_LOG_DOMAIN "cs-reading"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-finding.h"
#include "cs-outline-item.h"
#include "cs-reading.h"
#include "cs-secret-move.h"
#include "cs-time-words.h"

struct _CsReading
{
  GObject parent_instance;

  CsRunbook *runbook;
  GListModel *outline;
  GPtrArray *findings;
  GListModel *diagnostics;
  GPtrArray *secrets;
  char *summary;
};

G_DEFINE_FINAL_TYPE (CsReading, cs_reading, G_TYPE_OBJECT)

/* What is on the path of most deployments, so no rollback and no reference. */
static char *
summarize (CsRunbook *runbook)
{
  GListModel *phases = cs_runbook_get_phases (runbook);
  guint n_steps = 0;
  gint64 seconds = 0;
  g_autofree char *steps = NULL;
  g_autofree char *duration = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *list = cs_phase_get_steps (phase);

      if (!cs_phase_is_on_path (phase))
        continue;
      n_steps += g_list_model_get_n_items (list);
      for (guint j = 0; j < g_list_model_get_n_items (list); j++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (list, j);

          seconds += MAX (cs_step_get_estimate (step), 0);
        }
    }
  steps = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u step", "%u steps", n_steps), n_steps);
  if (seconds == 0)
    return g_steal_pointer (&steps);
  duration = cs_time_words_duration (seconds);
  return g_strdup_printf ("%s · %s", steps, duration);
}

static int
compare_severities (gconstpointer a, gconstpointer b, gpointer user_data)
{
  CsFinding *x = (CsFinding *) a;
  CsFinding *y = (CsFinding *) b;

  if (cs_finding_get_severity (x) != cs_finding_get_severity (y))
    return (int) cs_finding_get_severity (y) - (int) cs_finding_get_severity (x);
  return cs_finding_get_line (x) < cs_finding_get_line (y)
           ? -1
           : cs_finding_get_line (x) > cs_finding_get_line (y);
}

static GListModel *
list_diagnostics (GPtrArray *findings)
{
  GListStore *list = g_list_store_new (CS_TYPE_FINDING);

  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (findings, i);

      if (cs_finding_get_severity (finding) != CS_FINDING_NO_DIAGNOSTIC)
        g_list_store_append (list, finding);
    }
  g_list_store_sort (list, compare_severities, NULL);
  return G_LIST_MODEL (list);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CsRunbook *runbook = data;
  g_autoptr (CsReading) self = g_object_new (CS_TYPE_READING, NULL);

  self->runbook = g_object_ref (runbook);
  self->outline = cs_outline_item_list_for_runbook (runbook);
  self->findings = cs_findings_of_runbook (runbook);
  self->diagnostics = list_diagnostics (self->findings);
  self->secrets = cs_secret_move_find (runbook);
  self->summary = summarize (runbook);
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

static void
cs_reading_finalize (GObject *object)
{
  CsReading *self = CS_READING (object);

  g_clear_object (&self->runbook);
  g_clear_object (&self->outline);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_object (&self->diagnostics);
  g_clear_pointer (&self->secrets, g_ptr_array_unref);
  g_free (self->summary);
  G_OBJECT_CLASS (cs_reading_parent_class)->finalize (object);
}

static void
cs_reading_class_init (CsReadingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_reading_finalize;
}

static void
cs_reading_init (CsReading *self)
{
}

/**
 * cs_reading_new_async: (skip)
 * @runbook: a runbook that nobody else uses until the end
 * @cancellable: (nullable): a cancellable
 * @callback: called when all is gathered
 * @user_data: for @callback
 *
 * Gathers in a worker thread what takes too long for a frame with a large runbook.
 */
void
cs_reading_new_async (CsRunbook *runbook,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_RUNBOOK (runbook));

  g_task_set_source_tag (task, cs_reading_new_async);
  g_task_set_task_data (task, g_object_ref (runbook), g_object_unref);
  g_task_run_in_thread (task, read_thread);
}

/** cs_reading_new_finish: (skip): (transfer full): the reading; %NULL if it was cancelled. */
CsReading *
cs_reading_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_reading_get_runbook: (skip): (transfer none): what was read. */
CsRunbook *
cs_reading_get_runbook (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->runbook;
}

/** cs_reading_get_outline: (skip): (transfer none): of #CsOutlineItem, one a phase. */
GListModel *
cs_reading_get_outline (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->outline;
}

/** cs_reading_get_findings: (skip): (transfer none): of #CsFinding, by line. */
GPtrArray *
cs_reading_get_findings (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->findings;
}

/** cs_reading_get_diagnostics: (skip): (transfer none): of #CsFinding, the gravest first. */
GListModel *
cs_reading_get_diagnostics (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->diagnostics;
}

/** cs_reading_get_secrets: (skip): (transfer none): of #CsFoundSecret: those in clear text. */
GPtrArray *
cs_reading_get_secrets (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->secrets;
}

/** cs_reading_get_summary: (skip): how many steps, and how long they take. */
const char *
cs_reading_get_summary (CsReading *self)
{
  g_return_val_if_fail (CS_IS_READING (self), NULL);

  return self->summary;
}
