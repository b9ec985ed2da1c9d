/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every session must do, whatever kind of target it is on: one suite for all of them. */

#include "fixture.h"

#include "cs-error.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_hello (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsOutcome) outcome = fixture_check (self, "echo hello", 0, "hello\n");

  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_EXITED);
  g_assert_false (cs_outcome_get_truncated (outcome));
  g_assert_cmpint (cs_outcome_get_started (outcome), <=, cs_outcome_get_finished (outcome));
}

static void
test_cwd (Fixture *self, gconstpointer kind)
{
  g_autofree char *script =
    g_strdup_printf ("mkdir '%s/a dir' && cd '%s/a dir'", self->directory, self->directory);
  g_autofree char *expected = g_strdup_printf ("%s/a dir", self->directory);
  g_autofree char *line = g_strdup_printf ("%s\n", expected);
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsOutcome) first = fixture_check (self, script, 0, "");
  g_autoptr (CsOutcome) second = NULL;
  g_autoptr (CsRun) run = NULL;
  g_autofree char *output = NULL;

  g_assert_cmpstr (cs_outcome_get_cwd (first), ==, expected);
  run = cs_run_new (id, "pwd", cs_outcome_get_cwd (first), cs_store_open_blob (self->store, NULL));
  second = fixture_run (self, run, NULL);
  output = fixture_dup_output (self, second, NULL);
  g_assert_cmpstr (output, ==, line);
}

static void
test_variables (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run =
    fixture_new_run (self, "echo \"$GIVEN ${GONE-unset}\"; export NEW=$'a\\nb '; "
                           "GIVEN=changed; unset LOGNAME; plain=1");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  GHashTable *environment;
  gpointer value = &value;

  cs_run_set_variable (run, "GIVEN", "it's \"ünïcode\" $HOME");
  cs_run_set_variable (run, "GONE", NULL);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (output, ==, "it's \"ünïcode\" $HOME unset\n");
  environment = cs_outcome_get_environment (outcome);
  g_assert_nonnull (environment);
  g_assert_cmpstr (g_hash_table_lookup (environment, "NEW"), ==, "a\nb ");
  g_assert_cmpstr (g_hash_table_lookup (environment, "GIVEN"), ==, "changed");
  g_assert_true (g_hash_table_lookup_extended (environment, "LOGNAME", NULL, &value));
  g_assert_null (value);
  g_assert_cmpuint (g_hash_table_size (environment), ==, 3);
}

typedef struct
{
  const char *name;
  const char *script;
  int status;
  const char *output; /* NULL: the shell's own words, which differ between versions */
} Case;

