/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SSH refuses, and first contact with a server. */

#include "fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

static void
expect_open_error (Fixture *self, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSession) session = fixture_open (self, &error);

  g_assert_null (session);
  g_assert_error (error, CS_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static CsHostKey *
scan (Fixture *self, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_host_key_scan_async (self->target, self->state, NULL, waiting_cb, &waiting);
  return cs_host_key_scan_finish (waiting_result (&waiting), error);
}

static gboolean
accept_key (CsHostKey *key, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_host_key_accept_async (key, NULL, waiting_cb, &waiting);
  return cs_host_key_accept_finish (key, waiting_result (&waiting), error);
}

static void
forget_host (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "known_hosts", NULL);

  g_unlink (path);
}

static void
test_unreachable (Fixture *self, gconstpointer kind)
{
  cs_test_sshd_stop (self->sshd);
  expect_open_error (self, CS_ERROR_UNREACHABLE, "Connection refused");
}

static void
test_wrong_key (Fixture *self, gconstpointer kind)
{
  g_autofree char *path = g_build_filename (self->directory, "other", NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_clear_object (&self->target);
  self->target =
    cs_target_new_ssh ("web-1", cs_test_sshd_get_destination (self->sshd), path, NULL, NULL);
  expect_open_error (self, CS_ERROR_AUTH, "Permission denied");
}

/* Unknown, shown, accepted, known; and then it is another machine. */
static void
test_host_key (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsHostKey) key = NULL;
  g_autoptr (CsHostKey) known = NULL;
  g_autoptr (CsHostKey) changed = NULL;
  g_autoptr (CsHostKey) again = NULL;
  g_autofree char *removal = NULL;
  g_autoptr (GError) error = NULL;

  forget_host (self);
  expect_open_error (self, CS_ERROR_AUTH, "not known yet");
  key = scan (self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (key), ==, CS_HOST_KEY_NEW);
  g_assert_null (cs_host_key_get_file (key));
  g_assert_null (cs_host_key_get_known_fingerprint (key));
  g_assert_true (g_str_has_prefix (cs_host_key_get_fingerprint (key), "SHA256:"));
  g_assert_cmpstr (cs_host_key_get_algorithm (key), ==, "ED25519");
  g_assert_true (accept_key (key, &error));
  g_assert_no_error (error);
  fixture_reopen (self);

  known = scan (self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (known), ==, CS_HOST_KEY_KNOWN);
  g_assert_true (g_str_has_suffix (cs_host_key_get_file (known), "/known_hosts"));
  g_assert_cmpstr (cs_host_key_get_fingerprint (known), ==, cs_host_key_get_fingerprint (key));

  cs_test_sshd_change_host_key (self->sshd);
  expect_open_error (self, CS_ERROR_AUTH, "has changed");
  changed = scan (self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (changed), ==, CS_HOST_KEY_CHANGED);
  g_assert_false (accept_key (changed, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);

  g_assert_cmpstr (cs_host_key_get_known_fingerprint (changed), ==,
                   cs_host_key_get_fingerprint (key));
  removal = cs_host_key_dup_removal (changed);
  g_assert_true (g_spawn_command_line_sync (removal, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  again = scan (self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (again), ==, CS_HOST_KEY_NEW);
}

static void
test_scan_unreachable (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;

  cs_test_sshd_stop (self->sshd);
  g_assert_null (scan (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
}

/* The connection is lost between two runs. Whether the next request was sent into the void is not
 * always known at once, but the server can tell: it was not run, and never will be. */
static void
test_lost_while_idle (Fixture *self, gconstpointer kind)
{
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *script = g_strdup_printf ("echo >'%s'", executed);
  g_autoptr (CsOutcome) outcome = fixture_check (self, "true", 0, "");
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;

  cs_test_sshd_stop (self->sshd);
  g_assert_null (fixture_run (self, run, &error));
  if (!g_error_matches (error, CS_ERROR, CS_ERROR_WAITING))
    g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  cs_test_sshd_start (self->sshd);
  fixture_reopen (self);
  g_assert_null (fixture_recover (self, cs_run_get_id (run), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
}

/* A directory with white space and percent signs, too long for a socket. */
static void
test_odd_directory (Fixture *self, gconstpointer kind)
{
  g_autofree char *long_name = g_strnfill (100, 'x');
  g_autofree char *odd = g_build_filename (self->directory, "a %d dir", long_name, NULL);
  g_autoptr (CsOutcome) outcome = NULL;

  fixture_close (self);
  g_assert_cmpint (g_mkdir_with_parents (odd, 0700), ==, 0);
  g_free (self->state);
  self->state = g_steal_pointer (&odd);
  fixture_trust_host (self);
  fixture_reopen (self);
  outcome = fixture_check (self, "echo ok", 0, "ok\n");
}

/* Nothing is left behind: no socket, no process of ours. */
static void
test_clean_close (Fixture *self, gconstpointer kind)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  fixture_close (self);
  directory = g_dir_open (self->state, 0, NULL);
  while ((name = g_dir_read_name (directory)) != NULL)
    g_assert_cmpstr (name, ==, "known_hosts");
}

static void
test_cancel_open (Fixture *self, gconstpointer kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  cs_session_open_async (self->target, self->state, cancellable, waiting_cb, &waiting);
  g_cancellable_cancel (cancellable);
  g_assert_null (cs_session_open_finish (waiting_result (&waiting), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A login that greets, and exports. */
static void
test_noisy_login (Fixture *self, gconstpointer kind)
{
  g_autofree char *path = g_build_filename (cs_test_sshd_get_home (self->sshd), ".bashrc", NULL);
  g_autoptr (CsOutcome) outcome = NULL;

  g_assert_true (g_file_set_contents (
    path, "echo Welcome; echo to this host >&2; export FROM_RC=1\n", -1, NULL));
  fixture_reopen (self);
  outcome = fixture_check (self, "echo $FROM_RC", 0, "1\n");
  g_assert_cmpuint (g_hash_table_size (cs_outcome_get_environment (outcome)), ==, 0);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/transport/connection/%s", name);

  g_test_add (path, Fixture, "ssh", fixture_set_up, test, fixture_tear_down);
}

typedef struct
{
  CsRun *run;
  Waiting waiting;
} Started;

static void
start_run (Fixture *self, Started *started, const char *script)
{
  started->run = fixture_new_run (self, script);
  cs_session_run_async (self->session, started->run, NULL, waiting_cb, &started->waiting);
}

static void
check_started (Fixture *self, Started *started, CsOutcomeKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsOutcome) outcome =
    cs_session_run_finish (self->session, waiting_result (&started->waiting), &error);

  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, kind);
  waiting_clear (&started->waiting);
  g_clear_object (&started->run);
}

/* Each notes that it is there, whether that many are, and waits for the word to go. */
static void
check_crowd (Fixture *self, guint n, guint at_once)
{
  g_autofree Started *crowd = g_new0 (Started, n);
  g_autofree char *full = g_build_filename (self->directory, "full", NULL);
  g_autofree char *script = g_strdup_printf (
    "cd '%s'; echo >>here; [ $(wc -l <here) -lt %u ] || : >full; "
    "until [ -e go ]; do sleep 0.05; done",
    self->directory, at_once);
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);

  for (guint i = 0; i < n; i++)
    start_run (self, &crowd[i], script);
  fixture_wait_for_file (full);
  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  for (guint i = 0; i < n; i++)
    check_started (self, &crowd[i], CS_OUTCOME_EXITED);
}

/* More than the connection carries wait for each other. */
static void
test_crowd (Fixture *self, gconstpointer kind)
{
  check_crowd (self, 20, 8);
}

/* A server that carries one channel beside the connection's own, which serves, too; a stop gets
 * through all the same, and what is stopped before its turn is never run. */
static void
test_narrow (Fixture *self, gconstpointer kind)
{
  g_autofree char *here = g_build_filename (self->directory, "endless", NULL);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *script = g_strdup_printf ("echo >'%s'; sleep 600", here);
  g_autofree char *next = g_strdup_printf ("echo >'%s'", executed);
  g_autoptr (GError) error = NULL;
  Started endless = { NULL };
  Started beside = { NULL };
  Started waits = { NULL };

  fixture_close (self);
  cs_test_sshd_configure (self->sshd, "MaxSessions 2");
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
  check_crowd (self, 4, 2);
  start_run (self, &endless, script);
  fixture_wait_for_file (here);
  g_assert_cmpint (g_unlink (here), ==, 0);
  start_run (self, &beside, script);
  fixture_wait_for_file (here);
  start_run (self, &waits, next);
  cs_session_stop (self->session, cs_run_get_id (waits.run));
  g_assert_null (
    cs_session_run_finish (self->session, waiting_result (&waits.waiting), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  waiting_clear (&waits.waiting);
  g_clear_object (&waits.run);
  cs_session_stop (self->session, cs_run_get_id (endless.run));
  check_started (self, &endless, CS_OUTCOME_STOPPED);
  cs_session_stop (self->session, cs_run_get_id (beside.run));
  check_started (self, &beside, CS_OUTCOME_STOPPED);
  g_assert_false (g_file_test (executed, G_FILE_TEST_EXISTS));
}

static void
check_prints (Fixture *self, const char *script, const char *expected)
{
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsOutcome) outcome = fixture_run (self, run, &error);
  g_autofree char *output = NULL;

  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (output, ==, expected);
}

/* The channel that holds the connection serves one command after the other. What a command leaves
 * behind and goes on printing is not taken for output of the next one, and holds nothing up; and
 * one that takes the shell that serves down with it leaves the connection to the next. */
static void
test_serving (Fixture *self, gconstpointer kind)
{
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);
  g_autofree char *noisy = g_strdup_printf (
    "sh -c 'while [ ! -e %s ]; do echo noise; echo countersign-idle; sleep 0.01; done' &\n"
    "echo first",
    go);
  g_autoptr (CsRun) deadly =
    fixture_new_run (self, "read -r kind driver rest <\"$__cs.claim\"; kill -KILL $driver $PPID");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    check_prints (self, "echo one", "one\n");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (CsRun) run = fixture_new_run (self, noisy);
      g_autoptr (CsOutcome) outcome = fixture_run (self, run, &error);

      g_assert_no_error (error);
      g_assert_cmpint (cs_outcome_get_status (outcome), ==, 0);
      check_prints (self, "echo second", "second\n");
    }
  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  check_prints (self, "echo third", "third\n");
  g_assert_null (fixture_run (self, deadly, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  check_prints (self, "echo last", "last\n");
}

/* How the person who is asked for a passphrase answers. */
typedef struct
{
  const char *const *answers; /* one after the other; NULL refuses */
  guint asked;
} Person;

static void
ask_cb (CsAskpass *askpass,
        const char *prompt,
        const char *key,
        GTask *answer,
        gpointer user_data)
{
  Person *person = user_data;
  const char *text = person->answers[person->asked];

  g_assert_nonnull (strstr (prompt, "passphrase"));
  if (text == NULL)
    {
      g_task_return_new_error (answer, CS_ERROR, CS_ERROR_AUTH, "Not answered");
      return;
    }
  person->asked++;
  g_task_return_pointer (answer, g_strdup (text), g_free);
}

static CsSession *
open_asking (Fixture *self, Person *person, GError **error)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (self->directory);
  g_autoptr (CsAgentAccess) access = cs_agent_access_new (keyring, self->directory);
  g_autoptr (CsAskpass) askpass = cs_askpass_new (error);

  g_assert_no_error (*error);
  g_signal_connect (askpass, "ask", G_CALLBACK (ask_cb), person);
  cs_agent_access_set_askpass (access, askpass);
  cs_target_set_access (self->target, access);
  return fixture_open (self, error);
}

/* A key with a passphrase: asked for, asked again after a slip, and refused. */
static void
test_passphrase (Fixture *self, gconstpointer kind)
{
  const char *identity = cs_test_sshd_get_identity (self->sshd);
  const char *argv[] = { "ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", identity,
                         NULL };
  Person knows = { (const char *const[]){ "a slip", "open sesame", NULL }, 0 };
  Person leaves = { (const char *const[]){ NULL }, 0 };
  g_autoptr (GError) error = NULL;

  fixture_close (self);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  expect_open_error (self, CS_ERROR_AUTH, "passphrase"); /* nobody is there to be asked */
  g_assert_null (open_asking (self, &leaves, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_clear_error (&error);
  self->session = open_asking (self, &knows, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (knows.asked, ==, 2);
  g_object_unref (fixture_check (self, "echo in", 0, "in\n"));
  g_assert_cmpuint (knows.asked, ==, 2); /* once for the connection */
}

/* A client that connects and says nothing, so that sshd has one too many. The place may still be
 * taken by the one that looked whether sshd answers: it has gone, and sshd is about to notice. */
static GSocketConnection *
occupy (Fixture *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  guint16 port = cs_test_sshd_get_port (self->sshd);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection =
        g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
      GInputStream *in;
      char greeting[4] = "";
      gsize n = 0;

      g_assert_no_error (error);
      in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
      if (g_input_stream_read_all (in, greeting, sizeof greeting, &n, NULL, NULL) &&
          memcmp (greeting, "SSH-", sizeof greeting) == 0)
        return g_steal_pointer (&connection);
    }
}

static gboolean
leave_cb (gpointer user_data)
{
  g_io_stream_close (user_data, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* sshd turns all away but one that has not logged in: asked again a little later, it has room. */
static void
test_turned_away (Fixture *self, gconstpointer kind)
{
  g_autoptr (GSocketConnection) other = NULL;
  g_autoptr (GError) error = NULL;

  fixture_close (self);
  cs_test_sshd_configure (self->sshd, "MaxStartups 1:100:1");
  other = occupy (self);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 600, leave_cb, g_object_ref (other), g_object_unref);
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
  g_object_unref (fixture_check (self, "echo in", 0, "in\n"));
}

/* It is asked a few times, and then not again. */
static void
test_turned_away_for_ever (Fixture *self, gconstpointer kind)
{
  g_autoptr (GSocketConnection) other = NULL;

  fixture_close (self);
  cs_test_sshd_configure (self->sshd, "MaxStartups 1:100:1");
  other = occupy (self);
  expect_open_error (self, CS_ERROR_UNREACHABLE, "kex_exchange_identification");
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

/* Also between two tries. */
static void
test_turned_away_cancelled (Fixture *self, gconstpointer kind)
{
  g_autoptr (GSocketConnection) other = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;

  fixture_close (self);
  cs_test_sshd_configure (self->sshd, "MaxStartups 1:100:1");
  other = occupy (self);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 700, cancel_cb, g_object_ref (cancellable),
                      g_object_unref);
  cs_session_open_async (self->target, self->state, cancellable, waiting_cb, &waiting);
  g_assert_null (cs_session_open_finish (waiting_result (&waiting), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("unreachable", test_unreachable);
  add ("wrong-key", test_wrong_key);
  add ("host-key", test_host_key);
  add ("scan-unreachable", test_scan_unreachable);
  add ("lost-while-idle", test_lost_while_idle);
  add ("odd-directory", test_odd_directory);
  add ("clean-close", test_clean_close);
  add ("cancel-open", test_cancel_open);
  add ("noisy-login", test_noisy_login);
  add ("turned-away", test_turned_away);
  add ("turned-away-for-ever", test_turned_away_for_ever);
  add ("turned-away-cancelled", test_turned_away_cancelled);
  add ("crowd", test_crowd);
  add ("narrow", test_narrow);
  add ("serving", test_serving);
  add ("passphrase", test_passphrase);
  return g_test_run ();
}
