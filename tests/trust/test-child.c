/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-child.h"
#include "cs-error.h"
#include "trust-fixture.h"

#include <signal.h>
#include <string.h>

static CsChildResult *
run_shell (const char *script, GBytes *input, GCancellable *cancellable, GError **error)
{
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  cs_child_run_async (argv, NULL, input, cancellable, trust_store_result, &result);
  return cs_child_run_finish (trust_wait (&result), error);
}

static void
test_status (void)
{
  g_autoptr (CsChildResult) ended = run_shell ("echo out; echo err >&2; exit 7", NULL, NULL, NULL);
  g_autoptr (CsChildResult) killed = run_shell ("kill -9 $$", NULL, NULL, NULL);

  g_assert_cmpint (ended->status, ==, 7);
  g_assert_cmpmem (g_bytes_get_data (ended->out, NULL), g_bytes_get_size (ended->out), "out\n", 4);
  g_assert_cmpstr (ended->err, ==, "err\n");
  g_assert_cmpint (killed->status, ==, 128 + SIGKILL);
}

static void
test_missing (void)
{
  const char *argv[] = { "countersign-no-such-program", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_child_run_async (argv, NULL, NULL, NULL, trust_store_result, &result);
  g_assert_null (cs_child_run_finish (trust_wait (&result), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, argv[0]));
}

static void
test_input (void)
{
  g_autofree char *large = g_strnfill (300000, 'x');
  g_autoptr (GBytes) input = g_bytes_new (large, 300000);
  g_autoptr (CsChildResult) all = run_shell ("cat", input, NULL, NULL);
  g_autoptr (CsChildResult) unread = run_shell ("exit 3", input, NULL, NULL);
  g_autoptr (CsChildResult) none = run_shell ("cat", NULL, NULL, NULL);

  g_assert_true (g_bytes_equal (all->out, input));
  g_assert_cmpint (unread->status, ==, 3);
  g_assert_cmpuint (g_bytes_get_size (none->out), ==, 0);
}

/* Both outputs at once, beyond every pipe and beyond what is kept; bytes that are no UTF-8. */
static void
test_flood (void)
{
  g_autoptr (CsChildResult) child = run_shell (
    "printf 'a\\377b' >&2; head -c 5000000 /dev/zero | tee /dev/stderr", NULL, NULL, NULL);

  g_assert_cmpint (child->status, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (child->out), ==, 1024 * 1024);
  g_assert_true (g_utf8_validate (child->err, -1, NULL));
  g_assert_true (g_str_has_prefix (child->err, "a"));
}

static void
test_no_terminal (void)
{
  g_autoptr (CsChildResult) child = run_shell (
    "if (: </dev/tty) 2>/dev/null; then echo terminal; fi; ps -o pgid= -p $$ | tr -d ' '; echo $$",
    NULL, NULL, NULL);
  g_autofree char *out =
    g_strndup (g_bytes_get_data (child->out, NULL), g_bytes_get_size (child->out));
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  g_assert_cmpstr (lines[0], ==, lines[1]);
  g_assert_cmpstr (lines[2], ==, "");
}

static void
cancel_when_ready_cb (GFileMonitor *monitor,
                      GFile *file,
                      GFile *other,
                      GFileMonitorEvent event,
                      gpointer user_data)
{
  if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT)
    g_cancellable_cancel (user_data);
}

/* The whole group goes: also a grandchild that holds the output open. */
static void
test_cancel (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *path = trust_fixture_path (fixture, "pid");
  g_autofree char *script = g_strdup_printf ("sleep 600 & echo $! > '%s'; wait", path);
  g_autofree char *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileMonitor) monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (monitor, "changed", G_CALLBACK (cancel_when_ready_cb), cancellable);
  g_assert_null (run_shell (script, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  /* Killed; whoever adopted it may not have asked for its status yet. */
  for (int i = 0; i < 500 && kill ((pid_t) g_ascii_strtoll (text, NULL, 10), 0) == 0; i++)
    {
      g_autofree char *stat_path = g_strdup_printf ("/proc/%s/stat", g_strstrip (text));
      g_autofree char *stat = NULL;

      if (!g_file_get_contents (stat_path, &stat, NULL, NULL) || strstr (stat, ") Z ") != NULL)
        return;
      g_usleep (10000);
    }
  g_assert_cmpint (kill ((pid_t) g_ascii_strtoll (text, NULL, 10), 0), ==, -1);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (run_shell ("exit 0", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/child/status", test_status);
  g_test_add_func ("/trust/child/missing", test_missing);
  g_test_add_func ("/trust/child/input", test_input);
  g_test_add_func ("/trust/child/flood", test_flood);
  g_test_add_func ("/trust/child/no-terminal", test_no_terminal);
  g_test_add ("/trust/child/cancel", TrustFixture, NULL, trust_fixture_set_up, test_cancel,
              trust_fixture_tear_down);
  g_test_add_func ("/trust/child/cancelled-before", test_cancelled_before);

  return g_test_run ();
}
