/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-statement.h"

#include <string.h>

static CsStatement *
make_statement (void)
{
  CsStatement *statement = cs_statement_new ();
  const char *commands[3] = { NULL };
  g_autofree char *first = cs_digest_of_data ("echo 1", 6);
  g_autofree char *second = cs_digest_of_data ("echo 2", 6);

  commands[0] = first;
  commands[1] = second;
  statement->runbook_digest = cs_digest_of_data ("runbook", 7);
  statement->head_digest = cs_digest_of_data ("head", 4);
  statement->manifest_digest = cs_statement_compute_manifest (commands);
  statement->deployment = g_strdup ("5b0c5b3e-5a6b-4c55-9d38-8a8b5f4d0c11");
  statement->field = g_strdup ("s1");
  statement->role = g_strdup ("Tech Lead");
  statement->meaning = g_strdup ("Deployment Approved By “us”\n");
  statement->signer = g_strdup ("anna@example.org");
  statement->key = g_strdup ("SHA256:abc");
  statement->approve = TRUE;
  statement->comment = g_strdup ("");
  statement->at = 1795140847000250;
  statement->commands = g_strdupv ((char **) commands);
  return statement;
}

static GBytes *
replace (GBytes *payload, const char *from, const char *to)
{
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (payload, NULL),
                                               (gssize) g_bytes_get_size (payload));

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

static void
test_manifest (void)
{
  const char *commands[] = { "a", "b", NULL };
  g_autofree char *manifest = cs_statement_compute_manifest (commands);
  g_autofree char *expected = cs_digest_of_data ("a\nb\n", 4);
  g_autofree char *none = cs_statement_compute_manifest (NULL);
  g_autofree char *nothing = cs_digest_of_data (NULL, 0);

  g_assert_cmpstr (manifest, ==, expected);
  g_assert_cmpstr (none, ==, nothing);
}

static void
test_shape (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = cs_statement_to_payload (statement, NULL);
  g_autoptr (JsonNode) node = cs_json_parse (g_bytes_get_data (payload, NULL),
                                             (gssize) g_bytes_get_size (payload), NULL);
  g_autofree char *canonical = cs_json_to_canonical (node, NULL);
  JsonObject *object = json_node_get_object (node);
  JsonObject *predicate = json_object_get_object_member (object, "predicate");
  JsonArray *subjects = json_object_get_array_member (object, "subject");

  g_assert_cmpmem (canonical, strlen (canonical), g_bytes_get_data (payload, NULL),
                   g_bytes_get_size (payload));
  g_assert_cmpstr (json_object_get_string_member (object, "_type"), ==,
                   "https://in-toto.io/Statement/v1");
  g_assert_cmpstr (json_object_get_string_member (object, "predicateType"), ==,
                   CS_STATEMENT_PREDICATE);
  g_assert_cmpuint (json_array_get_length (subjects), ==, 3);
  g_assert_cmpstr (cs_json_get_string (json_array_get_object_element (subjects, 1), "name"), ==,
                   "head");
  g_assert_cmpstr (json_object_get_string_member (predicate, "at"), ==,
                   "2026-11-20T02:14:07.000250Z");
  g_assert_cmpstr (json_object_get_string_member (predicate, "decision"), ==, "approve");
}

static void
test_round_trip (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (CsStatement) again = NULL;
  g_autoptr (GError) error = NULL;

  statement->approve = FALSE;
  payload = cs_statement_to_payload (statement, NULL);
  again = cs_statement_from_payload (payload, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->runbook_digest, ==, statement->runbook_digest);
  g_assert_cmpstr (again->head_digest, ==, statement->head_digest);
  g_assert_cmpstr (again->manifest_digest, ==, statement->manifest_digest);
  g_assert_cmpstr (again->deployment, ==, statement->deployment);
  g_assert_cmpstr (again->field, ==, "s1");
  g_assert_cmpstr (again->role, ==, "Tech Lead");
  g_assert_cmpstr (again->meaning, ==, statement->meaning);
  g_assert_cmpstr (again->signer, ==, "anna@example.org");
  g_assert_cmpstr (again->key, ==, "SHA256:abc");
  g_assert_cmpstr (again->comment, ==, "");
  g_assert_cmpint (again->at, ==, statement->at);
  g_assert_false (again->approve);
  g_assert_cmpuint (g_strv_length (again->commands), ==, 2);
  g_assert_cmpstr (again->commands[1], ==, statement->commands[1]);
  g_assert_null (again->scripts);
  g_assert_null (again->environment);
}

/* Where the deployment goes is signed too. */
static void
test_environment (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) altered = NULL;
  g_autoptr (CsStatement) again = NULL;
  g_autoptr (CsStatement) none = NULL;
  g_autoptr (GError) error = NULL;

  statement->environment = g_strdup ("production");
  payload = cs_statement_to_payload (statement, &error);
  g_assert_no_error (error);
  again = cs_statement_from_payload (payload, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->environment, ==, "production");
  altered = replace (payload, "\"environment\":\"production\"", "\"environment\":null");
  none = cs_statement_from_payload (altered, &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_null (none);
}

