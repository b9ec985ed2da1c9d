/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook of 1 MB in the real window: how soon it is there, and how long the window answers
 * nobody while it is read, shown, scrolled and left. */

#include "bench-window.h"
#include "cs-application.h"
#include "cs-test-documents.h"
#include "cs-window.h"

#include <gtksourceview/gtksource.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "bench-import"
#define SIZE 1000000
#define GOAL 50
#define SCROLLS 200
#define REST_SECONDS 1

typedef struct
{
  char *path;
  GtkWidget *window;
  GtkWidget *page;
  GtkWidget *view;
  GtkSourceView *source;
  int n_lines; /* to be shown; as soon as it is, the source is there */
  gint64 began;
  gint64 rests_at;
  guint n_painted;
} Bench;

static Bench bench;

static gboolean
is_open (void)
{
  g_autoptr (GObject) workspace = NULL;

  bench.window = bench_find_widget_in_windows ("CsWindow");
  bench.page = bench.window != NULL ? bench_find_widget (bench.window, "CsRunbooksPage") : NULL;
  if (bench.page == NULL)
    return FALSE;
  g_object_get (bench.page, "workspace", &workspace, NULL);
  return workspace != NULL;
}

static gboolean
shows_all (void)
{
  GtkTextBuffer *buffer;

  bench.view = bench_find_widget (bench.page, "CsRunbookView");
  bench.source = bench.view != NULL
                   ? GTK_SOURCE_VIEW (bench_find_widget (bench.view, "GtkSourceView"))
                   : NULL;
  if (bench.source == NULL || !gtk_widget_get_mapped (GTK_WIDGET (bench.source)))
    return FALSE;
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (bench.source));
  return gtk_text_buffer_get_line_count (buffer) == bench.n_lines;
}

static gboolean
rests (void)
{
  return g_get_monotonic_time () > bench.rests_at;
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* What is put off until there is nothing else to do (colours, heights of lines) is done too. */
static void
rest (void)
{
  bench.rests_at = g_get_monotonic_time () + REST_SECONDS * G_USEC_PER_SEC;
  bench_iterate_until (rests, "resting");
}

static void
report (const char *what, double took)
{
  BenchStalls stalls = bench_stalls_take ();

  printf ("import of %.1f MB, %s: %.0f ms; longest stall of the main loop %.1f ms, of which the "
          "processor worked for %.1f ms (goal: %d ms)\n",
          SIZE / 1e6, what, took, stalls.longest, stalls.longest_busy, GOAL);
}

static void
begin (void)
{
  bench_stalls_take ();
  bench.began = g_get_monotonic_time ();
}

static void
after_paint_cb (GdkFrameClock *clock)
{
  bench.n_painted++;
}

static gboolean
has_painted (void)
{
  return bench.n_painted > 0;
}

static void
wait_for_frame (void)
{
  bench.n_painted = 0;
  gtk_widget_queue_draw (bench.window);
  bench_iterate_until (has_painted, "waiting for a frame");
}

static void
measure_opening (void)
{
  g_autoptr (GFile) file = g_file_new_for_path (bench.path);
  double took;

  begin ();
  cs_window_open_file (CS_WINDOW (bench.window), file);
  bench_iterate_until (shows_all, "waiting for the source");
  wait_for_frame ();
  took = bench_milliseconds_since (bench.began);
  rest ();
  report ("opened and shown", took);
}

static void
measure_scrolling (void)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench.source));
  double step =
    (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment)) / SCROLLS;

  begin ();
  for (guint i = 0; i <= SCROLLS; i++)
    {
      gtk_adjustment_set_value (adjustment, i * step);
      wait_for_frame ();
    }
  report ("scrolled to its end", bench_milliseconds_since (bench.began));
}

static void
measure_diagnostics (void)
{
  GtkWidget *button = bench_find_widget (bench.view, "GtkMenuButton");

  begin ();
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  wait_for_frame ();
  rest ();
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  wait_for_frame ();
  report ("diagnostics listed", bench_milliseconds_since (bench.began) - REST_SECONDS * 1e3);
}

static void
measure_leaving (void)
{
  begin ();
  gtk_widget_activate_action (bench.view, "runbooks.back", NULL);
  wait_for_frame ();
  rest ();
  report ("left", bench_milliseconds_since (bench.began) - REST_SECONDS * 1e3);
}

static void
write_runbook (void)
{
  g_autoptr (GBytes) made = cs_test_documents_make_ordinary (0, SIZE);
  g_autofree char *text =
    g_strndup (g_bytes_get_data (made, NULL), g_bytes_get_size (made));
  g_autoptr (GError) error = NULL;

  bench.n_lines = 0;
  g_strchomp (text);
  for (const char *p = text; p != NULL; p = strchr (p + 1, '\n'))
    bench.n_lines++;
  if (!g_file_set_contents (bench.path, text, -1, &error))
    bench_fail ("writing the runbook", error);
}

static gboolean
measure_cb (gpointer user_data)
{
  bench_iterate_until (is_open, "waiting for the window");
  g_signal_connect (gtk_widget_get_frame_clock (bench.window), "after-paint",
                    G_CALLBACK (after_paint_cb), NULL);
  g_timeout_add (5, wake_cb, NULL);
  rest ();
  bench_stalls_watch ();
  measure_opening ();
  measure_scrolling ();
  measure_diagnostics ();
  measure_leaving ();
  exit (0);
}

/* The program itself. */
static int
show (const char *directory)
{
  g_autoptr (CsApplication) application = cs_application_new ();
  char *argv[] = { (char *) "countersign", (char *) "--data-dir", (char *) directory, NULL };

  setvbuf (stdout, NULL, _IOLBF, 0);
  bench.path = g_build_filename (directory, "runbook.md", NULL);
  write_runbook ();
  g_timeout_add (10, measure_cb, NULL);
  return g_application_run (G_APPLICATION (application), 3, argv);
}

int
main (int argc, char *argv[])
{
  const char *const roles[] = { "--show", NULL };

  if (argc == 3 && g_str_equal (argv[1], roles[0]))
    return show (argv[2]);
  return bench_run_roles (NAME, roles);
}
