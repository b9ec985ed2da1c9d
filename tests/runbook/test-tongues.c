/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runbooks in many languages and layouts: each fixture beside a list of what a reader finds in it.
 *
 * A fixture is fixtures/tongues/NAME.md, the list fixtures/tongues/NAME.facts: one fact a line,
 * with the line where it stands. To add one, write both by hand, reading the runbook and not our
 * result. */

#include "cs-error.h"
#include "cs-runbook.h"

#include <string.h>

static char *
read_file (const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "tongues", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static CsRunbook *
import (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) rebuilt = NULL;
  g_autoptr (GError) error = NULL;
  CsRunbook *runbook = cs_runbook_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  rebuilt = cs_runbook_rebuild_source (runbook);
  g_assert_true (g_bytes_equal (bytes, rebuilt));
  return runbook;
}

static void
add_fact (GPtrArray *facts, guint line, char *words)
{
  g_ptr_array_add (facts, g_strdup_printf ("%4u %s", line, words));
  g_free (words);
}

static void
add_step_facts (GPtrArray *facts, CsStep *step)
{
  GListModel *blocks = cs_step_get_blocks (step), *checks = cs_step_get_checks (step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      add_fact (facts, cs_block_get_line (block),
                g_strdup_printf ("block %s", cs_block_kind_to_string (cs_block_get_kind (block))));
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);

      add_fact (facts, cs_check_get_line (check),
                g_strdup_printf ("check %s %s", cs_check_get_done (check) ? "[x]" : "[ ]",
                                 cs_check_get_text (check)));
    }
}

static void
add_phase_facts (GPtrArray *facts, CsRunbook *runbook)
{
  GListModel *phases = cs_runbook_get_phases (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      add_fact (facts, cs_phase_get_line (phase),
                g_strdup_printf ("%s: %s", cs_phase_kind_to_string (cs_phase_get_kind (phase)),
                                 cs_phase_get_title (phase)));
      for (guint j = 0; j < g_list_model_get_n_items (steps); j++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, j);

          add_step_facts (facts, step);
        }
    }
}

static void
add_signoff_facts (GPtrArray *facts, CsRunbook *runbook)
{
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      add_fact (facts, cs_signoff_get_line (signoff),
                g_strdup_printf ("sign “%s” for “%s”", cs_signoff_get_role (signoff),
                                 cs_signoff_get_meaning (signoff)));
    }
}

static int
compare_facts (gconstpointer a, gconstpointer b)
{
  return strncmp (*(const char *const *) a, *(const char *const *) b, 4);
}

static char *
describe (CsRunbook *runbook)
{
  g_autoptr (GPtrArray) facts = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  add_phase_facts (facts, runbook);
  add_signoff_facts (facts, runbook);
  g_ptr_array_sort (facts, compare_facts);
  for (guint i = 0; i < facts->len; i++)
    g_string_append_printf (text, "%s\n", (char *) g_ptr_array_index (facts, i));
  return g_string_free (text, FALSE);
}

/* Says which line differs, because two long texts side by side tell nobody. */
static void
assert_facts (const char *name, const char *found, const char *wanted)
{
  g_auto (GStrv) found_lines = g_strsplit (found, "\n", -1);
  g_auto (GStrv) wanted_lines = g_strsplit (wanted, "\n", -1);
  guint i = 0;

  while (found_lines[i] != NULL && g_strcmp0 (found_lines[i], wanted_lines[i]) == 0)
    i++;
  if (found_lines[i] != NULL || wanted_lines[i] != NULL)
    g_test_message ("%s, fact %u", name, i + 1);
  g_assert_cmpstr (found_lines[i], ==, wanted_lines[i]);
}

static void
test_fixture (gconstpointer data)
{
  const char *name = data;
  g_autofree char *text = read_file (name, ".md");
  g_autofree char *wanted = read_file (name, ".facts");
  g_autoptr (CsRunbook) runbook = import (text);
  g_autofree char *found = describe (runbook);

  assert_facts (name, found, wanted);
}

/* The same with the line ends of Windows and with a byte order mark. */
static void
test_line_ends (gconstpointer data)
{
  const char *name = data;
  g_autofree char *text = read_file (name, ".md");
  g_autofree char *wanted = read_file (name, ".facts");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *joined = g_strjoinv ("\r\n", lines);
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf", joined, NULL);
  g_autoptr (CsRunbook) runbook = import (marked);
  g_autofree char *found = describe (runbook);

  assert_facts (name, found, wanted);
}

/* A document whose title alone says that it is the way back. */
static void
test_rollback_title (void)
{
  g_autoptr (CsRunbook) runbook =
    import ("# 11 - Rollback\n\n## Goal\n\nBack.\n\n## Clean up\n\n"
            "```bash\nrm -rf /srv/x\n```\n\n## Again\n\nRestart.\n");
  g_autofree char *found = describe (runbook);

  assert_facts ("title", found, "   7 rollback: Clean up\n   9 block command\n");
}

