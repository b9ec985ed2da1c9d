/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session on this computer or on a private sshd, with calls that wait. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/** LINES: that a counting script prints */
#define LINES 20000

void
waiting_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *self = user_data;

  self->result = g_object_ref (result);
}

GAsyncResult *
waiting_result (Waiting *self)
{
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->result;
}

void
waiting_clear (Waiting *self)
{
  g_clear_object (&self->result);
}

CsSession *
fixture_open (Fixture *self, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_open_async (self->target, self->state, NULL, waiting_cb, &waiting);
  return cs_session_open_finish (waiting_result (&waiting), error);
}

void
fixture_close (Fixture *self)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_close_async (self->session, waiting_cb, &waiting);
  g_assert_true (cs_session_close_finish (self->session, waiting_result (&waiting), NULL));
  g_clear_object (&self->session);
}

void
fixture_reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->session != NULL)
    fixture_close (self);
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
}

void
fixture_trust_host (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "known_hosts", NULL);
  g_autofree char *line = cs_test_sshd_dup_known_hosts (self->sshd);

  if (self->proxy != NULL)
    {
      g_autofree char *key = g_strdup (strchr (line, ' '));

      g_free (line);
      line = g_strdup_printf ("[127.0.0.1]:%u%s", cs_test_proxy_get_port (self->proxy), key);
    }
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

static void
set_up_ssh (Fixture *self, gboolean through, GError **error)
{
  g_autofree char *destination = NULL;

  self->sshd = cs_test_sshd_new ();
  if (through)
    self->proxy = cs_test_proxy_new (cs_test_sshd_get_port (self->sshd));
  fixture_trust_host (self);
  destination =
    g_strdup_printf ("%s@127.0.0.1:%u", g_get_user_name (),
                     through ? cs_test_proxy_get_port (self->proxy)
                             : cs_test_sshd_get_port (self->sshd));
  self->target = cs_target_new_ssh ("web-1", destination, cs_test_sshd_get_identity (self->sshd),
                                    NULL, error);
}

static void
set_up_agent (Fixture *self, gboolean through, GError **error)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (self->directory);
  g_autofree char *url = NULL;

  self->agent = cs_test_agent_new ();
  if (through)
    self->proxy = cs_test_proxy_new (cs_test_agent_get_port (self->agent));
  url = g_strdup_printf ("https://127.0.0.1:%u",
                         through ? cs_test_proxy_get_port (self->proxy)
                                 : cs_test_agent_get_port (self->agent));
  self->target =
    cs_target_new_agent ("web-1", url, cs_test_agent_get_fingerprint (self->agent),
                         cs_test_agent_get_identity (self->agent), NULL, error);
  cs_keyring_keep (keyring, CS_KEYRING_TOKEN, "web-1", cs_test_agent_get_token (self->agent));
  self->access = cs_agent_access_new (keyring, self->directory);
  cs_target_set_access (self->target, self->access);
}

void
fixture_set_up (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;

  self->directory = g_dir_make_tmp ("countersign-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->state = g_build_filename (self->directory, "state", NULL);
  data = g_build_filename (self->directory, "data", NULL);
  g_assert_cmpint (g_mkdir (self->state, 0700), ==, 0);
  self->store = CS_STORE (cs_sqlite_store_open_sync (data, &error));
  g_assert_no_error (error);
  if (g_str_has_prefix (kind, "ssh"))
    set_up_ssh (self, g_str_has_suffix (kind, "-through"), &error);
  else if (g_str_has_prefix (kind, "agent"))
    set_up_agent (self, g_str_has_suffix (kind, "-through"), &error);
  else
    self->target = cs_target_new_local ("here", NULL, &error);
  g_assert_no_error (error);
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *self, gconstpointer kind)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };

  if (self->session != NULL)
    fixture_close (self);
  g_clear_object (&self->target);
  cs_sqlite_store_close (CS_SQLITE_STORE (self->store));
  g_clear_object (&self->store);
  g_clear_pointer (&self->proxy, cs_test_proxy_free);
  g_clear_pointer (&self->sshd, cs_test_sshd_free);
  g_clear_pointer (&self->agent, cs_test_agent_free);
  g_clear_object (&self->access);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (self->state);
  g_free (self->directory);
}

