/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real runbooks of other teams, where they are at hand, against what readers found in them. */

#include "cs-runbook.h"

#include <glib/gstdio.h>
#include <string.h>

/* The folder of seeds: told by the environment, or beside a folder above this one. */
static char *
find_seeds (void)
{
  const char *told = g_getenv ("COUNTERSIGN_SEEDS");
  g_autofree char *folder = g_canonicalize_filename (g_test_get_dir (G_TEST_DIST), NULL);

  if (told != NULL)
    return g_strdup (told);
  for (guint i = 0; i < 8 && strcmp (folder, "/") != 0; i++)
    {
      g_autofree char *seeds = g_build_filename (folder, "..", "shared", "seeds", NULL);
      char *parent;

      if (g_file_test (seeds, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&seeds);
      parent = g_path_get_dirname (folder);
      g_free (folder);
      folder = parent;
    }
  return NULL;
}

typedef struct
{
  char *name;
  GBytes *bytes;
  CsRunbook *runbook;
  JsonNode *found_node;
  JsonNode *expected_node;
  JsonObject *found;
  JsonObject *expected;
} Seed;

static void
set_up (Seed *seed, gconstpointer data)
{
  const char *path = data;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *json_name = g_strconcat (name, NULL);
  g_autofree char *json_path = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  char *text;
  gsize length;

  seed->name = g_strdup (name);
  strcpy (strrchr (json_name, '.'), "");
  json_path = g_strdup_printf ("%s/expected/%s.json", folder, json_name);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  seed->bytes = g_bytes_new_take (text, length);
  seed->runbook = cs_runbook_new_from_bytes (seed->bytes, &error);
  g_assert_no_error (error);
  seed->found_node = cs_runbook_to_json (seed->runbook);
  seed->found = json_node_get_object (seed->found_node);
  g_file_get_contents (json_path, &json, NULL, &error);
  g_assert_no_error (error);
  seed->expected_node = json_from_string (json, &error);
  g_assert_no_error (error);
  seed->expected = json_node_get_object (seed->expected_node);
}

static void
tear_down (Seed *seed, gconstpointer data)
{
  g_free (seed->name);
  g_bytes_unref (seed->bytes);
  g_object_unref (seed->runbook);
  json_node_unref (seed->found_node);
  json_node_unref (seed->expected_node);
}

static void
test_lossless (Seed *seed, gconstpointer data)
{
  g_autoptr (GBytes) rebuilt = cs_runbook_rebuild_source (seed->runbook);

  g_assert_true (g_bytes_equal (seed->bytes, rebuilt));
}

static void
assert_seconds (JsonObject *found, JsonObject *expected, const char *what)
{
  gboolean none = json_object_get_null_member (expected, "estimate_minutes");
  gint64 wanted =
    none ? -1 : (gint64) (json_object_get_double_member (expected, "estimate_minutes") * 60);
  gint64 seconds = json_object_get_null_member (found, "estimate_seconds")
                     ? -1
                     : json_object_get_int_member (found, "estimate_seconds");

  g_test_message ("%s", what);
  g_assert_cmpint (seconds, ==, wanted);
}

static guint
count_shell (JsonObject *step)
{
  JsonArray *blocks = json_object_get_array_member (step, "blocks");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (blocks); i++)
    {
      const char *language =
        json_object_get_string_member (json_array_get_object_element (blocks, i), "language");

      n += strcmp (language, "bash") == 0 || strcmp (language, "sh") == 0 ? 1 : 0;
    }
  return n;
}

static void
assert_steps (JsonObject *found, JsonObject *expected)
{
  JsonArray *steps = json_object_get_array_member (found, "steps");
  JsonArray *wanted = json_object_get_array_member (expected, "steps");

  g_assert_cmpuint (json_array_get_length (steps), ==, json_array_get_length (wanted));
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *step = json_array_get_object_element (steps, i);
      JsonObject *want = json_array_get_object_element (wanted, i);
      const char *title = json_object_get_string_member (want, "title");

      g_assert_cmpint (json_object_get_int_member (step, "line"), ==,
                       json_object_get_int_member (want, "line"));
      g_assert_nonnull (strstr (title, json_object_get_string_member (step, "title")));
      g_assert_cmpuint (count_shell (step), ==, json_object_get_int_member (want, "shell_blocks"));
      assert_seconds (step, want, title);
    }
}

