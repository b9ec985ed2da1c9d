/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fifty programs that write to ten streams at once: no gap, no fork, no loss. And workspaces of
 * older versions. */

#include "fixture.h"

#include "cs-error.h"
#include "cs-verification.h"

#include <string.h>

#define N_WRITERS 50
#define N_STREAMS 10
#define N_QUEUED 5

/* One program, whose appends are acknowledged in the order of their numbers. */
typedef struct
{
  Team *team;
  guint number;
  guint appends;
  guint done;
  gint64 last[N_STREAMS]; /* the n of the newest own record */
} Writer;

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Writer *writer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);
  CsRecord *record;
  guint stream;

  g_assert_no_error (error);
  record = g_ptr_array_index (records, 0);
  stream = (guint) (strrchr (cs_record_get_stream (record), '/')[1] - '0');
  g_assert_cmpint (cs_record_get_n (record), >, writer->last[stream]);
  writer->last[stream] = cs_record_get_n (record);
  writer->done++;
}

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (CsPgStore) store = NULL;

  g_main_context_push_thread_default (context);
  store = team_open (writer->team);
  memset (writer->last, 0xff, sizeof writer->last);
  for (guint i = 0; i < writer->appends; i++)
    {
      g_autofree char *stream =
        g_strdup_printf ("deployment/%u", (writer->number + i) % N_STREAMS);
      g_autofree char *json = g_strdup_printf ("{\"text\":\"w%u-%u\"}", writer->number, i);
      g_autoptr (GPtrArray) drafts = team_draft ("noted", json);

      while (i - writer->done >= N_QUEUED)
        g_main_context_iteration (context, TRUE);
      cs_store_append_async (CS_STORE (store), stream, CS_STORE_ANY, "ada", drafts, NULL,
                             appended_cb, writer);
    }
  while (writer->done < writer->appends)
    g_main_context_iteration (context, TRUE);
  cs_pg_store_close (store);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_fifty (Team *team, gconstpointer data)
{
  guint appends = g_getenv ("COUNTERSIGN_SOAK") != NULL ? 1000 : 12;
  Writer writers[N_WRITERS] = { 0 };
  GThread *threads[N_WRITERS];
  g_autoptr (CsVerification) verification = NULL;
  g_autofree char *counts = NULL;
  g_autofree char *expected =
    g_strdup_printf ("%u|%u\n", N_WRITERS * appends, N_WRITERS * appends);
  g_autofree char *gaps = NULL;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i].team = team;
      writers[i].number = i;
      writers[i].appends = appends;
      threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
    }
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  counts = team_execute (team, "SELECT count (*), count (DISTINCT body) FROM countersign.records");
  g_assert_cmpstr (counts, ==, expected);
  gaps = team_execute (team, "SELECT stream FROM countersign.records GROUP BY stream"
                             " HAVING max (n) + 1 <> count (*) OR count (*) <> count (DISTINCT n)");
  g_assert_cmpstr (gaps, ==, "");
  verification = cs_verification_run_sync (team->store, NULL);
  g_assert_true (cs_verification_is_clean (verification));
  g_assert_cmpint (cs_verification_get_n_records (verification), ==, N_WRITERS * appends);
  g_assert_cmpint (cs_verification_get_n_streams (verification), ==, N_STREAMS);
}

/* Of several that expect to be the next in a stream, one is. */
static void
test_expected (Team *team, gconstpointer data)
{
  g_autoptr (CsPgStore) other = team_open (team);
  CsStore *stores[] = { team->store, CS_STORE (other) };

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GPtrArray) drafts = team_draft ("run-started", "{}");
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) first =
        cs_store_append_sync (stores[i % 2], "deployment/1", i, "ada", drafts, &error);
      g_autoptr (GPtrArray) second = NULL;

      g_assert_no_error (error);
      second = cs_store_append_sync (stores[(i + 1) % 2], "deployment/1", i, "bob", drafts, &error);
      g_assert_null (second);
      g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
      g_assert_nonnull (strstr (error->message, "Someone else was first"));
    }
}

/* A workspace as the first version made it. */
#define TO_FORMAT_1                                                                      \
  "DROP FUNCTION countersign.append; ALTER TABLE countersign.records DROP COLUMN token;" \
  "DROP FUNCTION countersign.stream_key; SET session_replication_role = replica;"        \
  "DELETE FROM countersign.about WHERE key = 'format-2'"

static void
test_upgrade (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) ada = team_server (team, "ada");
  g_autoptr (CsPgServer) owner = team_server (team, "owner");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  gint64 format = 0;

  team_append (team->store, "s", "{\"text\":\"before\"}");
  cs_pg_store_close (team->pg);
  g_clear_object (&team->pg);
  g_free (team_execute (team, TO_FORMAT_1));
  team->pg = cs_pg_store_open_sync (ada, team->directory, NULL, &error);
  g_assert_null (team->pg);
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_nonnull (strstr (error->message, "workspace upgrade"));
  g_clear_error (&error);
  g_assert_false (cs_pg_store_upgrade_workspace (ada, &format, &refusal));
  g_assert_error (refusal, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_true (cs_pg_store_upgrade_workspace (owner, &format, &error));
  g_assert_no_error (error);
  g_assert_cmpint (format, ==, 1);
  g_assert_true (cs_pg_store_upgrade_workspace (owner, &format, &error));
  g_assert_cmpint (format, ==, 2);
  team->pg = team_open (team);
  team_append (CS_STORE (team->pg), "s", "{\"text\":\"after\"}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEAM_TEST ("/postgres/contention/fifty", test_fifty);
  TEAM_TEST ("/postgres/contention/expected", test_expected);
  TEAM_TEST ("/postgres/contention/upgrade", test_upgrade);
  return team_run ();
}
