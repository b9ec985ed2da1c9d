/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-askpass.h"
#include "cs-child.h"
#include "cs-error.h"
#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static CsChildResult *
ask_with (CsAskpass *askpass, const char *script)
{
  const char *argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GAsyncResult) result = NULL;

  cs_askpass_apply (askpass, launcher, cs_askpass_add_asker (askpass, NULL));
  cs_child_run_async (argv, launcher, NULL, NULL, trust_store_result, &result);
  return cs_child_run_finish (trust_wait (&result), NULL);
}

static void
assert_answer (CsChildResult *child, const char *answer)
{
  g_assert_cmpint (child->status, ==, 0);
  g_assert_cmpmem (g_bytes_get_data (child->out, NULL), g_bytes_get_size (child->out), answer,
                   strlen (answer));
}

static void
answer_cb (CsAskpass *askpass,
           const char *prompt,
           const char *key,
           GTask *answer,
           gpointer user_data)
{
  if (g_str_equal (prompt, "refuse"))
    g_task_return_new_error (answer, CS_ERROR, CS_ERROR_AUTH, "no");
  else if (!g_str_equal (prompt, "forget"))
    g_task_return_pointer (answer, g_strdup_printf ("<%s>", prompt), g_free);
}

static void
test_handler (void)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new (NULL);
  g_autoptr (CsChildResult) answered = NULL;
  g_autoptr (CsChildResult) empty = NULL;
  g_autoptr (CsChildResult) refused = NULL;
  g_autoptr (CsChildResult) forgotten = NULL;

  g_signal_connect (askpass, "ask", G_CALLBACK (answer_cb), NULL);
  answered = ask_with (askpass, "\"$SSH_ASKPASS\" \"Passphrase for 'ä':\"");
  assert_answer (answered, "<Passphrase for 'ä':>\n");
  empty = ask_with (askpass, "\"$SSH_ASKPASS\"");
  assert_answer (empty, "<>\n");
  g_assert_cmpuint (cs_askpass_get_n_answers (askpass), ==, 2);
  refused = ask_with (askpass, "\"$SSH_ASKPASS\" refuse");
  g_assert_cmpint (refused->status, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (refused->out), ==, 0);
  forgotten = ask_with (askpass, "\"$SSH_ASKPASS\" forget");
  g_assert_cmpint (forgotten->status, ==, 1);
  g_assert_cmpuint (cs_askpass_get_n_answers (askpass), ==, 2);
}

static void
test_no_handler (void)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new (NULL);
  g_autoptr (CsChildResult) child = ask_with (askpass, "\"$SSH_ASKPASS\" hello");

  g_assert_cmpint (child->status, ==, 1);
}

static void
test_passphrase (void)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new_with_passphrase ("s3cret words", NULL);
  g_autoptr (CsChildResult) child =
    ask_with (askpass, "\"$SSH_ASKPASS\" a & \"$SSH_ASKPASS\" b; wait");
  g_autoptr (CsChildResult) environment = ask_with (askpass, "env");
  g_autofree char *text = g_strndup (g_bytes_get_data (environment->out, NULL),
                                     g_bytes_get_size (environment->out));

  assert_answer (child, "s3cret words\ns3cret words\n");
  g_assert_null (strstr (text, "s3cret"));
}

/* A notice ("touch your security key") is no question. */
static void
test_notice (void)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new_with_passphrase ("x", NULL);
  g_autoptr (CsChildResult) child =
    ask_with (askpass, "SSH_ASKPASS_PROMPT=none \"$SSH_ASKPASS\" touch");

  assert_answer (child, "");
  g_assert_cmpuint (cs_askpass_get_n_answers (askpass), ==, 0);
}

/* The socket lies where nobody else can reach it, and goes with the object. */
static void
test_private (void)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new (NULL);
  g_auto (GStrv) environment = cs_askpass_apply_environ (askpass, NULL, 0);
  g_autofree char *socket = g_strdup (g_environ_getenv (environment, "COUNTERSIGN_ASKPASS_SOCKET"));
  g_autofree char *directory = g_path_get_dirname (socket);
  g_autoptr (CsChildResult) child = NULL;
  GStatBuf info;

  g_assert_cmpint (g_stat (directory, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  g_assert_cmpstr (g_environ_getenv (environment, "SSH_ASKPASS_REQUIRE"), ==, "force");
  g_clear_object (&askpass);
  g_assert_cmpint (g_stat (directory, &info), ==, -1);
  g_free (trust_run (1, NULL, "env", "COUNTERSIGN_ASKPASS_SOCKET=/nonexistent",
                     g_getenv ("COUNTERSIGN_ASKPASS"), "hello", NULL));
}

static void
test_missing_program (void)
{
  g_autofree char *program = g_strdup (g_getenv ("COUNTERSIGN_ASKPASS"));
  g_autoptr (GError) error = NULL;

  g_setenv ("COUNTERSIGN_ASKPASS", "/nonexistent/countersign-askpass", TRUE);
  g_assert_null (cs_askpass_new (&error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_setenv ("COUNTERSIGN_ASKPASS", program, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/askpass/handler", test_handler);
  g_test_add_func ("/trust/askpass/no-handler", test_no_handler);
  g_test_add_func ("/trust/askpass/passphrase", test_passphrase);
  g_test_add_func ("/trust/askpass/notice", test_notice);
  g_test_add_func ("/trust/askpass/private", test_private);
  g_test_add_func ("/trust/askpass/missing-program", test_missing_program);

  return g_test_run ();
}