/* What a terminal would show, and the status. */
static const Case cases[] = {
  { "exit", "echo before; exit 3; echo after", 3, "before\n" },
  { "errexit", "set -e\nfalse\necho after", 1, "" },
  { "exec", "exec echo replaced", 0, "replaced\n" },
  { "background", "sleep 60 & echo done", 0, "done\n" },
  { "here-document", "cat <<'END'\n$HOME 'x'\nEND\n", 0, "$HOME 'x'\n" },
  { "standard-input", "read -r line || echo nothing; cat", 0, "nothing\n" },
  { "no-newline", "printf 'no newline'", 0, "no newline" },
  { "order", "echo 1; echo 2 >&2; echo 3; echo 4 >&2", 0, "1\n2\n3\n4\n" },
  { "unicode", "echo '→ größer ✅'", 0, "→ größer ✅\n" },
  { "no-last-newline", "echo x", 0, "x\n" },
  { "empty", "", 0, "" },
  { "quotes", "echo 'a'\"'\"'b' \\\\ \"$(echo '`')\"", 0, "a'b \\ `\n" },
  { "pipe", "yes | head -n 1", 0, "y\n" },
  { "pipefail", "set -o pipefail; false | true; echo $?", 0, "1\n" },
  { "exit-trap", "trap 'echo bye $?' EXIT; exit 4", 4, "bye 4\n" },
  { "exit-trap-reset", "trap 'echo bye' EXIT; trap - EXIT; echo x", 0, "x\n" },
  { "subshell-trap", "(trap 'echo sub' EXIT; exit 5); echo $?", 0, "sub\n5\n" },
  { "nounset", "set -u; echo ${NOT_THERE-fine}", 0, "fine\n" },
  { "xtrace", "set -x; true", 0, "+++ true\n" },
  { "xtrace-trap", "set -x; trap 'echo bye' EXIT; trap - EXIT; trap 'echo off' EXIT; exit 3", 3,
    "+++ trap 'echo bye' EXIT\n+++ trap - EXIT\n+++ trap 'echo off' EXIT\n+++ exit 3\n"
    "+ echo off\noff\n" },
  { "errexit-trap", "set -e; trap 'echo no' NOSUCH 2>/dev/null || echo \"$?\"; trap x NOSUCH", 1,
    NULL },
  { "line", "true\necho $LINENO", 0, "2\n" },
  { "arguments", "echo $#", 0, "0\n" },
  { "return", "return 7", 7, "" },
  { "exit-zero", "false; exit 0", 0, "" },
  { "last-status", "true; false", 1, "" },
  { "errexit-pipeline", "set -e\nfalse | true\necho on\nfalse || echo caught\nfalse\necho no", 1,
    "on\ncaught\n" },
  { "errexit-subshell", "set -e; (exit 9); echo after", 9, "" },
  { "syntax", "echo before\nif then\n", 2, NULL },
  { "not-found", "no-such-command-here", 127, NULL },
  { "not-executable", "/etc/passwd", 126, NULL },
  { "function", "f () { local x=$1; echo \"$x\"; return 2; }\nf 'a b'", 2, "a b\n" },
  { "loop", "for i in 1 2 3; do\n  [ $i = 2 ] && continue\n  echo $i\ndone", 0, "1\n3\n" },
  { "array", "a=(x 'y z'); printf '<%s>' \"${a[@]}\"", 0, "<x><y z>" },
  { "here-document-values", "x=5\ncat <<END\n$x \\$x `echo y`\nEND\n", 0, "5 $x y\n" },
  { "here-document-tabs", "cat <<-'END'\n\ta\n\t\tb\n\tEND\n", 0, "a\nb\n" },
  { "here-string", "cat <<<'a b'", 0, "a b\n" },
  { "here-document-bare", "cat <<END\nno end", 0, NULL },
  { "process-substitution", "cat <(echo a) <(echo b)", 0, "a\nb\n" },
  { "standard-input-lines", "cat >/dev/null\necho still here", 0, "still here\n" },
  { "ssh-like-reader", "while read -r x; do echo $x; done\necho end", 0, "end\n" },
  { "own-input", "printf 'a\\nb\\n' | while read -r x; do echo \"<$x>\"; done", 0, "<a>\n<b>\n" },
  { "closed-output", "exec >&-; exit 3", 3, "" },
  { "closed-errors", "exec 2>&-; echo x; exit 3", 3, "x\n" },
  { "closed-all", "exec <&- >&- 2>&-; exit 4", 4, "" },
  { "other-descriptors", "exec 3>&1 4>&2 5</dev/null; echo x >&3; echo y >&4; exec 3>&- 4>&-", 0,
    "x\ny\n" },
  { "order-of-children", "for i in 1 2 3; do sh -c \"echo o$i; echo e$i >&2\"; done", 0,
    "o1\ne1\no2\ne2\no3\ne3\n" },
  { "trap-signal", "trap 'echo got' USR1; kill -USR1 $$; echo after", 0, "got\nafter\n" },
  { "trap-ignore", "trap '' TERM; kill -TERM $$; echo alive", 0, "alive\n" },
  { "trap-error", "trap 'echo failed $?' ERR; (exit 6); true", 0, "failed 6\n" },
  { "trap-exit-errexit", "set -e; trap 'echo bye $?' EXIT; false", 1, "bye 1\n" },
  { "trap-exit-status", "trap 'exit 8' EXIT; exit 4", 8, "" },
  { "trap-list", "trap 'echo x' USR1; trap -p USR1", 0, "trap -- 'echo x' SIGUSR1\n" },
  { "umask", "umask 027; umask", 0, "0027\n" },
  { "crlf", "echo a\r\nprintf b\r\n", 0, "a\r\nb\r" },
  { "crlf-word", "true\r\n", 127, NULL },
  { "continuation", "echo a \\\n  b\n", 0, "a b\n" },
  { "comment", "# only a comment\n", 0, "" },
  { "blank", "\n\n  \n", 0, "" },
  { "dash", "echo -n; printf -- '-x\\n'", 0, "-x\n" },
  { "percent", "echo '100% %s %d \\n'", 0, "100% %s %d \\n\n" },
  { "markers", "printf '\\036countersign:0:\\n0 - 1\\n'", 0, "\036countersign:0:\n0 - 1\n" },
  { "wide", "printf '%s' '日本語 \360\237\232\200 e\314\201'", 0, "日本語 \360\237\232\200 e\314\201" },
  { "carriage-return", "printf '10%%\\r20%%\\r'", 0, "10%\r20%\r" },
  { "no-terminal", "[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none", 0, "none\n" },
  { "eval", "eval 'exit 5'", 5, "" },
  { "source", "t=$(mktemp); printf 'echo in; return 3\\n' >$t; . $t; s=$?; rm $t; exit $s", 3,
    "in\n" },
  { "jobs", "sleep 0.01 & wait; echo waited", 0, "waited\n" },
  { "status-255", "exit 255", 255, "" },
  { "status-256", "exit 256", 0, "" },
};

