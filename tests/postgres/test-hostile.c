/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that is not to be trusted: what its administrator changed is found and named; and what
 * people who take part may not do is refused. */

#include "fixture.h"

#include "cs-error.h"
#include "cs-verification.h"

#include <string.h>

#define OFF "ALTER TABLE countersign.records DISABLE TRIGGER ALL;"

/* What an administrator does to the rows, and what verification says of it. */
static const struct
{
  const char *name;
  const char *sql;
  const char *stream;
  gint64 n;
  const char *words;
} tampering[] = {
  { "body", OFF "UPDATE countersign.records SET body = '{\"text\":\"evil\"}' WHERE seq = 2",
    "deployment/1", 1, "was changed" },
  { "time", OFF "UPDATE countersign.records SET at = at + 1 WHERE seq = 2", "deployment/1", 1,
    "was changed" },
  { "deleted", OFF "DELETE FROM countersign.records WHERE seq = 2", "deployment/1", 2,
    "is missing" },
  { "beginning", OFF "DELETE FROM countersign.records WHERE seq = 1", "deployment/1", 1,
    "is missing" },
  { "exchanged",
    OFF "UPDATE countersign.records SET n = n + 10 WHERE stream = 'deployment/1' AND n IN (1, 2);"
        "UPDATE countersign.records SET n = 123 - n WHERE stream = 'deployment/1' AND n > 9;"
        "UPDATE countersign.records SET n = n - 110 WHERE stream = 'deployment/1' AND n > 9;",
    "deployment/1", 1, "was changed" },
  { "foreign",
    OFF "INSERT INTO countersign.records SELECT 99, stream, 3, at, actor, kind, body, previous,"
        " hash FROM countersign.records WHERE seq = 2",
    "deployment/1", 3, "was changed" },
  { "moved", OFF "UPDATE countersign.records SET stream = 'deployment/9' WHERE seq = 3",
    "deployment/9", 2, "is missing" },
  { "blob",
    "ALTER TABLE countersign.blob_parts DISABLE TRIGGER ALL;"
    "UPDATE countersign.blob_parts SET bytes = 'evil'",
    "deployment/1", 2, "no longer has its digest" },
  { "blob-gone", "SET session_replication_role = replica; DELETE FROM countersign.blobs;",
    "deployment/1", 2, "is missing" },
  { "list", "SET session_replication_role = replica; DELETE FROM countersign.record_blobs;",
    "deployment/1", 2, "does not list" },
  { "index",
    "SET session_replication_role = replica;"
    "UPDATE countersign.record_index SET actor = 'nobody' WHERE seq = 2;"
    "INSERT INTO countersign.index_marks VALUES (3);",
    "deployment/1", 1, "index" },
};

static void
write_three (Team *team)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("the output", 10);
  g_autofree char *digest = cs_store_put_blob_sync (team->store, bytes, NULL);
  g_autofree char *json = g_strdup_printf ("{\"output\":\"%s\"}", digest);
  g_autoptr (GPtrArray) drafts = team_draft ("run-ended", json);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  team_append (team->store, "deployment/1", "{\"text\":\"one\"}");
  team_append (team->store, "deployment/1", "{\"text\":\"two\"}");
  cs_draft_add_blob (g_ptr_array_index (drafts, 0), digest);
  records = cs_store_append_sync (team->store, "deployment/1", 2, "ada", drafts, &error);
  g_assert_no_error (error);
  /* Whoever searches has the index brought up to date. */
  query->words = g_strdup ("one");
  found = cs_store_query_sync (team->store, query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
}

static CsVerification *
verify (Team *team)
{
  g_autoptr (GError) error = NULL;
  CsVerification *verification = cs_verification_run_sync (team->store, &error);

  g_assert_no_error (error);
  return verification;
}

static void
test_tampering (Team *team, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (CsVerification) clean = NULL;
  g_autoptr (CsVerification) verification = NULL;
  gboolean named = FALSE;

  write_three (team);
  clean = verify (team);
  g_assert_true (cs_verification_is_clean (clean));
  g_assert_cmpint (cs_verification_get_n_records (clean), ==, 3);
  g_assert_cmpint (cs_verification_get_n_blobs (clean), ==, 1);
  g_free (team_execute (team, tampering[i].sql));
  verification = verify (team);
  g_assert_false (cs_verification_is_clean (verification));
  for (guint j = 0; j < cs_verification_get_findings (verification)->len; j++)
    {
      CsFinding *finding = g_ptr_array_index (cs_verification_get_findings (verification), j);

      g_test_message ("%s", finding->message);
      named |= g_strcmp0 (finding->stream, tampering[i].stream) == 0 &&
               finding->n == tampering[i].n &&
               strstr (finding->message, tampering[i].words) != NULL;
    }
  g_assert_true (named);
}