/* What is sent for each command; one of them still lacks a value. */
static void
test_scripts (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (CsStatement) again = NULL;
  g_autoptr (GError) error = NULL;
  const char *scripts[] = { statement->commands[0], "", NULL };
  const char *changes[][2] = {
    { "\"scripts\":[\"", "\"scripts\":[\"\",\"" },
    { "\"scripts\":[\"", "\"scripts\":[\"x" },
    { ",\"\"],\"signer\"", "],\"signer\"" },
    { ",\"\"],\"signer\"", ",null],\"signer\"" },
  };

  statement->scripts = g_strdupv ((char **) scripts);
  payload = cs_statement_to_payload (statement, &error);
  g_assert_no_error (error);
  again = cs_statement_from_payload (payload, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (again->scripts), ==, 2);
  g_assert_cmpstr (again->scripts[0], ==, statement->commands[0]);
  g_assert_cmpstr (again->scripts[1], ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GBytes) changed = replace (payload, changes[i][0], changes[i][1]);

      g_assert_null (cs_statement_from_payload (changed, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
    }
}

/* What reads each command, and how many of them are the way back. */
static void
test_shells (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (CsStatement) again = NULL;
  g_autoptr (GError) error = NULL;
  const char *shells[] = { "bash", "sh terminal", NULL };
  const char *changes[][2] = {
    { "\"shells\":[\"bash\"", "\"shells\":[\"zsh\"" },
    { "\"shells\":[\"bash\",\"sh terminal\"]", "\"shells\":[\"bash\"]" },
    { "\"shells\":[\"bash\",\"sh terminal\"]", "\"shells\":null" },
    { "\"rollback\":1", "\"rollback\":3" },
    { "\"rollback\":1", "\"rollback\":-1" },
    { "\"rollback\":1,", "" },
  };

  statement->scripts = g_strdupv (statement->commands);
  statement->shells = g_strdupv ((char **) shells);
  statement->rollback = 1;
  payload = cs_statement_to_payload (statement, &error);
  g_assert_no_error (error);
  again = cs_statement_from_payload (payload, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->shells[1], ==, "sh terminal");
  g_assert_cmpuint (again->rollback, ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GBytes) changed = replace (payload, changes[i][0], changes[i][1]);

      g_assert_null (cs_statement_from_payload (changed, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
    }
}

/* What says something else than it should, or says it in another way, is not a statement. */
static void
test_bad (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GBytes) payload = cs_statement_to_payload (statement, NULL);
  const char *changes[][2] = {
    { "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1" },
    { CS_STATEMENT_PREDICATE, "https://example.org/" },
    { "\"approve\"", "\"maybe\"" },
    { "\"name\":\"head\"", "\"name\":\"tail\"" },
    { "{\"_type\"", "{ \"_type\"" },
    { "\"role\":\"Tech Lead\"", "\"role\":\"Developer\",\"role\":\"Tech Lead\"" },
    { "\"role\":\"Tech Lead\"", "\"role\":\"Tech Lead\",\"zone\":\"x\"" },
    { "\"role\":\"Tech Lead\"", "\"role\":7" },
    { "2026-11-20T02:14:07.000250Z", "2026-11-20T03:14:07.000250+01:00" },
    { "2026-11-20T02:14:07.000250Z", "yesterday" },
    { "\"commands\":[\"",
      "\"commands\":[\"0000000000000000000000000000000000000000000000000000000000000000\",\"" },
    { "\"commands\":[\"", "\"commands\":[1,\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GBytes) changed = replace (payload, changes[i][0], changes[i][1]);
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_statement_from_payload (changed, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_not_json (void)
{
  const char *texts[] = { "", "x", "[]", "7", "{}", "{\"_type\":" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) payload = g_bytes_new_static (texts[i], strlen (texts[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_statement_from_payload (payload, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_incomplete (void)
{
  g_autoptr (CsStatement) statement = make_statement ();
  g_autoptr (GError) error = NULL;

  g_free (statement->head_digest);
  statement->head_digest = g_strdup ("not a digest");
  g_assert_null (cs_statement_to_payload (statement, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/statement/manifest", test_manifest);
  g_test_add_func ("/trust/statement/shape", test_shape);
  g_test_add_func ("/trust/statement/round-trip", test_round_trip);
  g_test_add_func ("/trust/statement/environment", test_environment);
  g_test_add_func ("/trust/statement/scripts", test_scripts);
  g_test_add_func ("/trust/statement/shells", test_shells);
  g_test_add_func ("/trust/statement/bad", test_bad);
  g_test_add_func ("/trust/statement/not-json", test_not_json);
  g_test_add_func ("/trust/statement/incomplete", test_incomplete);

  return g_test_run ();
}