static CsOutcome *
check_status (Fixture *self, const char *script, int status)
{
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;
  CsOutcome *outcome = fixture_run (self, run, &error);

  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, status);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), >, 0);
  return outcome;
}

static void
test_case (Fixture *self, gconstpointer kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsOutcome) outcome = NULL;

      g_test_message ("%s", cases[i].name);
      outcome = cases[i].output != NULL
                  ? fixture_check (self, cases[i].script, cases[i].status, cases[i].output)
                  : check_status (self, cases[i].script, cases[i].status);
      g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_EXITED);
      if (!g_str_equal (cases[i].name, "exec"))
        {
          g_assert_nonnull (cs_outcome_get_cwd (outcome));
          g_assert_nonnull (cs_outcome_get_environment (outcome));
          g_assert_cmpuint (g_hash_table_size (cs_outcome_get_environment (outcome)), ==, 0);
        }
      else
        g_assert_null (cs_outcome_get_environment (outcome));
    }
}

/* The end of the script is the end of the run, though a child still has its output; and the child
 * is not hurt by having nobody to read it. */
static void
test_background_holds_pipe (Fixture *self, gconstpointer kind)
{
  g_autofree char *go = g_build_filename (self->directory, "go", NULL);
  g_autofree char *survived = g_build_filename (self->directory, "survived", NULL);
  g_autofree char *script =
    g_strdup_printf ("(while [ ! -e '%s' ]; do sleep 0.02; done; echo late; "
                     "echo >'%s') & echo now",
                     go, survived);
  g_autoptr (CsOutcome) outcome = fixture_check (self, script, 0, "now\n");

  g_assert_true (g_file_set_contents (go, "", 0, NULL));
  fixture_wait_for_file (survived);
}

/* Every byte, in script and output. */
static void
test_bytes (Fixture *self, gconstpointer kind)
{
  g_autoptr (GString) script = g_string_new ("printf %s '");
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (CsRun) run = NULL;
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  gsize length = 0;

  for (guint byte = 1; byte < 256; byte++)
    if (byte != '\'')
      {
        g_string_append_c (script, (char) byte);
        g_string_append_c (expected, (char) byte);
      }
  g_string_append (script, "'; printf 'a\\000b\\377\\376\\036'");
  g_string_append_len (expected, "a\0b\377\376\036", 6);
  run = fixture_new_run (self, script->str);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, &length);
  g_assert_cmpmem (output, length, expected->str, expected->len);
}

static void
test_long_script (Fixture *self, gconstpointer kind)
{
  g_autoptr (GString) script = g_string_new (NULL);
  g_autoptr (CsOutcome) outcome = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (
      script, "total=$((total + %u)) # a line that says nothing in particular\n", i % 10);
  g_string_append (script, "echo $total");
  outcome = fixture_check (self, script->str, 0, "22500\n");
}

