/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of a whole runbook: phases, steps, blocks, checks, sign-offs, and the way back. */

#include "cs-digest.h"
#include "cs-error.h"
#include "cs-runbook.h"

#include <string.h>

static GBytes *
read_fixture (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, length);
}

static CsRunbook *
import (const char *name)
{
  g_autoptr (GBytes) bytes = read_fixture (name);
  g_autoptr (GError) error = NULL;
  CsRunbook *runbook = cs_runbook_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return runbook;
}

static void
assert_phase (CsRunbook *runbook,
              const char *id,
              CsPhaseKind kind,
              const char *title,
              guint n_steps)
{
  CsPhase *phase = cs_runbook_find_phase (runbook, id);

  g_assert_nonnull (phase);
  g_assert_cmpstr (cs_phase_get_title (phase), ==, title);
  g_assert_cmpstr (cs_phase_kind_to_string (cs_phase_get_kind (phase)), ==,
                   cs_phase_kind_to_string (kind));
  g_assert_cmpuint (g_list_model_get_n_items (cs_phase_get_steps (phase)), ==, n_steps);
}

static CsBlock *
block_at (CsRunbook *runbook, const char *step_id, guint index)
{
  CsStep *step = cs_runbook_find_step (runbook, step_id);
  g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (step), index);

  g_assert_nonnull (block);
  return block; /* the step keeps it */
}

static void
test_phases (void)
{
  g_autoptr (CsRunbook) runbook = import ("orchard.md");

  g_assert_cmpstr (cs_runbook_get_title (runbook), ==, "Orchard API: release 4.2");
  g_assert_cmpstr (cs_runbook_get_metadata (runbook, "Version"), ==, "4.2");
  g_assert_cmpstr (cs_runbook_get_metadata (runbook, "Last Updated"), ==, "2026-03-01");
  g_assert_cmpuint (g_list_model_get_n_items (cs_runbook_get_phases (runbook)), ==, 5);
  assert_phase (runbook, "1", CS_PHASE_PREPARE, "Pre-Deployment Checklist", 1);
  assert_phase (runbook, "2", CS_PHASE_DEPLOY, "Deployment Steps", 2);
  assert_phase (runbook, "3", CS_PHASE_VERIFY, "Verification", 1);
  assert_phase (runbook, "4", CS_PHASE_ROLLBACK, "Rollback Procedure", 2);
  assert_phase (runbook, "5", CS_PHASE_SIGNOFF, "Approval", 1);
  g_assert_false (cs_phase_is_on_path (cs_runbook_find_phase (runbook, "4")));
  g_assert_true (cs_phase_is_on_path (cs_runbook_find_phase (runbook, "2")));
}

static void
test_steps (void)
{
  g_autoptr (CsRunbook) runbook = import ("orchard.md");
  CsStep *step = cs_runbook_find_step (runbook, "2.2");
  g_autofree char *prose = NULL;

  g_assert_cmpint (cs_step_get_estimate (cs_runbook_find_step (runbook, "2.1")), ==, 300);
  g_assert_cmpstr (cs_step_get_title (step), ==, "Switch the release");
  g_assert_cmpint (cs_step_get_estimate (step), ==, 180);
  g_assert_cmpuint (g_list_model_get_n_items (cs_step_get_blocks (step)), ==, 3);
  prose = cs_step_dup_prose (step);
  g_assert_nonnull (strstr (prose, "Restart the workers"));
  g_assert_null (strstr (prose, "Estimated Time"));
  g_assert_null (strstr (prose, "systemctl"));
}

static void
test_blocks (void)
{
  g_autoptr (CsRunbook) runbook = import ("orchard.md");
  CsBlock *block = block_at (runbook, "2.2", 0);
  g_autofree char *digest = NULL;

  g_assert_cmpstr (cs_block_get_id (block), ==, "2.2.1");
  g_assert_cmpint (cs_block_get_kind (block), ==, CS_BLOCK_COMMAND);
  g_assert_cmpstr (cs_block_get_text (block), ==,
                   "cd /srv/orchard\nln -sfn releases/4.2 current\n");
  digest = cs_digest_of_data (cs_block_get_text (block), strlen (cs_block_get_text (block)));
  g_assert_cmpstr (cs_block_get_digest (block), ==, digest);
  g_assert_cmpint (cs_block_get_kind (block_at (runbook, "2.2", 1)), ==, CS_BLOCK_EXPECTED);
  block = block_at (runbook, "2.2", 2);
  g_assert_cmpint (cs_block_get_kind (block), ==, CS_BLOCK_COMMAND);
  g_assert_cmpstr (cs_block_get_text (block), ==, "systemctl restart orchard-worker\n");
  g_assert_cmpint (cs_block_get_kind (block_at (runbook, "3.1", 0)), ==, CS_BLOCK_COMMAND);
}

