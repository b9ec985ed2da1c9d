/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight times the text takes eight times the work, whatever the text is. */

#include "cs-runbook.h"
#include "cs-test-documents.h"
#include "cs-test-work.h"

#define SMALL (32 * 1024)
#define FACTOR 8
/* What is counted is the same each time, and within a hundredth of FACTOR. Quadratic work would be
 * 64 times as much; if it is but a sixtieth of the small document's, it is beyond this. */
#define WORK_LIMIT (FACTOR * 1.1)
/* What is not counted, in GLib and in the parser, is timed: a cache that no longer fits costs two
 * or three times as much. */
#define TIME_LIMIT (FACTOR * 4)
/* Seconds that are noise beside them. */
#define NOISE 0.01

typedef struct
{
  double seconds; /* of processor time of this thread: what else the machine does is not in it */
  guint64 work;
} Cost;

static Cost
import (guint shape, gsize size)
{
  g_autoptr (GBytes) bytes = cs_test_documents_make_shape (shape, size);
  g_autoptr (GBytes) rebuilt = NULL;
  double start = cs_test_documents_get_cpu_time ();
  guint64 work = cs_test_work_get ();
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
  g_autoptr (JsonNode) json = NULL;
  Cost cost;

  g_assert_nonnull (runbook);
  json = cs_runbook_to_json (runbook);
  cost.work = cs_test_work_get () - work;
  cost.seconds = cs_test_documents_get_cpu_time () - start;
  rebuilt = cs_runbook_rebuild_source (runbook);
  g_assert_true (g_bytes_equal (bytes, rebuilt));
  return cost;
}

static void
test_shape (gconstpointer data)
{
  guint shape = GPOINTER_TO_UINT (data);
  Cost once, more;

  /* What a neighbour on the machine pushed out of the caches is given another chance. */
  for (guint i = 0; i < 3; i++)
    {
      once = import (shape, SMALL);
      more = import (shape, SMALL * FACTOR);
      g_test_message ("work %.0f, %.0f: %.2f times; %.4f s, %.4f s", (double) once.work,
                      (double) more.work, (double) more.work / (double) once.work, once.seconds,
                      more.seconds);
      g_assert_cmpfloat ((double) more.work, <, WORK_LIMIT * (double) once.work);
      if (more.seconds < TIME_LIMIT * once.seconds + NOISE)
        return;
    }
  g_assert_cmpfloat (more.seconds, <, TIME_LIMIT * once.seconds + NOISE);
}

/* Tables of words are made when they are first asked for: by a document that has something of
 * everything, so that no shape pays for them. */
static void
make_tables (void)
{
  for (guint i = 0; i < cs_test_documents_get_n_ordinary (); i++)
    {
      g_autoptr (GBytes) bytes = cs_test_documents_make_ordinary (i, SMALL);
      g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);

      g_assert_nonnull (runbook);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_tables ();
  for (guint i = 0; i < cs_test_documents_get_n_shapes (); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/runbook/linear/%s", cs_test_documents_get_shape_name (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_shape);
    }
  return g_test_run ();
}
