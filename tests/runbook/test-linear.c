/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight times the text takes about eight times the work, whatever the text is. */

#include "cs-runbook.h"
#include "cs-test-documents.h"

#define SMALL (48 * 1024)
#define FACTOR 8
/* Quadratic work would be 64 times as much; a cache that no longer fits costs two or three. */
#define LIMIT (FACTOR * 4)
/* Seconds that are noise beside them. */
#define NOISE 0.01

/* Processor time of this thread alone: what else the machine does is not counted. */
static double
time_once (guint shape, gsize size)
{
  g_autoptr (GBytes) bytes = cs_test_documents_make_shape (shape, size);
  g_autoptr (GBytes) rebuilt = NULL;
  double start = cs_test_documents_get_cpu_time (), end;
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);

  end = cs_test_documents_get_cpu_time ();
  g_assert_nonnull (runbook);
  rebuilt = cs_runbook_rebuild_source (runbook);
  g_assert_true (g_bytes_equal (bytes, rebuilt));
  return end - start;
}

static void
test_shape (gconstpointer data)
{
  guint shape = GPOINTER_TO_UINT (data);
  double once, more;

  /* What a neighbour on the machine pushed out of the caches is given another chance. */
  for (guint i = 0; i < 3; i++)
    {
      once = MIN (time_once (shape, SMALL), time_once (shape, SMALL));
      more = time_once (shape, SMALL * FACTOR);
      g_test_message ("%.4f s, %.4f s", once, more);
      if (more < LIMIT * once + NOISE)
        return;
    }
  g_assert_cmpfloat (more, <, LIMIT * once + NOISE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < cs_test_documents_get_n_shapes (); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/runbook/linear/%s", cs_test_documents_get_shape_name (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_shape);
    }
  return g_test_run ();
}
