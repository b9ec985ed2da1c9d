/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent refuses, and what a session makes of it. */

#include "fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

static void
expect_open_error (Fixture *self, CsTarget *target, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) before = g_steal_pointer (&self->target);
  g_autoptr (CsSession) session = NULL;

  self->target = g_object_ref (target);
  if (cs_target_get_access (target) == NULL)
    cs_target_set_access (target, self->access);
  session = fixture_open (self, &error);
  g_assert_null (session);
  g_assert_error (error, CS_ERROR, code);
  g_test_message ("%s", error->message);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not hold “%s”", error->message, words);
  g_clear_object (&self->target);
  self->target = g_steal_pointer (&before);
}

static CsTarget *
new_target (Fixture *self, const char *fingerprint)
{
  g_autofree char *url = cs_test_agent_dup_url (self->agent);
  g_autoptr (GError) error = NULL;
  CsTarget *target = cs_target_new_agent ("web-1", url, fingerprint,
                                          cs_test_agent_get_identity (self->agent), NULL, &error);

  g_assert_no_error (error);
  return target;
}

/* Whoever stands in between has another certificate, and is sent nothing. */
static void
test_wrong_certificate (Fixture *self, gconstpointer kind)
{
  static const char other[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  g_autoptr (CsTarget) pinned = new_target (self, other);
  g_autoptr (CsTarget) vouched = new_target (self, NULL);

  expect_open_error (self, pinned, CS_ERROR_AUTH, other);
  expect_open_error (self, pinned, CS_ERROR_AUTH, cs_test_agent_get_fingerprint (self->agent));
  expect_open_error (self, vouched, CS_ERROR_AUTH, "--fingerprint");
}

static void
test_tokens (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsKeyring) empty = cs_keyring_new (self->state);
  g_autoptr (CsAgentAccess) nothing = cs_agent_access_new (empty, self->directory);
  g_autoptr (CsTarget) target =
    new_target (self, cs_test_agent_get_fingerprint (self->agent));

  cs_target_set_access (target, nothing);
  expect_open_error (self, target, CS_ERROR_AUTH, "countersignctl target token web-1");
  cs_keyring_keep (empty, CS_KEYRING_TOKEN, "web-1", "csa_wrong");
  expect_open_error (self, target, CS_ERROR_AUTH, "token");
}

static void
test_unreachable (Fixture *self, gconstpointer kind)
{
  cs_test_agent_kill (self->agent);
  expect_open_error (self, self->target, CS_ERROR_UNREACHABLE, "can't be reached");
  cs_test_agent_start (self->agent);
  fixture_reopen (self);
  g_object_unref (fixture_check (self, "echo back", 0, "back\n"));
}

/* A key that the agent does not know may open a session, but runs nothing. */
static void
test_foreign_key (Fixture *self, gconstpointer kind)
{
  g_autofree char *path = g_build_filename (self->directory, "foreign", NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL };
  g_autofree char *url = cs_test_agent_dup_url (self->agent);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *script = g_strdup_printf ("echo once >>'%s'", executed);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_clear_object (&self->target);
  self->target = cs_target_new_agent (
    "web-1", url, cs_test_agent_get_fingerprint (self->agent), path, NULL, &error);
  g_assert_no_error (error);
  cs_target_set_access (self->target, self->access);
  fixture_reopen (self);
  g_assert_null (fixture_run (self, run, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_test_message ("%s", error->message);
  g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
}

/* Without a key in memory each request is signed with the person's own. */
static void
test_no_delegation (Fixture *self, gconstpointer kind)
{
  cs_test_agent_set_policy (self->agent,
                            "[policy]\nrequire-approvals=false\nmax-delegation=0\n"
                            "sign-reads=true\n");
  fixture_reopen (self);
  g_object_unref (fixture_check (self, "echo signed", 0, "signed\n"));
}

static void
test_not_approved (Fixture *self, gconstpointer kind)
{
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *script = g_strdup_printf ("echo once >>'%s'", executed);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;

  cs_test_agent_set_policy (self->agent,
                            "[policy]\nrequire-approvals=true\n\n[role Tech Lead]\napprovals=1\n"
                            "people=test@example.com\n");
  fixture_reopen (self);
  g_assert_null (fixture_run (self, run, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_test_message ("%s", error->message);
  g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
}

/* The agent puts the values in; and if what it says it runs were not what was recorded as sent, it
 * would be stopped. */
static void
test_authorised (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CsRun) run = fixture_new_run (
        self, i == 0 ? "echo 'it'\\''s 1.2'" : "echo 'something else'");
      CsAuthorisation *authorisation = cs_authorisation_new ();
      g_autoptr (CsOutcome) outcome = NULL;
      g_autofree char *output = NULL;

      authorisation->command = g_strdup ("echo <version>");
      authorisation->deployment = g_uuid_string_random ();
      json_object_set_string_member (authorisation->values, "<version>", "it's 1.2");
      cs_run_take_authorisation (run, authorisation);
      outcome = fixture_run (self, run, &error);
      if (i == 1)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_CORRUPT);
          g_assert_null (outcome);
          return;
        }
      g_assert_no_error (error);
      output = fixture_dup_output (self, outcome, NULL);
      g_assert_cmpstr (output, ==, "it's 1.2\n");
    }
}