/* One line of 300,000 bytes, which no terminal would take. */
static void
test_long_line (Fixture *self, gconstpointer kind)
{
  g_autofree char *word = g_strnfill (300 * 1000, 'x');
  g_autofree char *script = g_strdup_printf ("a='%s'; echo ${#a}", word);
  g_autoptr (CsOutcome) outcome = fixture_check (self, script, 0, "300000\n");

  g_assert_nonnull (cs_outcome_get_cwd (outcome));
}

/* A directory that a script takes away under its own feet is no place for the next one. */
static void
test_cwd_gone (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = g_strdup_printf ("mkdir '%s/gone' && cd '%s/gone' && rmdir ../gone",
                                             self->directory, self->directory);
  g_autoptr (CsOutcome) outcome = fixture_check (self, script, 0, "");
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *again = g_uuid_string_random ();
  g_autofree char *gone = g_strdup_printf ("%s/gone", self->directory);
  g_autoptr (CsRun) run = cs_run_new (id, "echo x", gone, NULL);
  g_autoptr (CsRun) mended = cs_run_new (again, "echo x", gone, NULL);
  g_autoptr (CsOutcome) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_run (self, run, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, gone));
  g_clear_error (&error);
  g_assert_cmpint (g_mkdir (gone, 0700), ==, 0);
  second = fixture_run (self, mended, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_status (second), ==, 0);
}

