/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal with ten million records: how soon History has its first rows and a search its
 * answer, and how fast all of it is verified. The records are hashed as those of the program are,
 * and laid out with COPY past triggers and indexes, which takes minutes where appending would take
 * hours; the indexes are made afterwards as the workspace has them. */

#include "cs-append.h"
#include "cs-json.h"
#include "cs-pg-index.h"
#include "cs-pg-store.h"
#include "cs-record-hash.h"
#include "cs-test-postgres.h"
#include "cs-verification.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_OF_A_STREAM 1000
#define ROUNDS 21
#define PAGE 200
#define FIRST_AT G_GINT64_CONSTANT (1700000000000000)

static const char *const kinds[] = { "step-started", "step-finished", "checked", "noted" };
static const char *const commands[] = { "php artisan cache:clear", "systemctl restart nginx",
                                        "git checkout --detach", "pg_dump shop", "curl health" };
static const char *const people[] = { "ada@web-1", "ben@web-2", "carla@web-3", "dora@web-4" };

static void
check (gboolean ok, const char *message)
{
  if (!ok)
    g_error ("%s", message);
}

static PGconn *
begin_copy (const char *address, const char *copy)
{
  PGconn *pg = PQconnectdb (address);

  check (PQstatus (pg) == CONNECTION_OK, PQerrorMessage (pg));
  PQclear (PQexec (pg, "SET session_replication_role = replica; SET synchronous_commit = off"));
  PQclear (PQexec (pg, copy));
  return pg;
}

static void
end_copy (PGconn *pg)
{
  PGresult *result;

  check (PQputCopyEnd (pg, NULL) == 1, PQerrorMessage (pg));
  result = PQgetResult (pg);
  check (PQresultStatus (result) == PGRES_COMMAND_OK, PQerrorMessage (pg));
  PQclear (result);
  PQfinish (pg);
}

static void
put (PGconn *pg, GString *line)
{
  check (PQputCopyData (pg, line->str, (int) line->len) == 1, PQerrorMessage (pg));
}

/* As array_to_tsvector() makes one of {"a","b"}. */
static void
append_vector (GString *line, const char *words)
{
  for (const char *p = words; *p != '\0'; p++)
    if (*p == '"')
      g_string_append_c (line, '\'');
    else if (*p == ',')
      g_string_append_c (line, ' ');
    else if (*p != '{' && *p != '}')
      g_string_append_c (line, *p);
}

typedef struct
{
  PGconn *records;
  PGconn *index;
  CsDigest *digest;
  GString *scratch;
  GString *line;
} Layout;

static void
lay_out_record (Layout *self, gint64 seq, const char *stream, gint64 n, char *previous)
{
  gint64 at = FIRST_AT + seq * 1000000;
  const char *kind = kinds[seq % G_N_ELEMENTS (kinds)];
  const char *person = people[(seq / 7) % G_N_ELEMENTS (people)];
  g_autofree char *body = g_strdup_printf (
    "{\"command\":\"%s\",\"output\":\"release %" G_GINT64_FORMAT " ticket%" G_GINT64_FORMAT
    " went well\",\"status\":0,\"step\":\"deploy/%" G_GINT64_FORMAT "\"}",
    commands[(seq / 3) % G_N_ELEMENTS (commands)], seq / 10000, seq, seq % 9);
  char hash[CS_DIGEST_LENGTH + 1];
  g_autoptr (CsRecord) record = NULL;
  g_autofree char *text = NULL;
  g_autofree char *words = NULL;

  cs_record_hash (self->digest, self->scratch, stream, n, at, person, kind, body, strlen (body),
                  previous, hash);
  g_string_printf (self->line,
                   "%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT
                   "\t%s\t%s\t%s\t%s\t%s\n",
                   seq, stream, n, at, person, kind, body, previous, hash);
  put (self->records, self->line);
  record =
    cs_record_new_from_text (seq, stream, n, at, person, kind, body, strlen (body), previous, hash);
  text = cs_append_collect_words (record);
  words = cs_pg_index_write_words (text);
  g_string_printf (self->line,
                   "%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\t%s\tdeployment\t", seq, at,
                   person, kind);
  append_vector (self->line, words);
  g_string_append_c (self->line, '\n');
  put (self->index, self->line);
  memcpy (previous, hash, sizeof hash);
}