/* With the triggers in place, not even who owns the tables changes a row by mistake. */
static void
test_append_only (Team *team, gconstpointer data)
{
  static const char *const attempts[] = {
    "UPDATE countersign.records SET actor = 'x'",
    "DELETE FROM countersign.records",
    "TRUNCATE countersign.records",
    "TRUNCATE countersign.blobs CASCADE",
    "UPDATE countersign.record_index SET actor = 'x'",
    "DELETE FROM countersign.blob_parts",
    "DELETE FROM countersign.about",
    "INSERT INTO countersign.records (stream, n, at, actor, kind, body, previous, hash)"
    " VALUES ('deployment/1', 7, 0, 'x', 'x', '{}', repeat ('0', 64), repeat ('0', 64))",
  };
  static const char *const users[] = { "owner", "ada" };

  write_three (team);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (users); j++)
      {
        g_autoptr (CsPgServer) server = team_server (team, users[j]);
        g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, NULL);
        g_autoptr (GError) error = NULL;

        g_assert_false (cs_pg_connection_execute (connection, attempts[i], &error));
        g_assert_nonnull (error);
      }
  g_assert_true (cs_verification_is_clean (verify (team)));
}

/* Who has not the role sees nothing, and is told whom to ask. */
static void
test_no_role (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) server = team_server (team, "bob");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgStore) store = cs_pg_store_open_sync (server, team->directory, NULL, &error);

  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "countersign_writer"));
}

static void
test_created_twice (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) server = team_server (team, "owner");
  g_autoptr (CsPgServer) stranger = team_server (team, "bob");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = cs_pg_store_create_workspace (server, &error);

  g_assert_null (id);
  g_assert_error (error, CS_ERROR, CS_ERROR_EXISTS);
  g_clear_error (&error);
  id = cs_pg_store_create_workspace (stranger, &error);
  g_assert_null (id);
}

static void
test_no_workspace (Team *team, gconstpointer data)
{
  g_autofree char *database = cs_test_postgres_new_database (team_postgres ());
  g_autofree char *address =
    cs_test_postgres_dup_address (team_postgres (), "ada", database, FALSE);
  g_autoptr (CsPgServer) server = cs_pg_server_new (address, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgStore) store = cs_pg_store_open_sync (server, team->directory, NULL, &error);

  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "Create the workspace first"));
}

static void
test_too_new (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) server = team_server (team, "ada");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPgStore) store = NULL;

  g_free (team_execute (team, "SET session_replication_role = replica;"
                              "UPDATE countersign.about SET value = '99' WHERE key = 'format'"));
  store = cs_pg_store_open_sync (server, team->directory, NULL, &error);
  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_TOO_NEW);
}

/* A password goes apart from the address, and a wrong one is said to be wrong. */
static void
test_password (Team *team, gconstpointer data)
{
  static const struct
  {
    const char *password;
    gboolean right;
  } cases[] = { { CS_TEST_POSTGRES_PASSWORD, TRUE }, { "wrong", FALSE }, { NULL, FALSE } };
  g_autofree char *address =
    cs_test_postgres_dup_address (team_postgres (), "ada", team->database, TRUE);
  g_autofree char *with_password = g_strdup_printf ("%s password=letmein", address);
  g_autoptr (CsPgServer) refused = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsPgServer) server = cs_pg_server_new (address, cases[i].password, NULL);
      g_autoptr (GError) refusal = NULL;
      g_autoptr (CsPgStore) store = cs_pg_store_open_sync (server, team->directory, NULL, &refusal);

      g_assert_cmpint (store != NULL, ==, cases[i].right);
      if (!cases[i].right)
        g_assert_error (refusal, CS_ERROR, CS_ERROR_AUTH);
    }
  refused = cs_pg_server_new (with_password, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_null (strstr (error->message, "letmein"));
}

static const char *
find_value (CsPgServer *server, const char *keyword)
{
  const char *const *keywords = cs_pg_server_get_keywords (server);

  for (guint i = 0; keywords[i] != NULL; i++)
    if (strcmp (keywords[i], keyword) == 0)
      return cs_pg_server_get_values (server)[i];
  return NULL;
}

/* Off this computer, the server has to show a certificate for its name. */
static void
test_encryption (Team *team, gconstpointer data)
{
  static const struct
  {
    const char *address;
    const char *mode;
  } cases[] = {
    { "postgresql://ada@db.example.org/ops", "verify-full" },
    { "host=203.0.113.9 dbname=ops", "verify-full" },
    { "hostaddr=203.0.113.9 dbname=ops", "verify-full" },
    { "postgresql://ada@db.example.org/ops?sslmode=verify-ca", "verify-ca" },
    { "host=127.0.0.1", NULL },
    { "host=::1", NULL },
    { "host=localhost", NULL },
    { "host=/run/postgresql", NULL },
    { "service=ops", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsPgServer) server = cs_pg_server_new (cases[i].address, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (find_value (server, "sslmode"), ==, cases[i].mode);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tampering); i++)
    {
      g_autofree char *path = g_strdup_printf ("/postgres/tampering/%s", tampering[i].name);

      g_test_add (path, Team, GUINT_TO_POINTER (i), team_set_up, test_tampering, team_tear_down);
    }
  TEAM_TEST ("/postgres/append-only", test_append_only);
  TEAM_TEST ("/postgres/no-role", test_no_role);
  TEAM_TEST ("/postgres/created-twice", test_created_twice);
  TEAM_TEST ("/postgres/no-workspace", test_no_workspace);
  TEAM_TEST ("/postgres/too-new", test_too_new);
  TEAM_TEST ("/postgres/password", test_password);
  TEAM_TEST ("/postgres/encryption", test_encryption);
  return team_run ();
}
