/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people decide differently from the importer. */

#include "cs-error.h"
#include "cs-runbook.h"

#include <string.h>

static const char *const text =
  "# Deploy\n" /* 1 */
  "\n"
  "## Configuration\n" /* 3 */
  "\n"
  "```bash\n" /* 5 */
  "frobnicate { now }\n"
  "cp a b\n"
  "```\n"
  "\n"
  "- [ ] done it\n" /* 10 */
  "\n"
  "```console\n" /* 12 */
  "$ ls\n"
  "a b\n"
  "```\n"
  "\n"
  "Approved by: ________\n"; /* 17 */

static CsRunbook *
read_with (const CsOverrule *list, guint n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (CsOverrules) overrules = NULL;
  g_autoptr (GError) error = NULL;
  CsRunbook *runbook;

  for (guint i = 0; i < n; i++)
    {
      CsOverrules *next = cs_overrules_with (overrules, &list[i], &error);

      g_assert_no_error (error);
      cs_overrules_unref (overrules);
      overrules = next;
    }
  runbook = cs_runbook_new_with_overrules (bytes, overrules, &error);
  g_assert_no_error (error);
  return runbook;
}

static CsBlock *
find_block (CsRunbook *runbook, guint line)
{
  GListModel *phases = cs_runbook_get_phases (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      for (guint j = 0; j < g_list_model_get_n_items (cs_phase_get_steps (phase)); j++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (cs_phase_get_steps (phase), j);
          GListModel *blocks = cs_step_get_blocks (step);

          for (guint k = 0; k < g_list_model_get_n_items (blocks); k++)
            {
              g_autoptr (CsBlock) block = g_list_model_get_item (blocks, k);

              if (cs_block_get_line (block) == line)
                return block;
            }
        }
    }
  g_error ("There is no block in line %u", line);
}

static void
test_blocks (void)
{
  const CsOverrule list[] = {
    { 12, (char *) "block", (char *) "sample", NULL, NULL },
    { 5, (char *) "block", (char *) "command", NULL, NULL },
  };
  g_autoptr (CsRunbook) plain = read_with (NULL, 0);
  g_autoptr (CsRunbook) runbook = read_with (list, 2);
  g_autoptr (GBytes) rebuilt = cs_runbook_rebuild_source (runbook);

  g_assert_cmpint (cs_block_get_kind (find_block (plain, 12)), ==, CS_BLOCK_COMMAND);
  g_assert_cmpstr (cs_block_get_text (find_block (plain, 12)), ==, "ls\n");
  g_assert_cmpint (cs_block_get_kind (find_block (runbook, 12)), ==, CS_BLOCK_SAMPLE);
  g_assert_cmpstr (cs_block_get_text (find_block (runbook, 12)), ==, "$ ls\na b\n");
  g_assert_cmpint (cs_block_get_kind (find_block (runbook, 5)), ==, CS_BLOCK_COMMAND);
  g_assert_cmpstr (cs_runbook_get_digest (plain), ==, cs_runbook_get_digest (runbook));
  g_assert_true (g_bytes_equal (rebuilt, cs_runbook_get_source (plain)));
}

/* All of a block that a person calls a command is run, also what looks like no command. */
static void
test_whole_command (void)
{
  const CsOverrule file = { 5, (char *) "block", (char *) "file", NULL, NULL };
  const CsOverrule both[] = { file, { 12, (char *) "block", (char *) "command", NULL, NULL } };
  g_autoptr (CsRunbook) as_file = read_with (&file, 1);
  g_autoptr (CsRunbook) commands = read_with (both, 2);

  g_assert_cmpint (cs_block_get_kind (find_block (as_file, 5)), ==, CS_BLOCK_FILE);
  g_assert_cmpstr (cs_block_get_text (find_block (as_file, 5)), ==, "frobnicate { now }\ncp a b\n");
  g_assert_cmpstr (cs_block_get_text (find_block (commands, 12)), ==, "ls\n");
}

static guint
count_checks (CsRunbook *runbook)
{
  g_autoptr (CsPhase) phase = g_list_model_get_item (cs_runbook_get_phases (runbook), 0);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (cs_phase_get_steps (phase)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (cs_phase_get_steps (phase), i);

      n += g_list_model_get_n_items (cs_step_get_checks (step));
    }
  return n;
}

static void
test_nothing (void)
{
  const CsOverrule list[] = {
    { 10, (char *) "check", (char *) "none", NULL, NULL },
    { 17, (char *) "signoff", (char *) "none", NULL, NULL },
    { 3, (char *) "phase", (char *) "rollback", NULL, NULL },
  };
  g_autoptr (CsRunbook) plain = read_with (NULL, 0);
  g_autoptr (CsRunbook) runbook = read_with (list, 3);
  g_autoptr (CsPhase) phase = g_list_model_get_item (cs_runbook_get_phases (runbook), 0);

  g_assert_cmpuint (count_checks (plain), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (cs_runbook_get_signoffs (plain)), ==, 1);
  g_assert_cmpuint (count_checks (runbook), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (cs_runbook_get_signoffs (runbook)), ==, 0);
  g_assert_cmpint (cs_phase_get_kind (phase), ==, CS_PHASE_ROLLBACK);
}

static void
test_json (void)
{
  const CsOverrule list[] = {
    { 17, (char *) "signoff", (char *) "none", (char *) "a name", (char *) "ann" },
    { 5, (char *) "block", (char *) "command", (char *) "it is one", NULL },
  };
  g_autoptr (CsRunbook) runbook = read_with (list, 2);
  g_autoptr (CsOverrules) again = NULL;
  g_autoptr (CsOverrules) fewer = NULL;
  g_autoptr (JsonArray) array = cs_overrules_to_json (cs_runbook_get_overrules (runbook));
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  g_assert_true (cs_overrules_from_json (array, &again, &error));
  g_assert_no_error (error);
  g_assert_true (cs_overrules_equal (again, cs_runbook_get_overrules (runbook)));
  g_assert_cmpuint (cs_overrules_get (again, 0)->line, ==, 5);
  g_assert_cmpstr (cs_overrules_find (again, "signoff", 17)->by, ==, "ann");
  fewer = cs_overrules_without (again, "signoff", 17);
  g_assert_null (cs_overrules_find (fewer, "signoff", 17));
  g_assert_false (cs_overrules_equal (again, fewer));
}

/* A record of a newer version must not be read as less than it says. */
static void
test_unknown (void)
{
  const CsOverrule list[] = {
    { 5, (char *) "block", (char *) "poem", NULL, NULL },
    { 5, (char *) "chapter", (char *) "none", NULL, NULL },
    { 0, (char *) "check", (char *) "none", NULL, NULL },
    { 5, (char *) "check", NULL, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_overrules_with (NULL, &list[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overrules/blocks", test_blocks);
  g_test_add_func ("/overrules/whole-command", test_whole_command);
  g_test_add_func ("/overrules/nothing", test_nothing);
  g_test_add_func ("/overrules/json", test_json);
  g_test_add_func ("/overrules/unknown", test_unknown);
  return g_test_run ();
}