static void
test_phases (Seed *seed, gconstpointer data)
{
  JsonArray *phases = json_object_get_array_member (seed->found, "phases");
  JsonArray *wanted = json_object_get_array_member (seed->expected, "phases");

  g_assert_cmpuint (json_array_get_length (phases), ==, json_array_get_length (wanted));
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *phase = json_array_get_object_element (phases, i);
      JsonObject *want = json_array_get_object_element (wanted, i);
      const char *title = json_object_get_string_member (want, "title");

      g_assert_cmpint (json_object_get_int_member (phase, "line"), ==,
                       json_object_get_int_member (want, "line"));
      g_assert_cmpstr (json_object_get_string_member (phase, "kind"), ==,
                       json_object_get_string_member (want, "kind"));
      g_assert_nonnull (strstr (title, json_object_get_string_member (phase, "title")));
      assert_seconds (phase, want, title);
      assert_steps (phase, want);
    }
}

static void
add_lines (JsonArray *array, GArray *lines)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 line = json_object_get_int_member (json_array_get_object_element (array, i), "line");

      g_array_append_val (lines, line);
    }
}

/* The marks of the blocks of all steps: a member of each, or its acts of a kind. */
static GArray *
block_lines (JsonObject *found, const char *member, const char *word, const char *kind)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (gint64));
  JsonArray *phases = json_object_get_array_member (found, "phases");

  for (guint i = 0; i < json_array_get_length (phases); i++)
    {
      JsonArray *steps =
        json_object_get_array_member (json_array_get_object_element (phases, i), "steps");

      for (guint j = 0; j < json_array_get_length (steps); j++)
        {
          JsonArray *blocks =
            json_object_get_array_member (json_array_get_object_element (steps, j), "blocks");

          for (guint k = 0; k < json_array_get_length (blocks); k++)
            {
              JsonArray *marks =
                json_object_get_array_member (json_array_get_object_element (blocks, k), member);

              for (guint m = 0; m < json_array_get_length (marks); m++)
                {
                  JsonObject *mark = json_array_get_object_element (marks, m);
                  gint64 line = json_object_get_int_member (mark, "line");

                  if (kind == NULL ||
                      strcmp (json_object_get_string_member (mark, word), kind) == 0)
                    g_array_append_val (lines, line);
                }
            }
        }
    }
  return lines;
}

/* Lines where a reader may differ from what is written down beside the seeds, and why. */
static const struct
{
  const char *seed;
  const char *list;
  gint64 line;
  const char *why;
} ACCEPTED[] = {
  { "003", "thresholds", 1495, "a commit message: nothing to enforce, as their README says" },
  { "003", "thresholds", 1496, "a commit message: nothing to enforce, as their README says" },
  { "001", "go_no_go", 186, "a checklist like those of 000 and 004, which are not listed" },
};

static const char *
find_accepted (const char *seed, const char *list, gint64 line)
{
  for (guint i = 0; i < G_N_ELEMENTS (ACCEPTED); i++)
    {
      if (strncmp (seed, ACCEPTED[i].seed, 3) == 0 && strcmp (list, ACCEPTED[i].list) == 0 &&
          line == ACCEPTED[i].line)
        return ACCEPTED[i].why;
    }
  return NULL;
}

static gboolean
has_line (GArray *lines, gint64 from, gint64 to)
{
  for (guint i = 0; i < lines->len; i++)
    {
      gint64 line = g_array_index (lines, gint64, i);

      if (line >= from && line <= to)
        return TRUE;
    }
  return FALSE;
}

/* Every line that the readers have and none that they have not. A line may stand for those right
 * below it, as “Expected output:” does. */
static void
assert_list (Seed *seed, GArray *found, const char *expected, gint64 reach)
{
  g_autoptr (GArray) lines = found;
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  const char *why;

  add_lines (json_object_get_array_member (seed->expected, expected), wanted);
  for (guint i = 0; i < wanted->len; i++)
    {
      gint64 line = g_array_index (wanted, gint64, i);

      if (has_line (lines, line, line + reach))
        continue;
      why = find_accepted (seed->name, expected, line);
      if (why == NULL)
        g_error ("%s: line %d is missing in %s", seed->name, (int) line, expected);
      g_test_message ("%s %d: %s", expected, (int) line, why);
    }
  for (guint i = 0; i < lines->len; i++)
    {
      gint64 line = g_array_index (lines, gint64, i);

      if (has_line (wanted, line - reach, line))
        continue;
      why = find_accepted (seed->name, expected, line);
      if (why == NULL)
        g_error ("%s: line %d is invented in %s", seed->name, (int) line, expected);
      g_test_message ("%s %d: %s", expected, (int) line, why);
    }
}

static GArray *
fact_lines (JsonObject *found, const char *member)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (gint64));

  add_lines (json_object_get_array_member (found, member), lines);
  return lines;
}