static void
test_checks (void)
{
  g_autoptr (CsRunbook) runbook = import ("orchard.md");
  GListModel *checks = cs_step_get_checks (cs_runbook_find_step (runbook, "1.1"));
  g_autoptr (CsCheck) first = g_list_model_get_item (checks, 0);
  g_autoptr (CsCheck) last = g_list_model_get_item (checks, 2);

  g_assert_cmpuint (g_list_model_get_n_items (checks), ==, 3);
  g_assert_true (cs_check_get_done (first));
  g_assert_cmpstr (cs_check_get_id (last), ==, "1.1.c3");
  g_assert_cmpstr (cs_check_get_text (last), ==, "restored once this week");
  g_assert_false (cs_check_get_done (last));
}

static void
test_signoffs (void)
{
  g_autoptr (CsRunbook) runbook = import ("orchard.md");
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);
  g_autoptr (CsSignoff) first = g_list_model_get_item (signoffs, 0);

  g_assert_cmpuint (g_list_model_get_n_items (signoffs), ==, 2);
  g_assert_cmpstr (cs_signoff_get_role (first), ==, "Tech Lead");
  g_assert_cmpstr (cs_signoff_get_id (first), ==, "s1");
  g_assert_cmpstr (cs_signoff_get_phase_id (first), ==, "5");
}

/* A chapter that says who approved is there to be signed, whatever else its heading names. */
static void
test_signoff_heading (void)
{
  const char *text = "# X\n\n## Deploy\n\n```bash\nls\n```\n\n"
                     "## Deployment Approved By\n\n- Tech Lead: ______ Date: ____\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_autoptr (CsPhase) last = NULL;

  g_assert_no_error (error);
  last = g_list_model_get_item (cs_runbook_get_phases (runbook), 1);
  g_assert_cmpint (cs_phase_get_kind (last), ==, CS_PHASE_SIGNOFF);
}

static void
assert_lossless (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_autoptr (GBytes) rebuilt = NULL;

  g_assert_no_error (error);
  rebuilt = cs_runbook_rebuild_source (runbook);
  g_assert_true (g_bytes_equal (bytes, rebuilt));
}

static void
test_lossless (void)
{
  g_autoptr (GBytes) bytes = read_fixture ("orchard.md");

  assert_lossless (bytes);
}

/* Whatever the bytes are, they come back: pieces of Markdown in any order, and bytes at random. */
static void
test_lossless_mutations (void)
{
  static const char *const PIECES[] = {
    "# Title\n",
    "## Phase 1: x\n",
    "```bash\n",
    "```\n",
    "~~~\n",
    "- [ ] a\n",
    "  > - b\n",
    "\r\n",
    "\r",
    "\n",
    "---\n",
    "**Step 1: y**\n",
    "| a | b |\n|---|---|\n",
    "Approved by: ____\n",
    "\t",
    "    code\n",
    "<!--\n",
    "-->\n",
    "\xe2\x9c\x85",
    "\xc3",
    "\xff",
    "a",
    "Setext\n===\n",
    "1. [x] z",
    "\xef\xbb\xbf",
    "# Rollback\n",
    "## Way\n",
    "### Rollback plan\n",
    "**Rollback:**\n",
    "```sh\nls\n```\n",
    "> $ ls\n",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4242);

  for (guint round = 0; round < 3000; round++)
    {
      GString *text = g_string_new (NULL);
      guint n = (guint) g_rand_int_range (rand, 0, 24);
      g_autoptr (GBytes) bytes = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append (text, PIECES[g_rand_int_range (rand, 0, G_N_ELEMENTS (PIECES))]);
      for (guint i = 0; i < text->len && round % 3 == 0; i += 7)
        text->str[i] = (char) g_rand_int_range (rand, 1, 256);
      bytes = g_string_free_to_bytes (text);
      assert_lossless (bytes);
    }
}

