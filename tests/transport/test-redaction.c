/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run prints and must not be kept or shown, on every kind of target. */

#include "fixture.h"

#include "cs-secret-forms.h"

#include <string.h>

#define SECRET "p+w/ö 'q\"$x\\!7"

/* What people saw, put together by its offsets. */
static void
watch_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  GString *seen = user_data;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_assert_cmpint (offset, ==, (gint64) seen->len);
  g_string_append_len (seen, data, (gssize) length);
}

/* Runs it twice: the second time it is only asked for. What people see, what is kept and what is
 * kept by the second one are the same. */
static char *
run_and_recover (Fixture *self, const char *script)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (CsRun) run = fixture_new_run_with_id (self, id, script);
  g_autoptr (CsRun) again = fixture_new_run_with_id (self, id, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (CsOutcome) recovered = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };
  char *output;

  cs_run_hide (run, SECRET);
  cs_run_hide (again, SECRET);
  g_signal_connect (run, "output", G_CALLBACK (watch_cb), seen);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (seen->str, ==, output);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, (gint64) strlen (output));
  g_assert_cmpint (cs_run_get_output_size (run), ==, (gint64) strlen (output));

  cs_session_recover_async (self->session, again, NULL, waiting_cb, &waiting);
  recovered = cs_session_recover_finish (self->session, waiting_result (&waiting), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (cs_outcome_get_output_digest (recovered), ==,
                   cs_outcome_get_output_digest (outcome));
  g_assert_cmpint (cs_outcome_get_output_size (recovered), ==,
                   cs_outcome_get_output_size (outcome));
  return output;
}

/* By what is known, and by looks. */
static void
test_forms (Fixture *self, gconstpointer kind)
{
  g_autoptr (GPtrArray) forms = cs_secret_forms (SECRET);
  g_autoptr (GString) script = g_string_new ("");
  g_autoptr (GString) expected = g_string_new ("");
  g_autofree char *output = NULL;
  char *hash;

  for (guint i = 0; i < forms->len; i++)
    {
      g_autofree char *quoted = g_shell_quote (forms->pdata[i]);

      g_string_append_printf (script, "printf '<%%s>\\n' %s\n", quoted);
      g_string_append (expected, "<[redacted]>\n");
    }
  g_string_append (script, "echo DB_PASSWORD=hunter2 next\necho ask joe@example.org\n");
  g_string_append (expected, "DB_PASSWORD=[redacted] next\nask ");
  output = run_and_recover (self, script->str);
  g_assert_true (g_str_has_prefix (output, expected->str));
  hash = output + expected->len;
  g_assert_cmpint (strspn (hash, "0123456789abcdef"), ==, 8);
  g_assert_cmpstr (hash + 8, ==, "@example.org\n");
}

/* Two writes for each place in the middle of the secret, with a pause between them in which what
 * has come is shown. */
static void
test_split (Fixture *self, gconstpointer kind)
{
  g_autofree char *quoted = g_shell_quote (SECRET);
  g_autofree char *script = g_strdup_printf (
    "LC_ALL=C\ns=%s\nfor i in $(seq 1 $((${#s} - 1))); do\n"
    "  printf 'a %%s' \"${s:0:i}\"; sleep 0.06; printf '%%s z\\n' \"${s:i}\"\ndone\n",
    quoted);
  g_autoptr (GString) expected = g_string_new ("");
  g_autofree char *output = NULL;

  for (gsize i = 1; i < strlen (SECRET); i++)
    g_string_append (expected, "a [redacted] z\n");
  output = run_and_recover (self, script);
  g_assert_cmpstr (output, ==, expected->str);
}

