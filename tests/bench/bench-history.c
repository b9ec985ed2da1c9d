/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history of a million records in the real window: how soon it shows what is asked for, how
 * long a frame takes while it is scrolled, and how much memory the program holds. */

#include "bench-window.h"
#include "cs-application.h"
#include "cs-json.h"
#include "cs-sqlite-store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECORDS 1000000
#define BATCH 1000
#define PERSONS 20
#define FRAMES 600
#define ROUNDS 7
#define SCROLL_PIXELS 120

static const char *const words[] = {
  "artisan", "cache",   "migrate", "database", "restart", "worker", "queue",   "deploy",
  "release", "symlink", "health",  "gateway",  "invoice", "backup", "rollout", "monitor",
};

typedef struct
{
  GtkWidget *page;
  GtkWidget *view;
  GListModel *rows;
  GtkWidget *entry;
  GdkFrameClock *clock;

  gint64 paint_began;
  double paint_began_busy;
  GArray *paints;      /* double: milliseconds from the update to the end of painting */
  GArray *busy_paints; /* double: of which the processor worked */
  guint n_painted;
  guint n_changes; /* of the rows */
} Bench;

static Bench bench;

/* Milliseconds in which the processor worked for this program, whatever else it did. */
static double
get_busy_milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* One record in ten thousand has a word that no other one has. */
static CsDraft *
make_draft (guint i)
{
  g_autofree char *text = g_strdup_printf (
    "{\"command\":\"php artisan %s:%s --step=%u\",\"cwd\":\"/srv/shop/current\","
    "\"note\":\"%s %s %s\",\"status\":%u}",
    words[i % 16], words[i / 16 % 16], i, words[i / 7 % 16], words[i / 3 % 16],
    i % 10000 == 17 ? "harbour" : words[i / 11 % 16], i % 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = cs_json_parse (text, -1, &error);

  if (body == NULL)
    bench_fail ("a record", error);
  return cs_draft_new (i % 5 == 0 ? "measured" : "noted", body);
}

static int
fill (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) indexed = NULL;

  if (store == NULL)
    bench_fail ("opening the journal", error);
  for (guint batch = 0; batch < RECORDS / BATCH; batch++)
    {
      g_autoptr (GPtrArray) drafts =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
      g_autofree char *stream = g_strdup_printf ("bench/%u", batch % 200);
      g_autofree char *actor = g_strdup_printf ("person-%u@host", batch % PERSONS);
      g_autoptr (GPtrArray) records = NULL;

      for (guint i = 0; i < BATCH; i++)
        g_ptr_array_add (drafts, make_draft (batch * BATCH + i));
      records =
        cs_store_append_sync (CS_STORE (store), stream, CS_STORE_ANY, actor, drafts, &error);
      if (records == NULL)
        bench_fail ("appending", error);
    }
  query->kind = g_strdup ("measured");
  indexed = cs_store_query_sync (CS_STORE (store), query, &error);
  if (indexed == NULL)
    bench_fail ("indexing", error);
  cs_sqlite_store_close (store);
  return 0;
}

static gboolean
has_rows (void)
{
  return g_list_model_get_n_items (bench.rows) > 0;
}

static gboolean
has_changed (void)
{
  return bench.n_changes > 0;
}

static void
items_changed_cb (GListModel *rows)
{
  bench.n_changes++;
}

static gboolean
has_painted (void)
{
  return bench.n_painted > 0;
}

/* What was asked for is there when a frame that was begun afterwards has been painted. */
static void
wait_for_rows_painted (void)
{
  bench_iterate_until (has_rows, "waiting for rows");
  bench.n_painted = 0;
  gtk_widget_queue_draw (bench.view);
  bench_iterate_until (has_painted, "waiting for a frame");
}

static void
before_paint_cb (GdkFrameClock *clock)
{
  bench.paint_began = g_get_monotonic_time ();
  bench.paint_began_busy = get_busy_milliseconds ();
}

static void
after_paint_cb (GdkFrameClock *clock)
{
  double took = bench_milliseconds_since (bench.paint_began);
  double busy = get_busy_milliseconds () - bench.paint_began_busy;

  bench.n_painted++;
  g_array_append_val (bench.paints, took);
  g_array_append_val (bench.busy_paints, busy);
}

static int
compare_doubles (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static double
get_quantile (GArray *values, double part)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, (guint) (part * (values->len - 1)));
}

/* Takes the time of something that fills the list anew. */
typedef struct
{
  GArray *times;
  GArray *busy;
  gint64 start;
  double start_busy;
} Rounds;

static void
round_begin (Rounds *rounds)
{
  bench.n_changes = 0;
  rounds->start = g_get_monotonic_time ();
  rounds->start_busy = get_busy_milliseconds ();
}

static void
round_end (Rounds *rounds)
{
  double took, busy;

  bench_iterate_until (has_changed, "waiting for an answer");
  wait_for_rows_painted ();
  took = bench_milliseconds_since (rounds->start);
  busy = get_busy_milliseconds () - rounds->start_busy;
  g_array_append_val (rounds->times, took);
  g_array_append_val (rounds->busy, busy);
}

