/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measurements over time: written, read, and summed up when they are old. */

#include "cs-series-store.h"

#include <glib/gstdio.h>
#include <math.h>

#define S ((gint64) G_USEC_PER_SEC)
#define DAY (24 * 3600 * S)
#define START (G_GINT64_CONSTANT (1700000000) / 3600 * 3600 * S)

typedef struct
{
  char *directory;
  CsSeriesStore *store;
} Fixture;

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_store (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_series_store_open_async (self->directory, NULL, keep_cb, &result);
  wait_for (&result);
  self->store = cs_series_store_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("series-XXXXXX", NULL);
  open_store (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "series.db", "series.db-wal", "series.db-shm" };

  g_clear_object (&self->store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
}

static GArray *
read_all (Fixture *self, const char *series)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GArray *buckets;

  cs_series_store_read_async (self->store, series, 0, G_MAXINT64, NULL, keep_cb, &result);
  wait_for (&result);
  buckets = cs_series_store_read_finish (self->store, result, &error);
  g_assert_no_error (error);
  return buckets;
}

static void
compact (Fixture *self, gint64 now)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_series_store_compact_async (self->store, now, keep_cb, &result);
  wait_for (&result);
  cs_series_store_compact_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
add (Fixture *self, const char *series, gint64 at, guint state, double number)
{
  CsSeriesPoint point = { at, state, { number, NAN, number / 10 } };

  cs_series_store_add (self->store, series, &point);
}

static void
test_read (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) buckets = NULL;
  g_autoptr (GArray) other = NULL;
  const CsSeriesBucket *bucket;

  add (self, "a", START, 0, 1.5);
  add (self, "a", START + 5 * S, 1, NAN);
  add (self, "a", START + 5 * S, 1, 99); /* the same moment again */
  add (self, "b", START, 0, 7);
  buckets = read_all (self, "a");
  g_assert_cmpuint (buckets->len, ==, 2);
  bucket = &g_array_index (buckets, CsSeriesBucket, 0);
  g_assert_cmpint (bucket->at, ==, START);
  g_assert_cmpint (bucket->width, ==, 0);
  g_assert_cmpuint (bucket->states[0], ==, 1);
  g_assert_cmpuint (bucket->ranges[0].n, ==, 1);
  g_assert_cmpfloat (bucket->ranges[0].sum, ==, 1.5);
  g_assert_cmpuint (bucket->ranges[1].n, ==, 0);
  g_assert_true (isnan (bucket->ranges[1].most));
  bucket = &g_array_index (buckets, CsSeriesBucket, 1);
  g_assert_cmpuint (bucket->states[1], ==, 1);
  g_assert_cmpuint (bucket->ranges[0].n, ==, 0);
  other = read_all (self, "c");
  g_assert_cmpuint (other->len, ==, 0);
}

/* What was added is there when the store is opened again. */
static void
test_reopen (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) buckets = NULL;

  add (self, "a", START, 0, 1);
  g_clear_object (&self->store);
  open_store (self);
  buckets = read_all (self, "a");
  g_assert_cmpuint (buckets->len, ==, 1);
}

static guint
count (GArray *buckets, gint64 width, double *sum)
{
  guint n = 0;

  for (guint i = 0; i < buckets->len; i++)
    {
      const CsSeriesBucket *bucket = &g_array_index (buckets, CsSeriesBucket, i);

      *sum += bucket->ranges[0].n > 0 ? bucket->ranges[0].sum : 0;
      if (i > 0)
        g_assert_cmpint (bucket->at, >=, g_array_index (buckets, CsSeriesBucket, i - 1).at);
      n += bucket->width == width;
    }
  return n;
}

/* Nothing is counted twice or lost, whenever it is summed up. */
static void
test_compact (Fixture *self, gconstpointer data)
{
  g_autoptr (GArray) minutes = NULL;
  g_autoptr (GArray) hours = NULL;
  double expected = 0;
  double sum = 0;

  for (guint i = 0; i < 1440; i++) /* two hours, every 5 s */
    {
      add (self, "a", START + i * 5 * S, i % 10 == 0 ? 1 : 0, i);
      expected += i;
    }
  compact (self, START + DAY + 30 * 60 * S + 7 * S);
  minutes = read_all (self, "a");
  g_assert_cmpuint (count (minutes, 60 * S, &sum), ==, 30);
  g_assert_cmpfloat (sum, ==, expected);
  g_assert_cmpuint (minutes->len, ==, 30 + 1440 - 30 * 12);
  compact (self, START + 2 * DAY);
  compact (self, START + 40 * DAY);
  compact (self, START + 40 * DAY);
  hours = read_all (self, "a");
  sum = 0;
  g_assert_cmpuint (count (hours, 3600 * S, &sum), ==, 2);
  g_assert_cmpuint (hours->len, ==, 2);
  g_assert_cmpfloat (sum, ==, expected);
  g_assert_cmpuint (g_array_index (hours, CsSeriesBucket, 0).states[1], ==, 72);
  g_assert_cmpfloat (g_array_index (hours, CsSeriesBucket, 1).ranges[0].most, ==, 1439);
  g_assert_cmpfloat (g_array_index (hours, CsSeriesBucket, 1).ranges[0].least, ==, 720);
}

static void
failed_cb (CsSeriesStore *store, const GError *error, guint *n)
{
  g_assert_nonnull (error);
  (*n)++;
}

/* A place where nothing can be written is said, not passed over. */
static void
test_unwritable (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_series_store_open_async ("/proc/nowhere", NULL, keep_cb, &result);
  wait_for (&result);
  g_assert_null (cs_series_store_open_finish (result, &error));
  g_assert_nonnull (error);
}

static void
test_failed (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->directory, "series.db", NULL);
  g_autofree char *command = g_strdup_printf ("sqlite3 '%s' 'DROP TABLE buckets'", path);
  guint n = 0;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_signal_connect (self->store, "failed", G_CALLBACK (failed_cb), &n);
  add (self, "a", START, 0, 1);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/journal/series/read", test_read);
  ADD ("/journal/series/reopen", test_reopen);
  ADD ("/journal/series/compact", test_compact);
  ADD ("/journal/series/failed", test_failed);
#undef ADD
  g_test_add_func ("/journal/series/unwritable", test_unwritable);
  return g_test_run ();
}