static void
test_rollback_label (void)
{
  g_autoptr (CsRunbook) runbook =
    import ("# Umzug\n\n**Schritte:**\n\n```bash\n./los.sh\n```\n\n"
            "**Rollback-Plan (bei Bedarf):**\n```bash\n./zurueck.sh\n```\n\n"
            "**Danach:**\n\n```bash\n./fertig.sh\n```\n");
  g_autofree char *found = describe (runbook);

  assert_facts ("label", found,
                "   1 deploy: Umzug\n   5 block command\n"
                "   9 rollback: Rollback-Plan (bei Bedarf)\n  10 block command\n"
                "  14 deploy: Danach\n  16 block command\n");
}

/* What a shell shows before a line that goes on is no redirection. */
static void
test_continued_prompts (void)
{
  g_autoptr (CsRunbook) runbook =
    import ("# X\n\n## Deploy\n\n```console\n$ docker run \\\n>   --rm x\ndone\n"
            "$ cat <<E\n> a\n> E\n```\n\n```sh\n> sudo apt-get update\n```\n");
  CsStep *step = cs_runbook_find_step (runbook, "1.1");
  g_autoptr (CsBlock) first = g_list_model_get_item (cs_step_get_blocks (step), 0);
  g_autoptr (CsBlock) second = g_list_model_get_item (cs_step_get_blocks (step), 1);

  g_assert_cmpstr (cs_block_get_text (first), ==, "docker run \\\n  --rm x\ncat <<E\na\nE\n");
  g_assert_cmpstr (cs_block_get_text (second), ==, "sudo apt-get update\n");
}

/* Every block says why it is what it is. */
static void
test_reasons (void)
{
  static const struct
  {
    const char *block;
    const char *reason;
  } CASES[] = {
    { "```bash\nls\n```\n", "shell" },
    { "```\n$ ls\nbin\n```\n", "prompts" },
    { "```\nmake deploy\n```\n", "programs" },
    { "Expected output:\n\n```\nmake deploy\n```\n", "announced" },
    { "```powershell\nGet-Item .\n```\n", "language" },
    { "```text\nls\n```\n", "output" },
    { "Put into `.env`:\n\n```bash\nA=1\n```\n", "settings" },
    { "```bash\nvrrp_instance one {\n  state MASTER\n}\n```\n", "foreign" },
    { "Error:\n\n```bash\nboom\n```\n", "seen" },
    { "```bash\n# later\n```\n", "note" },
    { "```\nnginx\nredis-server\n```\n", "listing" },
    { "```\nGood evening\n```\n", "unsure" },
    { "Run\n\n    ```\n    make deploy\n    ```\n", "programs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *text = g_strconcat ("# X\n\n## Deploy\n\n", CASES[i].block, NULL);
      g_autoptr (CsRunbook) runbook = import (text);
      CsStep *step = cs_runbook_find_step (runbook, "1.1");
      g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (step), 0);

      g_assert_nonnull (block);
      g_assert_cmpstr (cs_block_reason_to_string (cs_block_get_reason (block)), ==,
                       CASES[i].reason);
    }
}

/* What is signed has a place of its own, and is not printed among the words as well. */
static void
test_signed_prose (void)
{
  g_autoptr (CsRunbook) runbook =
    import ("# X\n\n## Approval\n\nBoth must agree.\n\n**Deployment Approved By**:\n\n"
            "- Tech Lead: ______ Date: ____\n\nName: ______\n\nSignature: ______\n\n"
            "| Role | Signature |\n|---|---|\n| Ops | |\n");
  CsStep *step = cs_runbook_find_step (runbook, "1.1");
  g_autofree char *prose = cs_step_dup_prose (step);
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);
  g_autoptr (CsSignoff) first = g_list_model_get_item (signoffs, 0);

  g_assert_cmpstr (prose, ==, "Both must agree.\n\n**Deployment Approved By**:");
  g_assert_cmpstr (cs_signoff_get_meaning (first), ==, "Deployment Approved By");
}

static void
test_utf16 (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xff\xfe#\0 \0X\0", 8);
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_runbook_new_from_bytes (bytes, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "UTF-16"));
}

int
main (int argc, char *argv[])
{
  static const char *const FIXTURES[] = {
    "accents", "answers", "boxes",  "capitals",   "closing", "consent", "de",      "details",
    "es",      "fences",  "forms",  "fr",         "generators", "it",   "ja",      "mangled",
    "nl",      "outputs", "papers", "pending",    "pl",      "pt",      "ru",      "sessions",
    "sheets",  "standins", "tables",  "tags",   "unclosed",   "zh",
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (FIXTURES); i++)
    {
      g_autofree char *path = g_strconcat ("/tongues/", FIXTURES[i], NULL);
      g_autofree char *windows = g_strconcat ("/tongues/line-ends/", FIXTURES[i], NULL);

      g_test_add_data_func (path, FIXTURES[i], test_fixture);
      g_test_add_data_func (windows, FIXTURES[i], test_line_ends);
    }
  g_test_add_func ("/tongues/rollback-title", test_rollback_title);
  g_test_add_func ("/tongues/rollback-label", test_rollback_label);
  g_test_add_func ("/tongues/continued-prompts", test_continued_prompts);
  g_test_add_func ("/tongues/reasons", test_reasons);
  g_test_add_func ("/tongues/signed-prose", test_signed_prose);
  g_test_add_func ("/tongues/utf16", test_utf16);
  return g_test_run ();
}