/* The bounds themselves: what is compared, with what, and how bad it is. */
static void
test_thresholds (Seed *seed, gconstpointer data)
{
  JsonArray *wanted = json_object_get_array_member (seed->expected, "thresholds");
  JsonArray *found = json_object_get_array_member (seed->found, "thresholds");

  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *want = json_array_get_object_element (wanted, i);
      gint64 line = json_object_get_int_member (want, "line");
      gboolean hit = find_accepted (seed->name, "thresholds", line) != NULL;

      for (guint k = 0; !hit && k < json_array_get_length (found); k++)
        {
          JsonObject *have = json_array_get_object_element (found, k);

          hit = json_object_get_int_member (have, "line") == line &&
                strcmp (json_object_get_string_member (have, "op"),
                        json_object_get_string_member (want, "op")) == 0 &&
                json_object_get_double_member (have, "value") ==
                  json_object_get_double_member (want, "value") &&
                strcmp (json_object_get_string_member (have, "severity"),
                        json_object_get_string_member (want, "severity")) == 0;
        }
      if (!hit)
        g_error ("%s: no bound in line %d is %s %g (%s)", seed->name, (int) line,
                 json_object_get_string_member (want, "op"),
                 json_object_get_double_member (want, "value"),
                 json_object_get_string_member (want, "severity"));
    }
}

/* Hard ones, without which a command can't run, are told from examples. */
static void
test_certainty (Seed *seed, gconstpointer data)
{
  JsonArray *wanted = json_object_get_array_member (seed->expected, "placeholders");
  g_autoptr (GArray) hard = block_lines (seed->found, "placeholders", "certainty", "hard");

  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *want = json_array_get_object_element (wanted, i);
      gint64 line = json_object_get_int_member (want, "line");

      g_assert_cmpint (
        has_line (hard, line, line), ==,
        strcmp (json_object_get_string_member (want, "certainty"), "hard") == 0);
    }
}

static void
test_marks (Seed *seed, gconstpointer data)
{
  static const struct
  {
    const char *expected;
    const char *member;
    const char *kind;
    gint64 reach;
  } LISTS[] = {
    { "placeholders", "placeholders", NULL, 0 },
    { "secrets", "secrets", NULL, 0 },
    { "never_ending_commands", "acts", "endless", 0 },
    { "interactive_commands", "acts", "interactive", 0 },
    { "destructive_commands", "acts", "destructive", 0 },
    { "remote_hops", "acts", "hop", 0 },
    { "expected_outputs", "expectations", NULL, 16 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (LISTS); i++)
    assert_list (seed, block_lines (seed->found, LISTS[i].member, "kind", LISTS[i].kind),
                 LISTS[i].expected, LISTS[i].reach);
}

static void
test_facts (Seed *seed, gconstpointer data)
{
  static const struct
  {
    const char *expected;
    const char *member;
  } LISTS[] = {
    { "signoffs", "signoffs" },       { "rollback_triggers", "rollback_triggers" },
    { "choices", "choices" },         { "blockers", "blockers" },
    { "timeline", "timeline" },       { "feature_flags", "flags" },
    { "follow_ups", "follow_ups" },   { "rollout_stages", "rollout_stages" },
    { "contacts", "contacts" },       { "thresholds", "thresholds" },
    { "go_no_go", "decisions" },      { "risk_levels", "risks" },
    { "windows", "windows" },         { "alternatives", "alternatives" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (LISTS); i++)
    assert_list (seed, fact_lines (seed->found, LISTS[i].member), LISTS[i].expected, 0);
}

static void
test_checks (Seed *seed, gconstpointer data)
{
  JsonObject *boxes = json_object_get_object_member (seed->expected, "checkboxes");
  JsonArray *phases = json_object_get_array_member (seed->found, "phases");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (phases); i++)
    {
      JsonArray *steps =
        json_object_get_array_member (json_array_get_object_element (phases, i), "steps");

      for (guint j = 0; j < json_array_get_length (steps); j++)
        n += json_array_get_length (
          json_object_get_array_member (json_array_get_object_element (steps, j), "checks"));
    }
  /* In fences only printed forms count, and not the texts that a command writes. */
  g_assert_cmpuint (
    n, >=, json_object_get_int_member (boxes, "open") + json_object_get_int_member (boxes, "done"));
  g_assert_cmpuint (n, <=,
                    json_object_get_int_member (boxes, "open") +
                      json_object_get_int_member (boxes, "done") +
                      json_object_get_int_member (boxes, "in_fences"));
}

static void
test_head (Seed *seed, gconstpointer data)
{
  g_assert_cmpstr (json_object_get_string_member (seed->found, "title"), ==,
                   json_object_get_string_member (seed->expected, "title"));
  g_assert_cmpstr (
    json_object_get_string_member_with_default (seed->found, "encoding_damage", NULL), ==,
    json_object_get_string_member_with_default (seed->expected, "encoding_damage", NULL));
}

/* Where the foot repeats a key, the top says it. */
static void
assert_metadata (Seed *seed, const char *member)
{
  JsonObject *top = json_object_get_object_member (seed->expected, "metadata");
  JsonObject *found = json_object_get_object_member (seed->found, "metadata");
  JsonObject *wanted = json_object_get_object_member (seed->expected, member);
  g_autoptr (GList) keys = json_object_get_members (wanted);

  for (GList *l = keys; l != NULL; l = l->next)
    {
      if (wanted != top && json_object_has_member (top, l->data))
        continue;
      g_assert_cmpstr (json_object_get_string_member_with_default (found, l->data, NULL), ==,
                       json_object_get_string_member (wanted, l->data));
    }
}

/* What the document says of itself, at its top and at its foot, and nothing else. */
static void
test_metadata (Seed *seed, gconstpointer data)
{
  JsonObject *top = json_object_get_object_member (seed->expected, "metadata");
  JsonObject *foot = json_object_get_object_member (seed->expected, "footer_metadata");
  JsonObject *found = json_object_get_object_member (seed->found, "metadata");
  g_autoptr (GList) keys = json_object_get_members (found);

  assert_metadata (seed, "footer_metadata");
  assert_metadata (seed, "metadata");
  for (GList *l = keys; l != NULL; l = l->next)
    g_assert_true (json_object_has_member (top, l->data) ||
                   json_object_has_member (foot, l->data));
}

static guint
count_blocks (JsonObject *found, const char *member, const char *value)
{
  JsonArray *phases = json_object_get_array_member (found, "phases");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (phases); i++)
    {
      JsonArray *steps =
        json_object_get_array_member (json_array_get_object_element (phases, i), "steps");

      for (guint j = 0; j < json_array_get_length (steps); j++)
        {
          JsonArray *blocks =
            json_object_get_array_member (json_array_get_object_element (steps, j), "blocks");

          for (guint k = 0; k < json_array_get_length (blocks); k++)
            n += value == NULL ||
                 strcmp (json_object_get_string_member (json_array_get_object_element (blocks, k),
                                                        member),
                         value) == 0;
        }
    }
  return n;
}

