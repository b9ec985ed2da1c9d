/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal on a server of the test's own. */

#include "fixture.h"

#include "cs-json.h"
#include "cs-test-process.h"

static CsTestPostgres *postgres;

CsTestPostgres *
team_postgres (void)
{
  if (postgres == NULL)
    postgres = cs_test_postgres_new ();
  return postgres;
}

int
team_run (void)
{
  int status = g_test_run ();

  g_clear_pointer (&postgres, cs_test_postgres_free);
  return status;
}

CsPgServer *
team_server (Team *team, const char *user)
{
  g_autofree char *address =
    cs_test_postgres_dup_address (team_postgres (), user, team->database, FALSE);
  g_autoptr (GError) error = NULL;
  CsPgServer *server = cs_pg_server_new (address, NULL, &error);

  g_assert_no_error (error);
  return server;
}

CsPgStore *
team_open (Team *team)
{
  g_autoptr (CsPgServer) server = team_server (team, "ada");
  g_autoptr (GError) error = NULL;
  CsPgStore *store = cs_pg_store_open_sync (server, team->directory, NULL, &error);

  g_assert_no_error (error);
  return store;
}

void
team_set_up (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) owner = NULL;
  g_autofree char *workspace = NULL;
  g_autoptr (GError) error = NULL;

  team->directory = g_dir_make_tmp ("countersign-team-XXXXXX", &error);
  team->database = cs_test_postgres_new_database (team_postgres ());
  owner = team_server (team, "owner");
  workspace = cs_pg_store_create_workspace (owner, &error);
  g_assert_no_error (error);
  team->pg = team_open (team);
  g_assert_cmpstr (cs_pg_store_get_workspace (team->pg), ==, workspace);
  team->store = CS_STORE (team->pg);
}

void
team_tear_down (Team *team, gconstpointer data)
{
  const char *argv[] = { "/bin/rm", "-rf", team->directory, NULL };

  if (team->pg != NULL)
    cs_pg_store_close (team->pg);
  g_clear_object (&team->pg);
  g_free (cs_test_run (argv));
  g_free (team->directory);
  g_free (team->database);
}

char *
team_execute (Team *team, const char *sql)
{
  return cs_test_postgres_execute (team_postgres (), team->database, sql);
}

GPtrArray *
team_draft (const char *kind, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = cs_json_parse (json, -1, &error);
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);

  g_assert_no_error (error);
  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  return drafts;
}

void
team_append (CsStore *store, const char *stream, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts = team_draft ("noted", json);
  g_autoptr (GPtrArray) records =
    cs_store_append_sync (store, stream, CS_STORE_ANY, "ada", drafts, &error);

  g_assert_no_error (error);
}

void
team_wait (gboolean (*condition) (gpointer data), gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}