/* The same id twice is one run, over this connection and over the next. */
static void
test_same_id (Fixture *self, gconstpointer kind)
{
  g_autofree char *script = g_strdup_printf ("echo once >>'%s/executed'", self->directory);
  g_autofree char *executed = g_build_filename (self->directory, "executed", NULL);
  g_autofree char *other = g_strdup_printf ("echo other >>'%s/executed'", self->directory);
  g_autoptr (CsRun) first = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  outcome = fixture_run (self, first, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CsRun) again =
        fixture_new_run_with_id (self, cs_run_get_id (first), i == 0 ? script : other);

      g_assert_null (fixture_run (self, again, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
      g_clear_error (&error);
      fixture_reopen (self);
    }
  g_assert_true (g_file_get_contents (executed, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "once\n");
}

static void
test_many_variables (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run = fixture_new_run (
    self, "for i in $(seq 0 499); do eval \"export V$i=\\\"\\${V$i}x\\\"\"; done; echo $V499");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  GHashTable *environment;

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("V%u", i);
      g_autofree char *value = g_strdup_printf ("value %u", i);

      cs_run_set_variable (run, name, value);
    }
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  environment = cs_outcome_get_environment (outcome);
  g_assert_cmpuint (g_hash_table_size (environment), ==, 500);
  g_assert_cmpstr (g_hash_table_lookup (environment, "V499"), ==, "value 499x");
}

static void
test_refused_input (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) name = fixture_new_run (self, "echo x");
  g_autoptr (CsRun) cwd = cs_run_new (id, "echo x", "/no/such/directory", NULL);
  g_autoptr (CsRun) path = cs_run_new ("../../etc", "echo x", NULL, NULL);

  cs_run_set_variable (name, "A;B", "x");
  g_assert_null (fixture_run (self, name, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (fixture_run (self, cwd, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fixture_run (self, path, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

typedef struct
{
  gint64 shown;
  gint64 last_end;
  guint times;
  gint64 first_at;
  GString *text;
  CsSession *session;
  const char *stop_id;
} Live;

static void
live_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  Live *live = user_data;

  g_assert_cmpint (offset, >=, live->last_end);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, 256 * 1024);
  live->last_end = offset + (gint64) g_bytes_get_size (bytes);
  live->shown += (gint64) g_bytes_get_size (bytes);
  if (live->times++ == 0)
    live->first_at = g_get_monotonic_time ();
  if (live->text != NULL)
    g_string_append_len (live->text, g_bytes_get_data (bytes, NULL),
                         (gssize) g_bytes_get_size (bytes));
  if (live->stop_id != NULL)
    cs_session_stop (live->session, live->stop_id);
}

/* What is printed shows while the script still runs, and what is not a whole line too. */
static void
test_live (Fixture *self, gconstpointer kind)
{
  g_autofree char *mark = g_build_filename (self->directory, "go", NULL);
  g_autofree char *script = g_strdup_printf (
    "printf 'prompt> '; while [ ! -e '%s' ]; do sleep 0.02; done; echo end", mark);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GString) text = g_string_new (NULL);
  Live live = { .text = text };
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (CsOutcome) outcome = NULL;

  g_signal_connect (run, "output", G_CALLBACK (live_cb), &live);
  cs_session_run_async (self->session, run, NULL, waiting_cb, &waiting);
  while (text->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (text->str, ==, "prompt> ");
  g_assert_null (waiting.result);
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  outcome = cs_session_run_finish (self->session, waiting_result (&waiting), NULL);
  g_assert_nonnull (outcome);
  g_assert_cmpstr (text->str, ==, "prompt> end\n");
  g_assert_cmpint (cs_run_get_output_size (run), ==, 12);
}

static gint64
read_peak_memory (void)
{
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  line = strstr (text, "VmHWM:");
  g_assert_nonnull (line);
  return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024;
}

/* 200 MB in the normal test, 1 GiB in the long one. */
static void
test_large_output (Fixture *self, gconstpointer kind)
{
  gint64 size = g_getenv ("COUNTERSIGN_SOAK") != NULL ? (gint64) 1 << 30 : 200 * 1000 * 1000;
  g_autofree char *script =
    g_strdup_printf ("head -c %" G_GINT64_FORMAT " /dev/zero | tr '\\0' x", size);
  g_autofree char *sum =
    g_strdup_printf ("head -c %" G_GINT64_FORMAT " /dev/zero | tr '\\0' x | sha256sum", size);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsRun) check = fixture_new_run (self, sum);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) checked = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  Live live = { 0 };
  gint64 idle = read_peak_memory (), begun = g_get_monotonic_time ();

  g_signal_connect (run, "output", G_CALLBACK (live_cb), &live);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_test_message (
    "%s: %" G_GINT64_FORMAT " MiB in %.2f s, %" G_GINT64_FORMAT " KiB above idle, shown %u times",
    (const char *) kind, size >> 20, (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC,
    (read_peak_memory () - idle) / 1024, live.times);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, size);
  g_assert_cmpint (live.last_end, ==, size);
  g_assert_false (cs_outcome_get_truncated (outcome));
  g_assert_cmpint (read_peak_memory () - idle, <, 64 << 20);
  g_assert_cmpuint (live.times, <=, 2 + (g_get_monotonic_time () - begun) / (G_USEC_PER_SEC / 25));
  checked = fixture_run (self, check, &error);
  g_assert_no_error (error);
  digest = fixture_dup_output (self, checked, NULL);
  digest[64] = '\0';
  g_assert_cmpstr (digest, ==, cs_outcome_get_output_digest (outcome));
  fixture_forget (self, cs_run_get_id (run));
}

/* More than is kept: counted, said, and the same when it is recovered from the spool. */
static void
test_over_limit (Fixture *self, gconstpointer kind)
{
  gint64 size = CS_RUN_OUTPUT_LIMIT + (10 << 20);
  g_autofree char *script =
    g_strdup_printf ("head -c %" G_GINT64_FORMAT " /dev/zero | tr '\\0' x; exit 3", size);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) recovered = NULL;
  g_autoptr (GError) error = NULL;

  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_true (cs_outcome_get_truncated (outcome));
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, size);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 3);
  recovered = fixture_recover (self, cs_run_get_id (run), &error);
  g_assert_no_error (error);
  g_assert_true (cs_outcome_get_truncated (recovered));
  g_assert_cmpint (cs_outcome_get_status (recovered), ==, 3);
  g_assert_cmpstr (cs_outcome_get_output_digest (recovered), ==,
                   cs_outcome_get_output_digest (outcome));
  g_assert_nonnull (cs_outcome_get_environment (recovered));
  fixture_forget (self, cs_run_get_id (run));
}

/* The shell and what it started end together, even if both ignore TERM. */
static void
test_timeout_kills_group (Fixture *self, gconstpointer kind)
{
  g_autofree char *pids = g_build_filename (self->directory, "pids", NULL);
  g_autofree char *script =
    g_strdup_printf ("trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >%s; echo child; "
                     "while :; do sleep 0.1; done' & wait; echo not reached",
                     pids);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = NULL;
  g_autofree char *path = NULL;

  cs_run_set_timeout (run, 1);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_TIMED_OUT);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 137);
  g_assert_null (cs_outcome_get_environment (outcome));
  g_assert_true (g_file_get_contents (pids, &pid, NULL, NULL));
  path = g_strdup_printf ("/proc/%d/cmdline", atoi (pid));
  for (guint i = 0; i < 500 && g_file_test (path, G_FILE_TEST_EXISTS); i++)
    g_usleep (10 * 1000);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* TERM suffices, and the script may clean up. */