/* Ten streams grow beside each other, as those of a day do. */
static void
lay_out (const char *address, gint64 n_records)
{
  Layout self = {
    begin_copy (address, "COPY countersign.records"
                         " (seq, stream, n, at, actor, kind, body, previous, hash) FROM STDIN"),
    begin_copy (address, "COPY countersign.record_index (seq, at, actor, kind, area, words)"
                         " FROM STDIN"),
    cs_digest_new (),
    g_string_new (NULL),
    g_string_new (NULL),
  };
  char previous[10][CS_DIGEST_LENGTH + 1];

  for (gint64 seq = 1; seq <= n_records; seq++)
    {
      gint64 lane = (seq - 1) % 10;
      gint64 n = (seq - 1) / 10 % RECORDS_OF_A_STREAM;
      g_autofree char *stream =
        g_strdup_printf ("deployment/%08" G_GINT64_FORMAT "-0000-4000-8000-%012" G_GINT64_FORMAT,
                         (seq - 1) / 10 / RECORDS_OF_A_STREAM, lane);

      if (n == 0)
        {
          memset (previous[lane], '0', CS_DIGEST_LENGTH);
          previous[lane][CS_DIGEST_LENGTH] = '\0';
        }
      lay_out_record (&self, seq, stream, n, previous[lane]);
    }
  end_copy (self.records);
  end_copy (self.index);
  cs_digest_free (self.digest);
  g_string_free (self.scratch, TRUE);
  g_string_free (self.line, TRUE);
}

static void
execute (CsTestPostgres *postgres, const char *database, const char *sql)
{
  g_free (cs_test_postgres_execute (postgres, database, sql));
}

static const char drop_indexes[] =
  "ALTER TABLE countersign.records DROP CONSTRAINT records_pkey;"
  "DROP INDEX countersign.records_seq;"
  "ALTER TABLE countersign.record_index DROP CONSTRAINT record_index_pkey;"
  "DROP INDEX countersign.record_index_at, countersign.record_index_actor,"
  " countersign.record_index_kind, countersign.record_index_area, countersign.record_index_words;";

static const char make_indexes[] =
  "SET maintenance_work_mem = '1500MB'; SET max_parallel_maintenance_workers = 2;"
  "ALTER TABLE countersign.records ADD PRIMARY KEY (stream, n);"
  "CREATE UNIQUE INDEX records_seq ON countersign.records (seq);"
  "ALTER TABLE countersign.record_index ADD PRIMARY KEY (seq);"
  "CREATE INDEX record_index_at ON countersign.record_index (at);"
  "CREATE INDEX record_index_actor ON countersign.record_index (actor, seq);"
  "CREATE INDEX record_index_kind ON countersign.record_index (kind, seq);"
  "CREATE INDEX record_index_area ON countersign.record_index (area, seq);"
  "CREATE INDEX record_index_words ON countersign.record_index USING gin (words);"
  "SELECT setval ('countersign.record_seq', (SELECT max (seq) FROM countersign.records));"
  "INSERT INTO countersign.index_marks SELECT max (seq) FROM countersign.records;";

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 difference = *(const gint64 *) a - *(const gint64 *) b;

  return difference < 0 ? -1 : difference > 0;
}

/* As the window asks, over its connection and through the index where it is needed. */
static void
measure (CsStore *store, const char *what, CsQuery *query)
{
  gint64 taken[ROUNDS];
  guint n = 0;

  query->limit = PAGE;
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GPtrArray) records = cs_store_query_sync (store, query, &error);

      check (records != NULL, error != NULL ? error->message : "");
      taken[i] = g_get_monotonic_time () - start;
      n = records->len;
    }
  qsort (taken, ROUNDS, sizeof *taken, compare);
  printf ("%s: %u rows, median %.1f ms, longest of %d %.1f ms\n", what, n,
          (double) taken[ROUNDS / 2] / 1000, ROUNDS, (double) taken[ROUNDS - 1] / 1000);
  fflush (stdout);
  cs_query_free (query);
}

