/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How soon a workspace of many deployments is open, and what one more record costs in it. */

#include "bench-window.h"
#include "cs-workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define DEPLOYMENTS 1000
#define ROUNDS 5

typedef struct
{
  GMainLoop *loop;
  GObject *answer;
  GError *error;
} Waiting;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->answer = G_OBJECT (cs_workspace_open_finish (result, &waiting->error));
  g_main_loop_quit (waiting->loop);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->answer = G_OBJECT (cs_runbook_parse_finish (result, &waiting->error));
  g_main_loop_quit (waiting->loop);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->answer =
    G_OBJECT (cs_workspace_start_finish (CS_WORKSPACE (source), result, &waiting->error));
  g_main_loop_quit (waiting->loop);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  cs_workspace_close_finish (CS_WORKSPACE (source), result, &waiting->error);
  g_main_loop_quit (waiting->loop);
}

static gpointer
wait_for (Waiting *waiting, const char *what)
{
  g_main_loop_run (waiting->loop);
  if (waiting->error != NULL)
    bench_fail (what, waiting->error);
  return g_steal_pointer (&waiting->answer);
}

static CsWorkspace *
open_workspace (Waiting *waiting, const char *directory)
{
  cs_workspace_open_async (directory, NULL, opened_cb, waiting);
  return wait_for (waiting, "opening");
}

static void
close_workspace (Waiting *waiting, CsWorkspace *workspace)
{
  cs_workspace_close_async (workspace, closed_cb, waiting);
  wait_for (waiting, "closing");
}

static double
get_busy_milliseconds (void)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  return (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
         (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static int
fill (const char *directory)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Waiting waiting = { loop, NULL, NULL };
  g_autoptr (CsWorkspace) workspace = open_workspace (&waiting, directory);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = cs_target_new_local ("here", "test", &error);
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (GBytes) source = NULL;
  char *text = NULL;
  gsize length;

  if (target == NULL ||
      !g_file_get_contents (BENCH_RUNBOOK, &text, &length, &error))
    bench_fail ("reading the runbook", error);
  source = g_bytes_new_take (text, length);
  cs_runbook_parse_async (source, NULL, NULL, parsed_cb, &waiting);
  runbook = wait_for (&waiting, "reading the runbook");
  for (guint i = 0; i < DEPLOYMENTS; i++)
    {
      g_autoptr (CsDeployment) deployment = NULL;

      cs_workspace_start_async (workspace, runbook, "bench.md", i % 2 ? "test" : "production",
                                target, "One of many", NULL, started_cb, &waiting);
      deployment = wait_for (&waiting, "opening a deployment");
    }
  close_workspace (&waiting, workspace);
  return 0;
}

static int
compare_doubles (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static int
measure (const char *directory)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Waiting waiting = { loop, NULL, NULL };
  double times[ROUNDS], busy[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      double began_busy = get_busy_milliseconds ();
      gint64 began = g_get_monotonic_time ();
      g_autoptr (CsWorkspace) workspace = open_workspace (&waiting, directory);

      times[i] = bench_milliseconds_since (began);
      busy[i] = get_busy_milliseconds () - began_busy;
      if (g_list_model_get_n_items (cs_workspace_get_deployments (workspace)) != DEPLOYMENTS)
        bench_fail ("counting the deployments", NULL);
      close_workspace (&waiting, workspace);
    }
  qsort (times, ROUNDS, sizeof times[0], compare_doubles);
  qsort (busy, ROUNDS, sizeof busy[0], compare_doubles);
  printf ("workspace of %u deployments, opened: median %.0f ms, longest %.0f ms; the processor "
          "worked for %.0f ms (median)\n",
          DEPLOYMENTS, times[ROUNDS / 2], times[ROUNDS - 1], busy[ROUNDS / 2]);
  return 0;
}

int
main (int argc, char *argv[])
{
  const char *const roles[] = { "--fill", "--open", NULL };

  if (argc == 3 && g_str_equal (argv[1], roles[0]))
    return fill (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], roles[1]))
    return measure (argv[2]);
  return bench_run_roles ("bench-workspace", roles);
}