static void
test_refused (void)
{
  static const char BINARY[] = "abc\0def";
  g_autoptr (GBytes) binary = g_bytes_new_static (BINARY, sizeof BINARY);
  g_autoptr (GBytes) large =
    g_bytes_new_take (g_strnfill (CS_RUNBOOK_MAX_SIZE + 1, 'a'), CS_RUNBOOK_MAX_SIZE + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_runbook_new_from_bytes (binary, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "offset 3"));
  g_clear_error (&error);
  g_assert_null (cs_runbook_new_from_bytes (large, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static gboolean
has_mark (CsBlock *block, CsMarkKind kind, const char *name)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      CsMark *mark = g_ptr_array_index (marks, i);

      if (mark->kind == kind && strcmp (mark->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_diagnostic (CsRunbook *runbook, const char *code)
{
  GPtrArray *facts = cs_runbook_get_facts (runbook);

  for (guint i = 0; i < facts->len; i++)
    {
      CsFact *fact = g_ptr_array_index (facts, i);

      if (fact->kind == CS_FACT_DIAGNOSTIC &&
          g_strcmp0 (cs_fact_get_string (fact, "code"), code) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A German document; the way back hides in the deployment, and leaves it. */
static void
test_german (void)
{
  g_autoptr (CsRunbook) runbook = import ("freigabe.md");

  assert_phase (runbook, "1", CS_PHASE_PREPARE, "Vorbereitung", 1);
  assert_phase (runbook, "2", CS_PHASE_DEPLOY, "Durchführung (10-15 Minuten)", 1);
  assert_phase (runbook, "3", CS_PHASE_ROLLBACK, "Rückfallplan", 1);
  assert_phase (runbook, "4", CS_PHASE_SIGNOFF, "Abnahme", 1);
  assert_phase (runbook, "5", CS_PHASE_REFERENCE, "Fehlerbehebung", 1);
  assert_phase (runbook, "6", CS_PHASE_FOLLOWUP, "Nacharbeiten", 1);
  g_assert_cmpint (cs_phase_get_estimate (cs_runbook_find_phase (runbook, "2")), ==, 900);
  g_assert_cmpuint (
    g_list_model_get_n_items (cs_step_get_checks (cs_runbook_find_step (runbook, "1.1"))), ==, 4);
  g_assert_cmpuint (
    g_list_model_get_n_items (cs_step_get_checks (cs_runbook_find_step (runbook, "4.1"))), ==, 1);
  g_assert_true (has_diagnostic (runbook, "fence-not-closed"));
  g_assert_false (has_diagnostic (runbook, "no-rollback"));
}

static void
test_marks (void)
{
  g_autoptr (CsRunbook) runbook = import ("freigabe.md");
  CsBlock *console = block_at (runbook, "2.1", 0);
  CsBlock *block = block_at (runbook, "2.1", 2);

  g_assert_cmpstr (cs_block_get_text (console), ==, "cd /srv/birne\ngit pull\n");
  g_assert_cmpint (cs_block_get_kind (block_at (runbook, "2.1", 1)), ==, CS_BLOCK_EXPECTED);
  g_assert_cmpstr (cs_block_get_attribute (block, "timeout"), ==, "120");
  g_assert_true (has_mark (block, CS_MARK_HOP, "deploy@birne"));
  g_assert_true (has_mark (block, CS_MARK_DESTRUCTIVE, "service_stop"));
  g_assert_true (has_mark (block, CS_MARK_DESTRUCTIVE, "restore_over_live_db"));
  g_assert_true (has_mark (block, CS_MARK_SECRET, "password_on_command_line"));
  g_assert_true (has_mark (block, CS_MARK_PLACEHOLDER, "YYYYMMDD"));
  g_assert_true (has_mark (block, CS_MARK_ENDLESS, "endless"));
  g_assert_true (has_mark (block, CS_MARK_EXPECTATION, "number"));
  g_assert_true (cs_block_get_destructive (block));
  g_assert_cmpint (cs_block_get_kind (block_at (runbook, "2.1", 3)), ==, CS_BLOCK_FILE);
}

static void
test_forms (void)
{
  static const char *const ROLES[] = { "Betriebsleitung", "Entwicklung", "Freigegeben von",
                                       "Technische Leitung" };
  g_autoptr (CsRunbook) runbook = import ("freigabe.md");
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);

  g_assert_cmpuint (g_list_model_get_n_items (signoffs), ==, G_N_ELEMENTS (ROLES));
  for (guint i = 0; i < G_N_ELEMENTS (ROLES); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      g_assert_cmpstr (cs_signoff_get_role (signoff), ==, ROLES[i]);
      g_assert_cmpstr (cs_signoff_get_phase_id (signoff), ==, "4");
    }
}

/* Text read as Windows-1252 and as Mac Roman and written again; ordinary German is left alone. */
static void
test_encodings (void)
{
  static const struct
  {
    const char *text;
    const char *title;
    const char *damage;
  } CASES[] = {
    { "# \xc3\xa2\xc5\x93\xe2\x80\xa6 Fertig \xc3\xa2\xe2\x80\xa0\xe2\x80\x99 los\n",
      "Fertig → los", "cp1252" },
    { "# \xe2\x80\x9a\xc3\xba\xc3\x96 Fertig\n", "Fertig", "mac_roman" },
    { "# Übergabe für alle\n", "Übergabe für alle", NULL },
    { "# \xdc"
      "bergabe\n",
      "Übergabe", NULL },
    { "\xef\xbb\xbf# Kopf\r\n", "Kopf", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (CASES[i].text, strlen (CASES[i].text));
      g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);

      g_assert_nonnull (runbook);
      g_assert_cmpstr (cs_runbook_get_title (runbook), ==, CASES[i].title);
      g_assert_cmpstr (cs_runbook_get_encoding_damage (runbook), ==, CASES[i].damage);
      assert_lossless (bytes);
    }
}

/* Shapes that cost quadratic time if anything does: each must take a fraction of a second. */
static void
test_nasty (void)
{
  static const char *const SHAPES[] = {
    ">",
    "- ",
    "[",
    "# [",
    "*a_ ",
    "```bash\n",
    "cat <<EOF\n",
    "|a",
    "## Phase 1: x\n",
    "<!--\n",
    "**Step 1: x**\n\n",
    "Approved by: ____\n",
    "### Rollback\nx\n## Deploy\n",
    "\r",
  };

  for (guint i = 0; i < G_N_ELEMENTS (SHAPES); i++)
    {
      GString *text = g_string_new ("# T\n\n```bash\n");
      g_autoptr (GBytes) bytes = NULL;
      gint64 start = g_get_monotonic_time ();

      if (i % 2 == 0)
        g_string_truncate (text, 5);
      while (text->len < 256 * 1024)
        g_string_append (text, SHAPES[i]);
      bytes = g_string_free_to_bytes (text);
      assert_lossless (bytes);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
    }
}

static guint
count_blocks (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
  GListModel *phases = cs_runbook_get_phases (runbook);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, k);

          n += g_list_model_get_n_items (cs_step_get_blocks (step));
        }
    }
  return n;
}

/* Lines alone take these for fences and headings; the parser knows that they are none. */
static void
test_fences_that_are_none (void)
{
  g_autoptr (GString) text = g_string_new ("# T\n\n## Deploy\n\n");

  g_assert_cmpuint (count_blocks ("# T\n\n## Deploy\n\n<pre>\n```sh\nrm -rf /srv\n\n## Deploy\n"
                                  "```\n</pre>\n\n```sh\nls\n```\n"),
                    ==, 1);
  for (guint i = 0; i < 500; i++)
    {
      if (i == 100)
        g_string_append (text, "<!-- not now\n\n");
      g_string_append_printf (text, "### Step %u: look\n\n```sh\nls\n```\n\n", i);
      if (i == 399)
        g_string_append (text, "-->\n\n");
    }
  g_assert_cmpuint (count_blocks (text->str), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runbook/phases", test_phases);
  g_test_add_func ("/runbook/steps", test_steps);
  g_test_add_func ("/runbook/blocks", test_blocks);
  g_test_add_func ("/runbook/checks", test_checks);
  g_test_add_func ("/runbook/signoffs", test_signoffs);
  g_test_add_func ("/runbook/signoffs/heading", test_signoff_heading);
  g_test_add_func ("/runbook/lossless/fixture", test_lossless);
  g_test_add_func ("/runbook/lossless/mutations", test_lossless_mutations);
  g_test_add_func ("/runbook/german", test_german);
  g_test_add_func ("/runbook/marks", test_marks);
  g_test_add_func ("/runbook/forms", test_forms);
  g_test_add_func ("/runbook/encodings", test_encodings);
  g_test_add_func ("/runbook/nasty", test_nasty);
  g_test_add_func ("/runbook/fences-that-are-none", test_fences_that_are_none);
  g_test_add_func ("/runbook/refused", test_refused);
  return g_test_run ();
}
