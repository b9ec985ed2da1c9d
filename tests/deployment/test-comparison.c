/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing texts line by line, and runbooks by what they say is to be done. */

#include "cs-changes.h"
#include "cs-comparison.h"

#include <string.h>

#define N_RANDOM 400
#define N_LINES 200000

static guint
count (GArray *runs, CsDiffKind kind)
{
  guint n = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      const CsDiffRun *run = &g_array_index (runs, CsDiffRun, i);

      n += run->kind == kind ? run->n_lines : 0;
    }
  return n;
}

static guint
take_lines (const char **text, GString *out, guint n)
{
  guint taken = 0;

  for (; taken < n && **text != '\0'; taken++)
    {
      const char *end = strchrnul (*text, '\n');

      end += *end == '\n' ? 1 : 0;
      g_string_append_len (out, *text, end - *text);
      *text = end;
    }
  return taken;
}

/* Both texts come back from the runs, and what is the same is the same in both. */
static GArray *
compare (const char *old, const char *new)
{
  GArray *runs = cs_comparison_of_texts (old, new);
  const char *old_rest = old;
  const char *new_rest = new;
  guint old_line = 1, new_line = 1;

  for (guint i = 0; i < runs->len; i++)
    {
      const CsDiffRun *run = &g_array_index (runs, CsDiffRun, i);
      g_autoptr (GString) before = g_string_new (NULL);
      g_autoptr (GString) after = g_string_new (NULL);

      g_assert_cmpuint (run->old_line, ==, old_line);
      g_assert_cmpuint (run->new_line, ==, new_line);
      if (run->kind != CS_DIFF_ADDED)
        old_line += take_lines (&old_rest, before, run->n_lines);
      if (run->kind != CS_DIFF_REMOVED)
        new_line += take_lines (&new_rest, after, run->n_lines);
      if (run->kind == CS_DIFF_SAME)
        g_assert_true (g_string_equal (before, after));
    }
  g_assert_cmpstr (old_rest, ==, "");
  g_assert_cmpstr (new_rest, ==, "");
  return runs;
}

static void
test_small (void)
{
  static const struct
  {
    const char *old;
    const char *new;
    guint removed;
    guint added;
  } cases[] = {
    { "", "", 0, 0 },
    { "a\n", "a\n", 0, 0 },
    { "", "a\nb\n", 0, 2 },
    { "a\nb\n", "", 2, 0 },
    { "a\n", "a", 1, 1 },
    { "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 3, 2 }, /* Myers' own: 5 edits */
    { "a\nb\nc\n", "a\nx\nc\n", 1, 1 },
    { "x\na\nb\nc\n", "a\nb\nc\ny\n", 1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) runs = compare (cases[i].old, cases[i].new);

      g_assert_cmpuint (count (runs, CS_DIFF_REMOVED), ==, cases[i].removed);
      g_assert_cmpuint (count (runs, CS_DIFF_ADDED), ==, cases[i].added);
      g_assert_cmpint (cs_comparison_is_same (runs), ==,
                       cases[i].removed == 0 && cases[i].added == 0);
    }
}

static char *
random_text (GRand *rand, guint n_lines, guint n_words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_lines; i++)
    g_string_append_printf (text, "%d\n", g_rand_int_range (rand, 0, (gint32) n_words));
  return g_string_free (text, FALSE);
}

/* The length of the longest common subsequence, the slow and sure way. */
static guint
count_common (const char *old, const char *new)
{
  g_auto (GStrv) a = g_strsplit (old, "\n", -1);
  g_auto (GStrv) b = g_strsplit (new, "\n", -1);
  guint n = MAX (g_strv_length (a), 1) - 1;
  guint m = MAX (g_strv_length (b), 1) - 1;
  g_autofree guint *row = g_new0 (guint, m + 1);

  for (guint i = 0; i < n; i++)
    {
      guint diagonal = 0;

      for (guint j = 0; j < m; j++)
        {
          guint above = row[j + 1];

          row[j + 1] = strcmp (a[i], b[j]) == 0 ? diagonal + 1 : MAX (above, row[j]);
          diagonal = above;
        }
    }
  return row[m];
}

static void
test_shortest (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261120);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autofree char *old = random_text (rand, (guint) g_rand_int_range (rand, 0, 60), 1 + i % 9);
      g_autofree char *new = random_text (rand, (guint) g_rand_int_range (rand, 0, 60), 1 + i % 9);
      g_autoptr (GArray) runs = compare (old, new);

      g_assert_cmpuint (count (runs, CS_DIFF_SAME), ==, count_common (old, new));
    }
}