CsRun *
fixture_new_run_with_id (Fixture *self, const char *id, const char *script)
{
  g_autoptr (GError) error = NULL;
  CsBlobWriter *writer = cs_store_open_blob (self->store, &error);

  g_assert_no_error (error);
  return cs_run_new (id, script, NULL, writer);
}

CsRun *
fixture_new_run (Fixture *self, const char *script)
{
  g_autofree char *id = g_uuid_string_random ();

  return fixture_new_run_with_id (self, id, script);
}

CsOutcome *
fixture_run (Fixture *self, CsRun *run, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_run_async (self->session, run, NULL, waiting_cb, &waiting);
  return cs_session_run_finish (self->session, waiting_result (&waiting), error);
}

CsOutcome *
fixture_recover (Fixture *self, const char *id, GError **error)
{
  return fixture_recover_from (self, id, NULL, error);
}

CsOutcome *
fixture_recover_from (Fixture *self, const char *id, const char *place, GError **error)
{
  g_autoptr (CsRun) run = fixture_new_run_with_id (self, id, NULL);

  cs_run_set_place (run, place);
  return fixture_recover_run (self, run, error);
}

CsOutcome *
fixture_recover_run (Fixture *self, CsRun *run, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_recover_async (self->session, run, NULL, waiting_cb, &waiting);
  return cs_session_recover_finish (self->session, waiting_result (&waiting), error);
}

void
fixture_forget (Fixture *self, const char *id)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;

  cs_session_forget_async (self->session, id, NULL, waiting_cb, &waiting);
  cs_session_forget_finish (self->session, waiting_result (&waiting), &error);
  g_assert_no_error (error);
}

char *
fixture_dup_spool (Fixture *self)
{
  return self->sshd != NULL ? g_build_filename (cs_test_sshd_get_home (self->sshd), ".local",
                                                "state", "countersign", "runs", NULL)
                            : g_build_filename (self->state, "spool", NULL);
}

char *
fixture_dup_output (Fixture *self, CsOutcome *outcome, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const char *data;
  char *copy;

  bytes = cs_store_get_blob_sync (self->store, cs_outcome_get_output_digest (outcome), &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &size);
  copy = g_malloc (size + 1);
  if (size > 0)
    memcpy (copy, data, size);
  copy[size] = '\0';
  if (length != NULL)
    *length = size;
  return copy;
}

CsOutcome *
fixture_check (Fixture *self, const char *script, int status, const char *output)
{
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;
  CsOutcome *outcome = fixture_run (self, run, &error);

  g_assert_no_error (error);
  printed = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (printed, ==, output);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, status);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, (gint64) strlen (output));
  return outcome;
}

void
fixture_wait_for_file (const char *path)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

guint
fixture_count_lines (const char *path)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}

/* Notes that it was executed, prints for about a quarter of a second, and ends with 5. */
char *
fixture_dup_counting_script (Fixture *self)
{
  return g_strdup_printf ("echo once >>'%s/executed'; cd /; export DONE=yes; "
                          "i=0; while [ $i -lt %u ]; do i=$((i + 1)); echo line $i; done; exit 5",
                          self->directory, LINES);
}

void
fixture_check_counting (Fixture *self, CsOutcome *outcome)
{
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *output = fixture_dup_output (self, outcome, NULL);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 1; i <= LINES; i++)
    g_string_append_printf (expected, "line %u\n", i);
  g_assert_true (g_str_equal (output, expected->str));
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, (gint64) expected->len);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_EXITED);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 5);
  g_assert_cmpstr (cs_outcome_get_cwd (outcome), ==, "/");
  g_assert_cmpstr (g_hash_table_lookup (cs_outcome_get_environment (outcome), "DONE"), ==, "yes");
  g_assert_cmpuint (fixture_count_lines (executed), ==, 1);
  g_unlink (executed);
}
