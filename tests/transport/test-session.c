/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every session must do, on this computer and over SSH alike. */

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
  g_autofree char *script = g_strdup_printf ("mkdir '%s/a dir' && cd '%s/a dir'", self->directory, self->directory);
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
  g_autoptr (CsRun) run = fixture_new_run (self, "echo \"$GIVEN ${GONE-unset}\"; export NEW=$'a\\nb '; "
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
  const char *output;
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
  { "xtrace", "set -x; true", 0, "++ true\n" },
  { "line", "true\necho $LINENO", 0, "2\n" },
  { "arguments", "echo $#", 0, "0\n" },
  { "return", "return 7", 7, "" },
};

static void
test_case (Fixture *self, gconstpointer kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsOutcome) outcome = NULL;

      g_test_message ("%s", cases[i].name);
      outcome = fixture_check (self, cases[i].script, cases[i].status, cases[i].output);
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

static void
add_for (const char *kind, const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/transport/%s/%s", kind, name);

  g_test_add (path, Fixture, kind, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "local", "ssh" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add_for (kinds[i], "hello", test_hello);
      add_for (kinds[i], "cwd", test_cwd);
      add_for (kinds[i], "variables", test_variables);
      add_for (kinds[i], "cases", test_case);
    }
  return g_test_run ();
}
