/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing runbooks of 1 MB against what cmark-gfm takes to render them: at most three times, for
 * documents that are runbooks. Those that are all of one kind are shown beside them: of commands
 * alone cmark-gfm has next to nothing to do, and a reader of runbooks most. Then whether twice the
 * text takes twice the time, for what readers choke on.
 *
 * Each measurement is made in a process of its own, as both programs are used: a file is read once.
 * In one process that does the same again and again, cmark-gfm finds its memory warm and takes down
 * to half the time, and that time swings from run to run; this is shown as well, and held to
 * nothing. */

#include "cs-runbook.h"
#include "cs-test-documents.h"

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEGABYTE (1024 * 1024)
#define ROUNDS 15
#define LIMIT 3.0
/* Processor time of 8 MB may be this many times that of 1 MB: what no longer fits into the caches
 * costs half as much again, and quadratic would be 64. */
#define GROWTH_LIMIT 12.0
#define GROWTH_ROUNDS 3
/* Seconds that are noise. */
#define NOISE 0.02

static double
time_rendering (GBytes *bytes)
{
  static const char *const EXTENSIONS[] = { "table", "tasklist", "strikethrough", "autolink" };
  double start = cs_test_documents_get_cpu_time ();
  cmark_parser *parser = cmark_parser_new (CMARK_OPT_DEFAULT);
  cmark_node *document;
  char *html;

  for (guint i = 0; i < G_N_ELEMENTS (EXTENSIONS); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (EXTENSIONS[i]));
  cmark_parser_feed (parser, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  document = cmark_parser_finish (parser);
  html =
    cmark_render_html (document, CMARK_OPT_DEFAULT, cmark_parser_get_syntax_extensions (parser));
  free (html);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return cs_test_documents_get_cpu_time () - start;
}

/* What both make is freed again within the time. */
static double
time_import (GBytes *bytes)
{
  double start = cs_test_documents_get_cpu_time ();
  CsRunbook *runbook = cs_runbook_new_from_bytes (bytes, NULL);

  g_assert_nonnull (runbook);
  g_object_unref (runbook);
  return cs_test_documents_get_cpu_time () - start;
}

/* Held to the limit: what people write, and not commands, tables or check items alone. */
static gboolean
is_held (const char *name)
{
  static const char *const HELD[] = { "runbook", "mixed", "joined", NULL };

  return g_strv_contains (HELD, name);
}

typedef struct
{
  double rendering;
  double import;
} Seconds;

static Seconds
measure_in_turns (GBytes *bytes, guint rounds)
{
  Seconds least = { G_MAXDOUBLE, G_MAXDOUBLE };

  for (guint i = 0; i < rounds; i++)
    {
      least.rendering = MIN (least.rendering, time_rendering (bytes));
      least.import = MIN (least.import, time_import (bytes));
    }
  return least;
}

typedef enum
{
  RENDERING,
  IMPORT,
  IN_TURNS,
} What;

static Seconds
measure_apart (What what, GBytes *bytes)
{
  Seconds seconds = { 0 };
  int ends[2];
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      if (what == IN_TURNS)
        seconds = measure_in_turns (bytes, ROUNDS);
      else if (what == IMPORT)
        seconds.import = time_import (bytes);
      else
        seconds.rendering = time_rendering (bytes);
      _exit (write (ends[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &seconds, sizeof seconds), ==, sizeof seconds);
  close (ends[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return seconds;
}

static int
compare_seconds (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

static double
get_median (double *seconds)
{
  qsort (seconds, ROUNDS, sizeof *seconds, compare_seconds);
  return seconds[ROUNDS / 2];
}

static gboolean
compare (const char *name, GBytes *bytes)
{
  double renderings[ROUNDS], imports[ROUNDS];
  double rendering, import;
  double megabytes = (double) g_bytes_get_size (bytes) / MEGABYTE;
  Seconds again;

  for (guint i = 0; i < ROUNDS; i++)
    {
      renderings[i] = measure_apart (RENDERING, bytes).rendering;
      imports[i] = measure_apart (IMPORT, bytes).import;
    }
  rendering = get_median (renderings);
  import = get_median (imports);
  again = measure_apart (IN_TURNS, bytes);
  g_print ("%-12s %4.1f MB  import %6.1f ms (%5.1f MB/s), cmark-gfm renders it in %5.1f ms, "
           "ratio %5.2f (%s %.0f); again and again %5.2f\n",
           name, megabytes, import * 1000, megabytes / import, rendering * 1000, import / rendering,
           is_held (name) ? "at most" : "not held to", LIMIT, again.import / again.rendering);
  return !is_held (name) || import <= LIMIT * rendering;
}

/* One shape at 1, 2, 4 and 8 MB: the least of some rounds, the first of which does not count. What
 * a virtual machine is given anew costs its host far more than what it had before: 1.5 GB that are
 * only cleared took 2.7 s here at first, and 0.3 s afterwards. */
static gboolean
grow (guint shape)
{
  double times[4] = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };
  gboolean linear;

  for (guint round = 0; round <= GROWTH_ROUNDS; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (times); i++)
        {
          g_autoptr (GBytes) bytes = cs_test_documents_make_shape (shape, (gsize) MEGABYTE << i);
          double seconds = time_import (bytes);

          if (round > 0)
            times[i] = MIN (times[i], seconds);
        }
    }
  linear = times[3] <= GROWTH_LIMIT * (times[0] + NOISE);
  g_print ("%-32s %7.1f %7.1f %7.1f %7.1f ms %s\n", cs_test_documents_get_shape_name (shape),
           times[0] * 1000, times[1] * 1000, times[2] * 1000, times[3] * 1000,
           linear ? "" : " MORE THAN LINEAR");
  return linear;
}

/* In a process of its own: what one shape needs must not slow down the next. */
static gboolean
grow_apart (guint shape)
{
  int status = 0;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      gboolean linear = grow (shape);

      fflush (stdout);
      _exit (linear ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

/* One shape for each kind of work: containers, fences, inlines, tables, shell, here-documents,
 * encoding. The others are timed by the tests, at smaller sizes. */
static gboolean
grow_all (void)
{
  static const char *const NAMES[] = {
    "quotes and lists, many lines",
    "fences never closed",
    "brackets",
    "many rows",
    "substitutions in substitutions",
    "here-documents with names",
    "one line of damage",
  };
  gboolean good = TRUE;
  guint found = 0;

  g_print ("%-32s %7s %7s %7s %7s MB\n", "processor time of", "1", "2", "4", "8");
  fflush (stdout);
  for (guint i = 0; i < cs_test_documents_get_n_shapes (); i++)
    {
      for (guint k = 0; k < G_N_ELEMENTS (NAMES); k++)
        {
          if (strcmp (cs_test_documents_get_shape_name (i), NAMES[k]) != 0)
            continue;
          found++;
          good &= grow_apart (i);
        }
    }
  g_assert_cmpuint (found, ==, G_N_ELEMENTS (NAMES));
  return good;
}

/* Other people's runbooks, if there are any to be had: COUNTERSIGN_RUNBOOKS names their folder. */
static gboolean
compare_own (void)
{
  const char *folder = g_getenv ("COUNTERSIGN_RUNBOOKS");
  g_autoptr (GBytes) bytes =
    folder != NULL ? cs_test_documents_join_folder (folder, MEGABYTE) : NULL;

  return bytes == NULL || compare ("joined", bytes);
}

static gboolean
is_wanted (int argc, char **argv, const char *name)
{
  for (int i = 1; i < argc; i++)
    {
      if (strcmp (argv[i], name) == 0)
        return TRUE;
    }
  return argc < 2;
}

/* Arguments: the names of the documents to measure ("commands", "joined", "growth"…); else all. */
int
main (int argc, char **argv)
{
  gboolean good = TRUE;

  cmark_gfm_core_extensions_ensure_registered ();
  for (guint i = 0; i < cs_test_documents_get_n_ordinary (); i++)
    {
      const char *name = cs_test_documents_get_ordinary_name (i);
      g_autoptr (GBytes) bytes = cs_test_documents_make_ordinary (i, MEGABYTE);

      if (is_wanted (argc, argv, name))
        good &= compare (name, bytes);
    }
  if (is_wanted (argc, argv, "joined"))
    good &= compare_own ();
  if (is_wanted (argc, argv, "growth"))
    good &= grow_all ();
  return good ? 0 : 1;
}