static void
search (CsStore *store, const char *words)
{
  CsQuery *query = cs_query_new ();
  g_autofree char *what = g_strdup_printf ("search “%s”", words);

  query->words = g_strdup (words);
  measure (store, what, query);
}

static void
ask (CsStore *store, gint64 n_records)
{
  g_autofree char *one = g_strdup_printf ("ticket%" G_GINT64_FORMAT, n_records / 2);
  g_autofree char *many = g_strdup_printf ("release %" G_GINT64_FORMAT, n_records / 20000);
  CsQuery *query;

  measure (store, "first rows", cs_query_new ());
  query = cs_query_new ();
  query->before = n_records / 2;
  measure (store, "rows in the middle", query);
  search (store, one);
  search (store, many);
  search (store, "restart nginx");
  search (store, "nowhere");
  query = cs_query_new ();
  query->actor = g_strdup (people[1]);
  measure (store, "of one person", query);
  query = cs_query_new ();
  query->kind = g_strdup (kinds[2]);
  query->since = FIRST_AT + n_records / 4 * 1000000;
  query->until = query->since + G_TIME_SPAN_DAY;
  measure (store, "of one kind on one day", query);
}

static void
verify (CsStore *store)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CsVerification) verification = cs_verification_run_sync (store, &error);
  double seconds = (double) (g_get_monotonic_time () - start) / 1e6;

  check (verification != NULL && cs_verification_is_clean (verification), "The chain is broken");
  printf ("verified %" G_GINT64_FORMAT " records in %.0f s: %.0f/s\n",
          cs_verification_get_n_records (verification), seconds,
          (double) cs_verification_get_n_records (verification) / seconds);
}

static void
make (CsTestPostgres *postgres, const char *database, gint64 n_records)
{
  g_autofree char *owner = cs_test_postgres_dup_address (postgres, "owner", database, FALSE);
  g_autoptr (CsPgServer) maker = cs_pg_server_new (owner, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  execute (postgres, database, "ALTER SYSTEM SET max_wal_size = '8GB'");
  execute (postgres, database, "SELECT pg_reload_conf ()");
  g_free (cs_pg_store_create_workspace (maker, &error));
  check (error == NULL, error != NULL ? error->message : "");
  execute (postgres, database, drop_indexes);
  lay_out (owner, n_records);
  printf ("laid out %" G_GINT64_FORMAT " records in %.0f s\n", n_records,
          (double) (g_get_monotonic_time () - start) / 1e6);
  fflush (stdout);
  execute (postgres, database, make_indexes);
  execute (postgres, database, "VACUUM ANALYZE");
  printf ("with indexes after %.0f s\n", (double) (g_get_monotonic_time () - start) / 1e6);
  fflush (stdout);
}

static void
use (const char *address, gint64 n_records)
{
  g_autofree char *directory = g_dir_make_tmp ("countersign-bench-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgServer) server = cs_pg_server_new (address, NULL, NULL);
  g_autoptr (CsPgStore) store = cs_pg_store_open_sync (server, directory, NULL, &error);
  const char *remove[] = { "rm", "-rf", directory, NULL };

  check (store != NULL, error != NULL ? error->message : "");
  ask (CS_STORE (store), n_records);
  verify (CS_STORE (store));
  cs_pg_store_close (store);
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
}

/* bench-archive [RECORDS [ADDRESS]]: in a database of its own, or in one that was made before;
 * with “-” as its address the database is made, and stays until standard input ends. */
int
main (int argc, char *argv[])
{
  gint64 n_records = argc > 1 ? g_ascii_strtoll (argv[1], NULL, 10) : 10000000;
  gboolean stay = argc > 2 && strcmp (argv[2], "-") == 0;
  g_autoptr (CsTestPostgres) postgres = NULL;
  g_autofree char *database = NULL;
  g_autofree char *ada = NULL;

  if (argc > 2 && !stay)
    {
      use (argv[2], n_records);
      return 0;
    }
  postgres = cs_test_postgres_new ();
  database = cs_test_postgres_new_database (postgres);
  ada = cs_test_postgres_dup_address (postgres, "ada", database, FALSE);
  printf ("in %s\n", ada);
  make (postgres, database, n_records);
  if (!stay)
    use (ada, n_records);
  while (stay && getchar () != EOF)
    continue;
  return 0;
}
