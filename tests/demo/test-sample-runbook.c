/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample runbook, walked from end to end: every command runs, every expectation holds. */

#include "cs-runbook.h"

#include "sample.h"

#include <string.h>

typedef struct
{
  Sample *sample;
  CsRunbook *runbook;
  char *cwd; /* carried from command to command, as a session does */
} Fixture;

/* Nobody else gets this port soon: the kernel hands out others first. */
static guint16
find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_socket_listener_close (listener);
  return port;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("COUNTERSIGN_DATA"), "samples", "greeting-service-1.1.md", NULL);
  guint16 port = find_free_port ();
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GString) document = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  document = g_string_new (text);
  g_assert_cmpuint (g_string_replace (document, "18080", number, 0), >, 0);
  bytes = g_bytes_new (document->str, document->len);
  fixture->runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  fixture->sample = sample_new (port);
  fixture->cwd = g_strdup ("/");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->runbook);
  g_clear_pointer (&fixture->cwd, g_free);
  sample_free (fixture->sample);
}

static char *
run_block (Fixture *fixture, CsBlock *block)
{
  g_autofree char *cwd_file = g_build_filename (fixture->sample->home, "cwd", NULL);
  g_autofree char *script =
    g_strdup_printf ("trap 'pwd >%s' EXIT\n%s", cwd_file, cs_block_get_text (block));
  char *output;
  int status = sample_run (fixture->cwd, fixture->sample->home, script, &output);

  if (status != 0)
    g_error ("block %s ended with %d:\n%s", cs_block_get_id (block), status, output);
  g_clear_pointer (&fixture->cwd, g_free);
  g_assert_true (g_file_get_contents (cwd_file, &fixture->cwd, NULL, NULL));
  g_strchomp (fixture->cwd);
  return output;
}

/* "..." stands for anything within a line. */
static gboolean
line_matches (const char *expected, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (expected, "...", -1);
  g_autoptr (GString) pattern = g_string_new ("^");

  for (char **part = parts; *part != NULL; part++)
    {
      g_autofree char *literal = g_regex_escape_string (*part, -1);

      g_string_append (pattern, literal);
      g_string_append (pattern, part[1] != NULL ? ".*" : "$");
    }
  return g_regex_match_simple (pattern->str, line, 0, 0);
}

/* Each line of the expectation stands in the output, in order. */
static void
assert_expected (CsBlock *block, const char *output)
{
  g_auto (GStrv) wanted = g_strsplit (cs_block_get_text (block), "\n", -1);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  char **line = lines;

  for (char **want = wanted; *want != NULL; want++)
    {
      if (**want == '\0' || g_str_equal (*want, "..."))
        continue;
      while (*line != NULL && !line_matches (*want, *line))
        line++;
      if (*line == NULL)
        g_error ("block %s: “%s” is not in the output, or not in this order:\n%s",
                 cs_block_get_id (block), *want, output);
      line++;
    }
}

static guint
walk_step (Fixture *fixture, CsStep *step)
{
  GListModel *blocks = cs_step_get_blocks (step);
  g_autofree char *output = NULL;
  guint n_commands = 0;

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      switch (cs_block_get_kind (block))
        {
        case CS_BLOCK_COMMAND:
          g_assert_false (cs_block_get_endless (block));
          g_assert_false (cs_block_get_interactive (block));
          g_assert_false (cs_block_get_destructive (block));
          g_free (output);
          output = run_block (fixture, block);
          n_commands++;
          break;
        case CS_BLOCK_EXPECTED:
          g_assert_nonnull (output);
          assert_expected (block, output);
          break;
        case CS_BLOCK_FILE:
        case CS_BLOCK_SAMPLE:
        default:
          g_error ("block %s is neither a command nor an expectation", cs_block_get_id (block));
        }
    }
  return n_commands;
}

static guint
walk_phase (Fixture *fixture, CsPhase *phase)
{
  GListModel *steps = cs_phase_get_steps (phase);
  guint n_commands = 0;

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);

      if (cs_phase_get_kind (phase) != CS_PHASE_SIGNOFF &&
          cs_phase_get_kind (phase) != CS_PHASE_REFERENCE)
        g_assert_cmpint (cs_step_get_estimate (step), >, 0);
      n_commands += walk_step (fixture, step);
    }
  return n_commands;
}

static void
assert_version (Fixture *fixture, const char *version)
{
  g_autofree char *status = NULL;
  g_autofree char *expected =
    g_strdup_printf ("greeting %s: running on port %u\n", version,
                     sample_get_port (fixture->sample));

  g_assert_cmpint (sample_ctl (fixture->sample, "status", &status), ==, 0);
  g_assert_cmpstr (status, ==, expected);
}

/* In document order: the deployment, then its rollback, then the help of the reference part. */
static void
test_walk (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    CsPhaseKind kind;
    guint n_commands;
    const char *version; /* that runs after it */
  } phases[] = {
    { CS_PHASE_PREPARE, 3, "1.0.0" },
    { CS_PHASE_SIGNOFF, 0, "1.0.0" },
    { CS_PHASE_DEPLOY, 4, "1.1.0" },
    { CS_PHASE_VERIFY, 3, "1.1.0" },
    { CS_PHASE_ROLLBACK, 3, "1.0.0" },
    { CS_PHASE_REFERENCE, 3, "1.0.0" },
  };
  GListModel *found = cs_runbook_get_phases (fixture->runbook);

  g_assert_cmpuint (g_list_model_get_n_items (found), ==, G_N_ELEMENTS (phases));
  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (found, i);

      g_assert_cmpint (cs_phase_get_kind (phase), ==, phases[i].kind);
      g_assert_cmpuint (walk_phase (fixture, phase), ==, phases[i].n_commands);
      assert_version (fixture, phases[i].version);
    }
}

static void
test_signoffs (Fixture *fixture, gconstpointer data)
{
  static const char *const roles[] = { "Tech Lead", "Operations" };
  GListModel *signoffs = cs_runbook_get_signoffs (fixture->runbook);

  g_assert_cmpuint (g_list_model_get_n_items (signoffs), ==, G_N_ELEMENTS (roles));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      g_assert_cmpstr (cs_signoff_get_role (signoff), ==, roles[i]);
      g_assert_cmpstr (cs_signoff_get_phase_id (signoff), ==, "2");
    }
}

/* A second walk over what the first one left must not go wrong: people start again. */
static void
test_deploy_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CsPhase) prepare =
    g_list_model_get_item (cs_runbook_get_phases (fixture->runbook), 0);
  g_autoptr (CsPhase) deploy = g_list_model_get_item (cs_runbook_get_phases (fixture->runbook), 2);

  walk_phase (fixture, prepare);
  walk_phase (fixture, deploy);
  walk_phase (fixture, deploy);
  assert_version (fixture, "1.1.0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sample/runbook/walk", Fixture, NULL, set_up, test_walk, tear_down);
  g_test_add ("/sample/runbook/sign-offs", Fixture, NULL, set_up, test_signoffs, tear_down);
  g_test_add ("/sample/runbook/deploy-again", Fixture, NULL, set_up, test_deploy_again, tear_down);
  return g_test_run ();
}