static void
rounds_report (Rounds *rounds, const char *what)
{
  printf ("history, %s: median %.1f ms, longest %.1f ms (goal: 100 ms); the processor worked for "
          "%.1f ms of it (median)\n",
          what, get_quantile (rounds->times, 0.5), get_quantile (rounds->times, 1),
          get_quantile (rounds->busy, 0.5));
  g_array_unref (rounds->times);
  g_array_unref (rounds->busy);
}

static Rounds
rounds_new (void)
{
  return (Rounds){ g_array_new (FALSE, FALSE, sizeof (double)),
                   g_array_new (FALSE, FALSE, sizeof (double)), 0, 0 };
}

static void
measure_first_rows (void)
{
  Rounds rounds = rounds_new ();

  for (guint i = 0; i < ROUNDS; i++)
    {
      round_begin (&rounds);
      gtk_widget_activate_action (bench.page, "history.show-everything", NULL);
      round_end (&rounds);
    }
  rounds_report (&rounds, "first rows");
}

static void
clear_search (void)
{
  bench.n_changes = 0;
  gtk_editable_set_text (GTK_EDITABLE (bench.entry), "");
  bench_iterate_until (has_changed, "waiting for an answer");
  wait_for_rows_painted ();
}

/* From the moment in which the text stands in the field, with its delay. */
static void
measure_search (const char *text, const char *what)
{
  Rounds rounds = rounds_new ();

  for (guint i = 0; i < ROUNDS; i++)
    {
      round_begin (&rounds);
      gtk_editable_set_text (GTK_EDITABLE (bench.entry), text);
      round_end (&rounds);
      clear_search ();
    }
  rounds_report (&rounds, what);
}

static void
measure_scrolling (void)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (bench.view, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));

  g_array_set_size (bench.paints, 0);
  g_array_set_size (bench.busy_paints, 0);
  bench_stalls_take ();
  for (guint i = 0; i < FRAMES; i++)
    {
      bench.n_painted = 0;
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + SCROLL_PIXELS);
      gtk_widget_queue_draw (bench.view);
      bench_iterate_until (has_painted, "scrolling");
    }
  printf ("history, scrolled by %u frames of %u pixels: a frame takes %.1f ms (median), %.1f ms "
          "(p99), %.1f ms (longest); the processor worked for %.1f ms (median), %.1f ms (p99) of "
          "it; %u rows are here; longest stall of the main loop %.1f ms\n",
          FRAMES, SCROLL_PIXELS, get_quantile (bench.paints, 0.5),
          get_quantile (bench.paints, 0.99), get_quantile (bench.paints, 1),
          get_quantile (bench.busy_paints, 0.5), get_quantile (bench.busy_paints, 0.99),
          g_list_model_get_n_items (bench.rows), bench_stalls_take ().longest);
}

static double
read_pss_megabytes (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL) ||
      (line = strstr (text, "\nPss:")) == NULL)
    bench_fail ("reading smaps_rollup", NULL);
  return g_ascii_strtod (line + strlen ("\nPss:"), NULL) / 1024;
}

static gboolean
is_ready (void)
{
  bench.page = bench_find_widget_in_windows ("CsHistoryPage");
  if (bench.page == NULL)
    return FALSE;
  bench.view = bench_find_widget (bench.page, "GtkColumnView");
  bench.entry = bench_find_widget (bench.page, "GtkSearchEntry");
  bench.rows = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (bench.view)));
  return has_rows ();
}

static gboolean
is_mapped (void)
{
  return gtk_widget_get_mapped (bench.view);
}

static gboolean
measure_cb (gpointer user_data)
{
  gint64 start = *(gint64 *) user_data;

  bench_iterate_until (is_ready, "waiting for the window");
  printf ("history, program started and journal of %u records open: %.0f ms\n", RECORDS,
          bench_milliseconds_since (start));
  gtk_widget_activate_action (bench.page, "win.show-page", "s", "history");
  bench_iterate_until (is_mapped, "waiting for the page");
  bench.clock = gtk_widget_get_frame_clock (bench.view);
  bench.paints = g_array_new (FALSE, FALSE, sizeof (double));
  bench.busy_paints = g_array_new (FALSE, FALSE, sizeof (double));
  g_signal_connect (bench.clock, "before-paint", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect (bench.clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
  g_signal_connect (bench.rows, "items-changed", G_CALLBACK (items_changed_cb), NULL);
  bench_stalls_watch ();

  measure_first_rows ();
  measure_search ("harbour", "search for a word of 100 records");
  measure_search ("artisan", "search for a word of all records");
  measure_search ("ha", "search for two letters");
  measure_search ("artisan harbour", "search for both words");
  measure_scrolling ();
  printf ("history, memory of the program: %.0f MB (PSS; goal: 250 MB or less)\n",
          read_pss_megabytes ());
  exit (0);
}

/* The program itself, in a process that did not write the journal. */
static int
show (const char *directory)
{
  g_autoptr (CsApplication) application = cs_application_new ();
  char *argv[] = { (char *) "countersign", (char *) "--data-dir", (char *) directory, NULL };
  gint64 start = g_get_monotonic_time ();

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_timeout_add (10, measure_cb, &start);
  return g_application_run (G_APPLICATION (application), 3, argv);
}

int
main (int argc, char *argv[])
{
  const char *const roles[] = { "--fill", "--show", NULL };

  if (argc == 3 && g_str_equal (argv[1], roles[0]))
    return fill (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], roles[1]))
    return show (argv[2]);
  return bench_run_roles ("bench-history", roles);
}