/* Nothing that the target's spool holds, under no name. */
static void
check_spool (Fixture *self, const char *id, gboolean with_output)
{
  g_autoptr (GPtrArray) forms = cs_secret_forms (SECRET);
  g_autofree char *spool = fixture_dup_spool (self);
  g_autoptr (GDir) dir = g_dir_open (spool, 0, NULL);
  guint n = 0;

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (spool, name, NULL);
      g_autofree char *text = NULL;
      gsize length;

      if (!with_output && g_str_has_suffix (name, ".out"))
        continue;
      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      n += g_str_has_prefix (name, id);
      for (guint i = 0; i < forms->len; i++)
        g_assert_null (memmem (text, length, forms->pdata[i], strlen (forms->pdata[i])));
    }
  g_assert_cmpuint (n, >, 0);
}

/* A secret comes to the script and its children, and to no file; what the script leaves to the next
 * one does not hold it. */
static void
test_secret (Fixture *self, gconstpointer kind)
{
  static const char *const shells[] = { "bash", "sh" };
  static const char *const scripts[] = {
    "printf %s \"$A_SECRET\" | sha256sum\nsh -c 'printf %s \"$A_SECRET\"' | sha256sum\n"
    "export OTHER=1\n",
    "readonly A_SECRET\necho \"<$A_SECRET>\"\n",
    "IFS=Z; set -eu; [ -n \"$A_SECRET\" ]; export B_SECRET=mine",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts) * 2; i++)
    {
      g_autoptr (CsRun) run = fixture_new_run (self, scripts[i / 2]);
      g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, SECRET "\nx", -1);
      g_autofree char *expected = g_strdup_printf ("%s  -\n%s  -\n", digest, digest);
      g_autoptr (CsOutcome) outcome = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *output = NULL;
      GHashTable *environment;

      cs_run_set_shell (run, shells[i % 2]);
      cs_run_set_secret (run, "A_SECRET", SECRET "\nx");
      cs_run_set_secret (run, "B_SECRET", "another one");
      outcome = fixture_run (self, run, &error);
      g_assert_no_error (error);
      g_assert_cmpint (cs_outcome_get_status (outcome), ==, 0);
      output = fixture_dup_output (self, outcome, NULL);
      g_assert_cmpstr (output, ==, i < 2 ? expected : i < 4 ? "<[redacted]>\n"
                                                            : "");
      environment = cs_outcome_get_environment (outcome);
      g_assert_true (i / 2 == 1 || environment != NULL);
      if (environment != NULL)
        {
          g_assert_false (g_hash_table_contains (environment, "A_SECRET"));
          g_assert_cmpuint (g_hash_table_size (environment), ==, i < 2 ? 1 : 0);
        }
      check_spool (self, cs_run_get_id (run), i < 2);
    }
}

typedef struct
{
  GString *seen;
  char *path;
} Asked;

static void
answer_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  Asked *asked = user_data;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_string_append_len (asked->seen, data, (gssize) length);
  if (g_str_equal (asked->seen->str, "Go on? "))
    g_assert_true (g_file_set_contents (asked->path, "", 0, NULL));
}

/* The beginning of a line is seen before its end comes: here the end waits for that. */
static void
test_prompt (Fixture *self, gconstpointer kind)
{
  Asked asked = { g_string_new (NULL), g_build_filename (self->directory, "answer", NULL) };
  g_autofree char *script = g_strdup_printf (
    "printf 'Go on? '; while [ ! -e '%s' ]; do sleep 0.01; done; echo yes", asked.path);
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (CsOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  cs_run_set_timeout (run, 60);
  g_signal_connect (run, "output", G_CALLBACK (answer_cb), &asked);
  outcome = fixture_run (self, run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_outcome_get_kind (outcome), ==, CS_OUTCOME_EXITED);
  output = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (output, ==, "Go on? yes\n");
  g_assert_cmpstr (asked.seen->str, ==, output);
  g_string_free (asked.seen, TRUE);
  g_free (asked.path);
}

static void
add_for (const char *kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/transport/%s/redaction/%s", kind, name);

  g_test_add (path, Fixture, kind, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "local", "ssh" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add_for (kinds[i], "forms", test_forms);
      add_for (kinds[i], "split", test_split);
      add_for (kinds[i], "prompt", test_prompt);
      add_for (kinds[i], "secret", test_secret);
    }
  return g_test_run ();
}
