/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of an agent, for Prometheus (text format 0.0.4). */

#include "cs-agent-metrics.h"

typedef struct
{
  guint64 count;
  gint64 microseconds;
} Counter;

struct _CsAgentMetrics
{
  GHashTable *answers;  /* labels → Counter */
  GHashTable *problems; /* name → Counter */
  guint64 runs;
};

/** cs_agent_metrics_new: (transfer full): with nothing counted. */
CsAgentMetrics *
cs_agent_metrics_new (void)
{
  CsAgentMetrics *self = g_new0 (CsAgentMetrics, 1);

  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/** cs_agent_metrics_free: forgets what was counted. */
void
cs_agent_metrics_free (CsAgentMetrics *self)
{
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->problems);
  g_free (self);
}

static void
count (GHashTable *table, const char *name, gint64 microseconds)
{
  Counter *counter = g_hash_table_lookup (table, name);

  if (counter == NULL)
    {
      counter = g_new0 (Counter, 1);
      g_hash_table_insert (table, g_strdup (name), counter);
    }
  counter->count++;
  counter->microseconds += microseconds;
}

/** cs_agent_metrics_count_answer: @route is one of a few, never what a caller sent. */
void
cs_agent_metrics_count_answer (CsAgentMetrics *self,
                               const char *route,
                               guint status,
                               gint64 microseconds)
{
  g_autofree char *labels = g_strdup_printf ("route=\"%s\",status=\"%u\"", route, status);

  count (self->answers, labels, microseconds);
}

/** cs_agent_metrics_count_problem: counts what was refused, and why. */
void
cs_agent_metrics_count_problem (CsAgentMetrics *self, const char *problem)
{
  count (self->problems, problem, 0);
}

/** cs_agent_metrics_count_run: counts a run that was claimed. */
void
cs_agent_metrics_count_run (CsAgentMetrics *self)
{
  self->runs++;
}

static void
append_figure (GString *text,
               const char *name,
               const char *kind,
               const char *help,
               gint64 value)
{
  g_string_append_printf (
    text, "# HELP countersign_agent_%s %s\n# TYPE countersign_agent_%s %s\n", name, help, name,
    kind);
  g_string_append_printf (text, "countersign_agent_%s %" G_GINT64_FORMAT "\n", name, value);
}

static void
append_answers (GString *text, GHashTable *answers)
{
  GHashTableIter iter;
  gpointer labels, value;

  g_string_append (text, "# HELP countersign_agent_requests_total Requests answered.\n"
                         "# TYPE countersign_agent_requests_total counter\n");
  g_hash_table_iter_init (&iter, answers);
  while (g_hash_table_iter_next (&iter, &labels, &value))
    g_string_append_printf (text, "countersign_agent_requests_total{%s} %" G_GUINT64_FORMAT "\n",
                            (char *) labels, ((Counter *) value)->count);
  g_string_append (text,
                   "# HELP countersign_agent_request_seconds_total Time until answers began.\n"
                   "# TYPE countersign_agent_request_seconds_total counter\n");
  g_hash_table_iter_init (&iter, answers);
  while (g_hash_table_iter_next (&iter, &labels, &value))
    {
      char seconds[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (seconds, sizeof seconds, "%.6f",
                       (double) ((Counter *) value)->microseconds / G_USEC_PER_SEC);
      g_string_append_printf (text, "countersign_agent_request_seconds_total{%s} %s\n",
                              (char *) labels, seconds);
    }
}

static void
append_problems (GString *text, GHashTable *problems)
{
  GHashTableIter iter;
  gpointer name, value;

  g_string_append (text, "# HELP countersign_agent_refused_total Requests refused.\n"
                         "# TYPE countersign_agent_refused_total counter\n");
  g_hash_table_iter_init (&iter, problems);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (
      text, "countersign_agent_refused_total{problem=\"%s\"} %" G_GUINT64_FORMAT "\n",
      (char *) name, ((Counter *) value)->count);
}

/** cs_agent_metrics_write: (transfer full): all figures. */
char *
cs_agent_metrics_write (CsAgentMetrics *self, const CsAgentGauges *gauges)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_figure (text, "uptime_seconds", "gauge", "Time since the agent began.", gauges->uptime);
  append_figure (text, "runs_running", "gauge", "Scripts that run.", gauges->running);
  append_figure (text, "runs_queued", "gauge", "Scripts that wait.", gauges->queued);
  append_figure (text, "runs_limit", "gauge", "Scripts that may run at once.", gauges->limit);
  append_figure (text, "connections", "gauge", "Open connections.", gauges->connections);
  append_figure (text, "runs_claimed_total", "counter", "Runs that were claimed.",
                 (gint64) self->runs);
  append_answers (text, self->answers);
  append_problems (text, self->problems);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