/* Another agent at the same address knows nothing of what the first has run. */
static void
test_replaced (Fixture *self, gconstpointer kind)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) spent = fixture_new_run_with_id (self, id, "echo x");
  g_autofree char *place = g_strdup (cs_session_get_place (self->session));
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_recover_from (self, id, "agent:another", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_null (fixture_recover_from (self, id, place, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fixture_run (self, spent, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
}

/* A run that is found under the id is ours if it is what was recorded as sent. */
static void
test_other_text (Fixture *self, gconstpointer kind)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) run = fixture_new_run_with_id (self, id, "echo one");
  g_autoptr (CsRun) same = fixture_new_run_with_id (self, id, "echo one");
  g_autoptr (CsRun) other = fixture_new_run_with_id (self, id, "echo two");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) again = NULL;
  g_autoptr (GError) error = NULL;

  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_null (fixture_recover_run (self, other, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "something else"));
  g_clear_error (&error);
  again = fixture_recover_run (self, same, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (again), ==, 0);
}

/* An agent that has forgotten what it spent at that time can't say that it did not run. */
static void
test_forgotten (Fixture *self, gconstpointer kind)
{
  static const gint64 until = G_GINT64_CONSTANT (1700000000000000);
  static const struct
  {
    gint64 sent;
    int code;
  } table[] = {
    { until - 1, CS_ERROR_WAITING },
    { 0, CS_ERROR_WAITING },
    { until + 1, CS_ERROR_NOT_FOUND },
  };
  g_autofree char *path = g_build_filename (cs_test_agent_get_directory (self->agent), "state",
                                            "forgotten", NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", until);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      g_autoptr (CsRun) run = fixture_new_run_with_id (self, id, NULL);

      cs_run_set_sent (run, table[i].sent);
      g_assert_null (fixture_recover_run (self, run, &error));
      g_assert_error (error, CS_ERROR, table[i].code);
      g_clear_error (&error);
    }
}

static void
outcome_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static CsOutcome *
finish (Fixture *self, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = g_steal_pointer (result);
  return cs_session_run_finish (self->session, done, error);
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* An agent that has no room says when to come again (Retry-After: 5). Whoever heeds that waits for
 * so long, and is not refused. */
static void
test_retry_after (Fixture *self, gconstpointer kind)
{
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);
  g_autofree char *script = g_strdup_printf ("echo up; while [ ! -e '%s' ]; do sleep 0.05; done",
                                             go);
  g_autoptr (CsRun) first = fixture_new_run (self, script);
  g_autoptr (CsRun) second = fixture_new_run (self, "echo second");
  g_autoptr (GAsyncResult) first_result = NULL;
  g_autoptr (GAsyncResult) second_result = NULL;
  g_autoptr (CsOutcome) first_outcome = NULL;
  g_autoptr (CsOutcome) second_outcome = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began;
  guint tick;

  cs_test_agent_add_settings (self->agent, "\n[limits]\nruns-at-once=1\nqueue=0\n");
  fixture_reopen (self);
  cs_session_run_async (self->session, first, NULL, outcome_cb, &first_result);
  tick = g_timeout_add (20, tick_cb, NULL);
  while (cs_run_get_latency (first) < 0)
    g_main_context_iteration (NULL, TRUE);
  began = g_get_monotonic_time ();
  cs_session_run_async (self->session, second, NULL, outcome_cb, &second_result);
  while (g_get_monotonic_time () - began < 2 * G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_null (second_result);
  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  first_outcome = finish (self, &first_result, &error);
  g_assert_no_error (error);
  second_outcome = finish (self, &second_result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (second_outcome), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 5 * G_USEC_PER_SEC);
}

static void
test_addresses (void)
{
  static const char *const wrong[] = {
    "",          "web-1",           "ftp://web-1",     "http://web-1",
    "https://",  "https://u@web-1", "https://web-1/x", "https://web-1?x=y",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) usual = NULL;
  g_autoptr (CsTarget) six = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (cs_target_new_agent ("a", wrong[i], NULL, NULL, NULL, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_null (cs_target_new_agent ("a", "https://web-1", "SHA256:x", NULL, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  usual = cs_target_new_agent ("a", "https://web-1", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_target_get_url (usual), ==, "https://web-1:7443");
  g_assert_cmpstr (cs_target_get_host (usual), ==, "web-1");
  six = cs_target_new_agent ("a", "http://[::1]:80/", NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_target_get_url (six), ==, "http://[::1]:80");
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/transport/agent/", name, NULL);

  g_test_add (path, Fixture, "agent", fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/agent/addresses", test_addresses);
  add ("wrong-certificate", test_wrong_certificate);
  add ("tokens", test_tokens);
  add ("unreachable", test_unreachable);
  add ("foreign-key", test_foreign_key);
  add ("no-delegation", test_no_delegation);
  add ("not-approved", test_not_approved);
  add ("authorised", test_authorised);
  add ("replaced", test_replaced);
  add ("other-text", test_other_text);
  add ("retry-after", test_retry_after);
  add ("forgotten", test_forgotten);
  return g_test_run ();
}