static void
test_stop_while_streaming (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run =
    fixture_new_run (self, "trap 'echo cleaned up; exit 9' TERM; while :; do echo y; done");
  Live live = { .session = self->session, .stop_id = cs_run_get_id (run) };
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  gint64 begun = g_get_monotonic_time ();

  g_signal_connect (run, "output", G_CALLBACK (live_cb), &live);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_STOPPED);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 9);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_true (g_str_has_suffix (output, "y\ncleaned up\n"));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_USEC_PER_SEC);
}

static void
test_cancel (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run = fixture_new_run (self, "sleep 100");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  cs_session_run_async (self->session, run, cancellable, waiting_cb, &waiting);
  g_cancellable_cancel (cancellable);
  outcome = cs_session_run_finish (self->session, waiting_result (&waiting), &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_STOPPED);
}

static void
test_signaled (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run = fixture_new_run (self, "kill -KILL $$");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_SIGNALED);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 137);
}

/* Plain sh, where an EXIT trap can't be wrapped. */
static void
test_sh (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsRun) run =
    fixture_new_run (self, "echo ${BASH_VERSION-none}; export A=1; cd /; exit 2");
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  cs_run_set_shell (run, "sh");
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, 2);
  g_assert_cmpstr (cs_outcome_get_cwd (outcome), ==, "/");
  g_assert_cmpstr (g_hash_table_lookup (cs_outcome_get_environment (outcome), "A"), ==, "1");
}

/* Several at once, each with its own output. */
static void
test_overlapping (Fixture *self, gconstpointer kind)
{
  Waiting waiting[4] = { { NULL } };
  CsRun *runs[4];

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *script = g_strdup_printf ("sleep 0.1; echo %u", i);

      runs[i] = fixture_new_run (self, script);
      cs_session_run_async (self->session, runs[i], NULL, waiting_cb, &waiting[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsOutcome) outcome =
        cs_session_run_finish (self->session, waiting_result (&waiting[i]), &error);
      g_autofree char *expected = g_strdup_printf ("%u\n", i);
      g_autofree char *output = NULL;

      g_assert_no_error (error);
      output = fixture_dup_output (self, outcome, NULL);
      g_assert_cmpstr (output, ==, expected);
      waiting_clear (&waiting[i]);
      g_object_unref (runs[i]);
    }
}

static void
add_for (const char *kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/transport/%s/%s", kind, name);

  g_test_add (path, Fixture, kind, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "local", "ssh", "agent" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add_for (kinds[i], "hello", test_hello);
      add_for (kinds[i], "cwd", test_cwd);
      add_for (kinds[i], "variables", test_variables);
      add_for (kinds[i], "cases", test_case);
      add_for (kinds[i], "background", test_background_holds_pipe);
      add_for (kinds[i], "bytes", test_bytes);
      add_for (kinds[i], "long-script", test_long_script);
      add_for (kinds[i], "long-line", test_long_line);
      add_for (kinds[i], "cwd-gone", test_cwd_gone);
      add_for (kinds[i], "same-id", test_same_id);
      add_for (kinds[i], "many-variables", test_many_variables);
      add_for (kinds[i], "refused-input", test_refused_input);
      add_for (kinds[i], "live", test_live);
      add_for (kinds[i], "large-output", test_large_output);
      if (g_getenv ("COUNTERSIGN_SOAK") != NULL)
        add_for (kinds[i], "over-limit", test_over_limit);
      add_for (kinds[i], "timeout", test_timeout_kills_group);
      add_for (kinds[i], "stop", test_stop_while_streaming);
      add_for (kinds[i], "cancel", test_cancel);
      add_for (kinds[i], "signaled", test_signaled);
      add_for (kinds[i], "sh", test_sh);
      add_for (kinds[i], "overlapping", test_overlapping);
    }
  return g_test_run ();
}