/* Texts that have every line in common, and none in its place, end in time all the same. */
static void
test_bounded (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *old = random_text (rand, N_LINES, 1000);
  g_autofree char *new = random_text (rand, N_LINES, 1000);
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autoptr (GArray) runs = compare (old, new);

  g_test_message ("%u lines in %.3f s, %u the same", N_LINES, g_timer_elapsed (timer, NULL),
                  count (runs, CS_DIFF_SAME));
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 10);
}

static CsRunbook *
read_runbook (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  CsRunbook *runbook = cs_runbook_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return runbook;
}

static void
assert_change (GPtrArray *changes,
               CsChangeKind kind,
               CsChangeSubject subject,
               const char *before,
               const char *after)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const CsChange *change = g_ptr_array_index (changes, i);

      if (change->kind == kind && change->subject == subject &&
          g_strcmp0 (change->before, before) == 0 && g_strcmp0 (change->after, after) == 0)
        {
          g_assert_cmpint (change->old_line > 0, ==, before != NULL);
          g_assert_cmpint (change->new_line > 0, ==, after != NULL);
          return;
        }
    }
  g_error ("Not told: %d of %d, “%s” → “%s”", kind, subject, before, after);
}

static void
test_changes (void)
{
  g_autoptr (CsRunbook) before = read_runbook (
    "# Deploy\n\n## Deployment\n\n### Backup\n\n```bash\npg_dump a > b\n```\n\n"
    "### Clear caches\n\n```bash\nredis-cli FLUSHALL\n```\n\n- [ ] seen\n- [ ] empty\n\n"
    "### Wait\n\n- [ ] waited\n\n## Approval\n\n- Tech Lead: ________ Date: ____\n");
  g_autoptr (CsRunbook) after = read_runbook (
    "# Deploy\n\n## Deployment\n\n### Save the database\n\n```bash\npg_dump a > b\n```\n\n"
    "### Clear caches\n\n```bash\nredis-cli FLUSHDB\n```\n\n- [ ] seen\n- [ ] full\n\n"
    "### Restart\n\n```bash\nsystemctl restart a\n```\n\n## Approval\n\n"
    "- Manager: ________ Date: ____\n");
  g_autoptr (GPtrArray) changes = cs_changes_between (before, after);
  g_autoptr (GPtrArray) nothing = cs_changes_between (before, before);

  assert_change (changes, CS_CHANGE_RENAMED, CS_CHANGE_OF_STEP, "Backup", "Save the database");
  assert_change (changes, CS_CHANGE_REMOVED, CS_CHANGE_OF_STEP, "Wait", NULL);
  assert_change (changes, CS_CHANGE_ADDED, CS_CHANGE_OF_STEP, NULL, "Restart");
  assert_change (changes, CS_CHANGE_CHANGED, CS_CHANGE_OF_COMMAND, "redis-cli FLUSHALL\n",
                 "redis-cli FLUSHDB\n");
  assert_change (changes, CS_CHANGE_REMOVED, CS_CHANGE_OF_CHECK, "empty", NULL);
  assert_change (changes, CS_CHANGE_ADDED, CS_CHANGE_OF_CHECK, NULL, "full");
  assert_change (changes, CS_CHANGE_REMOVED, CS_CHANGE_OF_SIGNOFF, "Tech Lead", NULL);
  assert_change (changes, CS_CHANGE_ADDED, CS_CHANGE_OF_SIGNOFF, NULL, "Manager");
  g_assert_cmpuint (changes->len, ==, 8);
  g_assert_cmpuint (nothing->len, ==, 0);
}

/* The same things twice are two things. */
static void
test_repeated (void)
{
  g_autoptr (CsRunbook) before = read_runbook (
    "# Deploy\n\n## Deployment\n\n```bash\nls a\n```\n\nagain\n\n```bash\nls a\n```\n");
  g_autoptr (CsRunbook) after =
    read_runbook ("# Deploy\n\n## Rollback\n\n```bash\nls a\n```\n");
  g_autoptr (GPtrArray) changes = cs_changes_between (before, after);

  assert_change (changes, CS_CHANGE_REMOVED, CS_CHANGE_OF_COMMAND, "ls a\n", NULL);
  assert_change (changes, CS_CHANGE_RENAMED, CS_CHANGE_OF_PHASE, "Deployment", "Rollback");
  assert_change (changes, CS_CHANGE_CHANGED, CS_CHANGE_OF_PHASE, "deploy", "rollback");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/comparison/small", test_small);
  g_test_add_func ("/comparison/shortest", test_shortest);
  g_test_add_func ("/comparison/bounded", test_bounded);
  g_test_add_func ("/comparison/changes", test_changes);
  g_test_add_func ("/comparison/repeated", test_repeated);
  return g_test_run ();
}
