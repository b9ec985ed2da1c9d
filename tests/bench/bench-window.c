/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What benches of the real window share: waiting in its main loop, and watching for stalls. */

#include "bench-window.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PATIENCE_SECONDS 120

static BenchStalls stalls;
static gint64 polled;
static double polled_busy;

G_NORETURN void
bench_fail (const char *what, const GError *error)
{
  fprintf (stderr, "%s: %s: %s\n", g_get_prgname (), what,
           error != NULL ? error->message : "failed");
  exit (1);
}

static gboolean
run_role (const char *role, const char *directory, GError **error)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, role, directory, NULL };
  int status = 0;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                       error) &&
         g_spawn_check_wait_status (status, error);
}

int
bench_run_roles (const char *bench, const char *const *roles)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("countersign-bench-XXXXXX", &error);
  const char *remove[] = { "rm", "-r", "--", directory, NULL };

  g_set_prgname (bench);
  if (directory == NULL)
    bench_fail ("making a directory", error);
  for (guint i = 0; error == NULL && roles[i] != NULL; i++)
    run_role (roles[i], directory, &error);
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  if (error != NULL)
    bench_fail ("running it", error);
  return 0;
}

double
bench_milliseconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

/* Milliseconds in which the processor worked for this thread. */
static double
get_busy_milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

GtkWidget *
bench_find_widget (GtkWidget *root, const char *type)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = bench_find_widget (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
bench_find_widget_in_windows (const char *type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *found = bench_find_widget (window, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
bench_iterate_until (gboolean (*condition) (void), const char *what)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (!condition ())
    {
      if (g_get_monotonic_time () > deadline)
        bench_fail (what, NULL);
      g_main_context_iteration (NULL, TRUE);
    }
}

static gint
poll_cb (GPollFD *fds, guint n, gint timeout)
{
  gint answer;

  if (polled > 0)
    {
      stalls.longest = MAX (stalls.longest, bench_milliseconds_since (polled));
      stalls.longest_busy = MAX (stalls.longest_busy, get_busy_milliseconds () - polled_busy);
    }
  answer = g_poll (fds, n, timeout);
  polled = g_get_monotonic_time ();
  polled_busy = get_busy_milliseconds ();
  return answer;
}

void
bench_stalls_watch (void)
{
  g_main_context_set_poll_func (NULL, poll_cb);
}

BenchStalls
bench_stalls_take (void)
{
  BenchStalls taken = stalls;

  stalls = (BenchStalls){ 0 };
  return taken;
}