/* Code blocks by their info strings; those of chapters that are no phases are text. */
static void
test_blocks (Seed *seed, gconstpointer data)
{
  JsonObject *wanted = json_object_get_object_member (seed->expected, "code_blocks");
  JsonArray *elsewhere = json_object_get_array_member (seed->expected, "non_procedural_sections");
  guint n_elsewhere = 0;

  for (guint i = 0; i < json_array_get_length (elsewhere); i++)
    n_elsewhere += (guint) json_object_get_int_member (
      json_array_get_object_element (elsewhere, i), "shell_blocks");
  g_assert_cmpuint (count_blocks (seed->found, "language", "bash") +
                      count_blocks (seed->found, "language", "sh") + n_elsewhere,
                    ==, json_object_get_int_member (wanted, "shell"));
  /* Of chapters that are text, only shell is counted there. */
  if (n_elsewhere > 0)
    return;
  g_assert_cmpuint (count_blocks (seed->found, "language", "php"), ==,
                    json_object_get_int_member (wanted, "php"));
  g_assert_cmpuint (count_blocks (seed->found, "language", "env"), ==,
                    json_object_get_int_member (wanted, "env"));
  g_assert_cmpuint (count_blocks (seed->found, "kind", "expected"), ==,
                    json_object_get_int_member (wanted, "output"));
}

static void
test_nowhere (void)
{
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (empty, NULL);
  g_autoptr (GBytes) rebuilt = cs_runbook_rebuild_source (runbook);

  g_assert_cmpuint (g_bytes_get_size (rebuilt), ==, 0);
}

static void
add_seed (const char *path, const char *name)
{
  static const struct
  {
    const char *name;
    void (*test) (Seed *seed, gconstpointer data);
  } TESTS[] = {
    { "lossless", test_lossless }, { "head", test_head },   { "phases", test_phases },
    { "checks", test_checks },     { "marks", test_marks }, { "facts", test_facts },
    { "thresholds", test_thresholds }, { "certainty", test_certainty },
    { "metadata", test_metadata }, { "blocks", test_blocks },
  };

  for (guint i = 0; i < G_N_ELEMENTS (TESTS); i++)
    {
      g_autofree char *test = g_strdup_printf ("/runbook/seeds/%.3s/%s", name, TESTS[i].name);

      g_test_add (test, Seed, path, set_up, TESTS[i].test, tear_down);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runbook/empty", test_nowhere);
  folder = find_seeds ();
  dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_ascii_isdigit (*name) || !g_str_has_suffix (name, ".md"))
        continue;
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
      add_seed (g_ptr_array_index (paths, paths->len - 1), name);
    }
  return g_test_run ();
}
