/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fifty writers on ten streams of a team's journal, against bare inserts of libpq into the same
 * table without what keeps records in order, over as many connections and with the same commits. */

#include "cs-json.h"
#include "cs-pg-store.h"
#include "cs-test-postgres.h"
#include "cs-verification.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITERS 50
#define STREAMS 10
#define ROUNDS 3

static const char body_text[] =
  "{\"step\":\"deploy/3\",\"run\":\"6f1c2d5e-0a63-4a51-9d1f-3c1f0f6f2a77\",\"status\":0,"
  "\"command\":\"php artisan cache:clear && php artisan config:cache\","
  "\"cwd\":\"/srv/shop/current\"}";

static const char bare_table[] =
  "CREATE SEQUENCE bare_seq; CREATE TABLE bare (seq bigint NOT NULL DEFAULT nextval ('bare_seq'),"
  " stream text COLLATE \"C\" NOT NULL, n bigint NOT NULL, at bigint NOT NULL,"
  " actor text NOT NULL, kind text NOT NULL, body text NOT NULL, previous text NOT NULL,"
  " hash text NOT NULL, PRIMARY KEY (stream, n)); CREATE UNIQUE INDEX bare_by_seq ON bare (seq);"
  "GRANT ALL ON bare, bare_seq TO ada";

/* One of those who write: when all are connected they begin together. */
typedef struct
{
  const char *address;
  const char *directory;
  guint number;
  guint appends;
  guint window; /* how many are asked for before the first is answered */
  guint done;
} Writer;

static GMutex gate;
static GCond gate_changed;
static guint n_ready;
static gboolean is_open;

static void
check (gboolean ok, const char *message)
{
  if (!ok)
    g_error ("%s", message);
}

static void
wait_at_gate (void)
{
  g_mutex_lock (&gate);
  n_ready++;
  g_cond_broadcast (&gate_changed);
  while (!is_open)
    g_cond_wait (&gate_changed, &gate);
  g_mutex_unlock (&gate);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  check (records != NULL, error != NULL ? error->message : "");
  ((Writer *) user_data)->done++;
}

static gpointer
append_thread (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = cs_pg_server_new (writer->address, NULL, &error);
  g_autoptr (JsonNode) body = cs_json_parse (body_text, -1, NULL);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autofree char *stream = g_strdup_printf ("deployment/%u", writer->number % STREAMS);
  g_autoptr (CsPgStore) store = NULL;

  g_main_context_push_thread_default (context);
  g_ptr_array_add (drafts, cs_draft_new ("step-finished", body));
  store = cs_pg_store_open_sync (server, writer->directory, NULL, &error);
  check (store != NULL, error != NULL ? error->message : "");
  wait_at_gate ();
  for (guint i = 0; i < writer->appends; i++)
    {
      while (i - writer->done >= writer->window)
        g_main_context_iteration (context, TRUE);
      cs_store_append_async (CS_STORE (store), stream, CS_STORE_ANY, "ada", drafts, NULL,
                             appended_cb, writer);
    }
  while (writer->done < writer->appends)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  cs_pg_store_close (store);
  return NULL;
}

/* One row a transaction, with its answer waited for; or as many in one as the journal takes. */
static gpointer
insert_thread (gpointer data)
{
  Writer *writer = data;
  PGconn *pg = PQconnectdb (writer->address);
  g_autofree char *stream = g_strdup_printf ("deployment/%u", writer->number);
  static const char hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  static guint next;

  check (PQstatus (pg) == CONNECTION_OK, PQerrorMessage (pg));
  PQclear (PQexec (pg, "SET synchronous_commit = on"));
  PQclear (PQprepare (pg, "insert",
                      "INSERT INTO bare (stream, n, at, actor, kind, body, previous, hash)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq",
                      0, NULL));
  wait_at_gate ();
  for (guint i = 0; i < writer->appends; i++)
    {
      g_autofree char *n = g_strdup_printf ("%d", g_atomic_int_add ((gint *) &next, 1));
      const char *values[] = { stream, n, "1790000000000000", "ada", "step-finished", body_text,
                               hash, hash };
      PGresult *result = PQexecPrepared (pg, "insert", 8, values, NULL, NULL, 0);

      check (PQresultStatus (result) == PGRES_TUPLES_OK, PQerrorMessage (pg));
      PQclear (result);
    }
  PQfinish (pg);
  return NULL;
}

/* Records a second. */
static double
run (GThreadFunc function, const char *address, const char *directory, guint appends, guint window)
{
  Writer writers[WRITERS] = { 0 };
  GThread *threads[WRITERS];
  gint64 start;

  n_ready = 0;
  is_open = FALSE;
  for (guint i = 0; i < WRITERS; i++)
    {
      writers[i] = (Writer){ address, directory, i, appends, window, 0 };
      threads[i] = g_thread_new ("writer", function, &writers[i]);
    }
  g_mutex_lock (&gate);
  while (n_ready < WRITERS)
    g_cond_wait (&gate_changed, &gate);
  is_open = TRUE;
  start = g_get_monotonic_time ();
  g_cond_broadcast (&gate_changed);
  g_mutex_unlock (&gate);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  return WRITERS * appends * 1e6 / (double) (g_get_monotonic_time () - start);
}

static void
print (const char *what, double ours, double theirs)
{
  printf ("%s: %.0f/s, bare libpq %.0f/s, ratio %.2f\n", what, ours, theirs, ours / theirs);
  fflush (stdout);
}

static void
verify (const char *address, const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = cs_pg_server_new (address, NULL, &error);
  g_autoptr (CsPgStore) store = cs_pg_store_open_sync (server, directory, NULL, &error);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CsVerification) verification = NULL;

  check (store != NULL, error != NULL ? error->message : "");
  verification = cs_verification_run_sync (CS_STORE (store), &error);
  check (verification != NULL && cs_verification_is_clean (verification), "The chain is broken");
  printf ("verified %" G_GINT64_FORMAT " records: %.0f/s\n",
          cs_verification_get_n_records (verification),
          (double) cs_verification_get_n_records (verification) * 1e6 /
            (double) (g_get_monotonic_time () - start));
}

int
main (int argc, char *argv[])
{
  guint appends = argc > 1 ? (guint) atoi (argv[1]) : 1000;
  g_autoptr (CsTestPostgres) postgres = cs_test_postgres_new ();
  g_autofree char *database = cs_test_postgres_new_database (postgres);
  g_autofree char *owner = cs_test_postgres_dup_address (postgres, "owner", database, FALSE);
  g_autofree char *ada = cs_test_postgres_dup_address (postgres, "ada", database, FALSE);
  g_autofree char *directory = g_dir_make_tmp ("countersign-bench-XXXXXX", NULL);
  g_autoptr (CsPgServer) server = cs_pg_server_new (owner, NULL, NULL);
  const char *remove[] = { "rm", "-rf", directory, NULL };
  g_autoptr (GError) error = NULL;

  g_free (cs_pg_store_create_workspace (server, &error));
  check (error == NULL, error != NULL ? error->message : "");
  g_free (cs_test_postgres_execute (postgres, database, bare_table));
  for (guint i = 0; i < ROUNDS; i++)
    {
      double bare = run (insert_thread, ada, directory, appends, 1);

      print ("each waits for its answer", run (append_thread, ada, directory, appends, 1), bare);
      print ("64 of each queued", run (append_thread, ada, directory, appends, 64), bare);
    }
  verify (ada, directory);
  return g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                       NULL, NULL)
           ? 0
           : 1;
}
