/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each kind of fact in runbooks of our own, against lists that were made by reading them: nothing
 * missing, nothing invented. Then the same runbooks in damaged encodings.
 *
 * A fixture is fixtures/facts/NAME.md, the list fixtures/facts/NAME.facts: one fact a line, with
 * the line where it stands. Write the list by hand, before looking at our result. */

#include "cs-runbook.h"

#include <string.h>

static char *
read_file (const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "facts", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
add (GPtrArray *facts, JsonObject *at, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add (GPtrArray *facts, JsonObject *at, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list arguments;

  va_start (arguments, format);
  words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (facts, g_strdup_printf ("%4d %s", (int) json_object_get_int_member (at, "line"),
                                           words));
}

static void
add_marks (GPtrArray *facts, JsonObject *block)
{
  JsonArray *acts = json_object_get_array_member (block, "acts");
  JsonArray *placeholders = json_object_get_array_member (block, "placeholders");
  JsonArray *secrets = json_object_get_array_member (block, "secrets");
  JsonArray *expectations = json_object_get_array_member (block, "expectations");

  for (guint i = 0; i < json_array_get_length (acts); i++)
    {
      JsonObject *act = json_array_get_object_element (acts, i);

      add (facts, act, "%s (%s)", json_object_get_string_member (act, "kind"),
           json_object_get_string_member (act, "name"));
    }
  for (guint i = 0; i < json_array_get_length (placeholders); i++)
    {
      JsonObject *mark = json_array_get_object_element (placeholders, i);

      add (facts, mark, "placeholder %s “%s”", json_object_get_string_member (mark, "certainty"),
           json_object_get_string_member (mark, "text"));
    }
  for (guint i = 0; i < json_array_get_length (secrets); i++)
    {
      JsonObject *mark = json_array_get_object_element (secrets, i);

      add (facts, mark, "secret (%s)", json_object_get_string_member (mark, "kind"));
    }
  for (guint i = 0; i < json_array_get_length (expectations); i++)
    {
      JsonObject *mark = json_array_get_object_element (expectations, i);

      add (facts, mark, "expectation %s “%s”", json_object_get_string_member (mark, "judge"),
           json_object_get_string_member (mark, "text"));
    }
}

static void
append_string (GString *words, JsonObject *object, const char *member, const char *format)
{
  const char *value = json_object_get_string_member_with_default (object, member, NULL);

  if (value != NULL)
    g_string_append_printf (words, " %s “%s”", format, value);
}

static void
append_seconds (GString *words, JsonObject *object, const char *member, const char *format)
{
  if (json_object_has_member (object, member) && !json_object_get_null_member (object, member))
    g_string_append_printf (words, " %s %d s", format,
                            (int) json_object_get_int_member (object, member));
}

static void
add_step (GPtrArray *facts, JsonObject *step)
{
  JsonArray *blocks = json_object_get_array_member (step, "blocks");
  JsonArray *checks = json_object_get_array_member (step, "checks");
  g_autoptr (GString) words = g_string_new (NULL);

  append_string (words, step, "title", "step");
  append_seconds (words, step, "estimate_seconds", "takes");
  append_string (words, step, "alternative_of", "one of");
  add (facts, step, "%s", words->str + 1);
  for (guint i = 0; i < json_array_get_length (blocks); i++)
    {
      JsonObject *block = json_array_get_object_element (blocks, i);

      add (facts, block, "block %s", json_object_get_string_member (block, "kind"));
      add_marks (facts, block);
    }
  for (guint i = 0; i < json_array_get_length (checks); i++)
    {
      JsonObject *check = json_array_get_object_element (checks, i);

      add (facts, check, "check [%c] %s",
           json_object_get_boolean_member (check, "done") ? 'x' : ' ',
           json_object_get_string_member (check, "text"));
    }
}

static void
add_phase (GPtrArray *facts, JsonObject *phase)
{
  JsonArray *steps = json_object_get_array_member (phase, "steps");
  g_autoptr (GString) words = g_string_new (json_object_get_string_member (phase, "kind"));

  append_string (words, phase, "title", "phase");
  append_seconds (words, phase, "estimate_seconds", "takes");
  append_string (words, phase, "goal", "for");
  append_string (words, phase, "risk", "risk");
  append_string (words, phase, "environment", "only in");
  append_string (words, phase, "alternative_of", "one of");
  add (facts, phase, "%s", words->str);
  for (guint i = 0; i < json_array_get_length (steps); i++)
    add_step (facts, json_array_get_object_element (steps, i));
}

static void
add_threshold (GPtrArray *facts, JsonObject *fact)
{
  g_autoptr (GString) words = g_string_new ("threshold");

  append_string (words, fact, "metric", "on");
  g_string_append_printf (words, " %s %g", json_object_get_string_member (fact, "op"),
                          json_object_get_double_member (fact, "value"));
  append_string (words, fact, "unit", "in");
  append_seconds (words, fact, "window_seconds", "for");
  if (json_object_has_member (fact, "consecutive") &&
      !json_object_get_null_member (fact, "consecutive"))
    g_string_append_printf (words, " %d times",
                            (int) json_object_get_int_member (fact, "consecutive"));
  g_string_append_printf (words, " (%s)", json_object_get_string_member (fact, "severity"));
  add (facts, fact, "%s", words->str);
}

static void
add_signoff (GPtrArray *facts, JsonObject *fact)
{
  JsonArray *fields = json_object_get_array_member (fact, "fields");
  g_autoptr (GString) words = g_string_new ("sign");

  append_string (words, fact, "role", "as");
  append_string (words, fact, "meaning", "for");
  for (guint i = 0; i < json_array_get_length (fields); i++)
    g_string_append_printf (words, " %s", json_array_get_string_element (fields, i));
  add (facts, fact, "%s", words->str);
}

static void
add_flag (GPtrArray *facts, JsonObject *fact)
{
  add (facts, fact, "flag %s=%s", json_object_get_string_member (fact, "key"),
       json_object_get_string_member (fact, "value"));
}

static void
add_timeline (GPtrArray *facts, JsonObject *fact)
{
  g_autoptr (GString) words = g_string_new ("timeline");

  append_string (words, fact, "phase", "of");
  append_seconds (words, fact, "seconds", "takes");
  add (facts, fact, "%s", words->str);
}

/* What is said of the encoding is asserted by itself. */
static void
add_diagnostic (GPtrArray *facts, JsonObject *fact)
{
  if (g_str_has_prefix (json_object_get_string_member (fact, "code"), "encoding"))
    return;
  add (facts, fact, "%s %s", json_object_get_string_member (fact, "severity"),
       json_object_get_string_member (fact, "code"));
}

static void
add_stated (GPtrArray *facts, JsonObject *fact, const char *name)
{
  g_autoptr (GString) words = g_string_new (name);

  append_string (words, fact, "raw", "");
  append_string (words, fact, "level", "level");
  append_string (words, fact, "when", "when");
  append_string (words, fact, "certainty", "how");
  add (facts, fact, "%s", words->str);
}

static void
add_list (GPtrArray *facts, JsonObject *runbook, const char *name)
{
  static const struct
  {
    const char *name;
    void (*add) (GPtrArray *facts, JsonObject *fact);
  } KINDS[] = {
    { "thresholds", add_threshold }, { "signoffs", add_signoff },       { "flags", add_flag },
    { "timeline", add_timeline },    { "diagnostics", add_diagnostic },
  };
  JsonArray *list = json_object_get_array_member (runbook, name);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *fact = json_array_get_object_element (list, i);
      gboolean added = FALSE;

      for (guint k = 0; k < G_N_ELEMENTS (KINDS); k++)
        {
          if (strcmp (KINDS[k].name, name) != 0)
            continue;
          KINDS[k].add (facts, fact);
          added = TRUE;
        }
      if (!added)
        add_stated (facts, fact, name);
    }
}

/* The head of the document has no lines of its own. */
static void
add_metadata (GPtrArray *facts, JsonObject *runbook)
{
  JsonObject *metadata = json_object_get_object_member (runbook, "metadata");
  g_autoptr (GList) names = json_object_get_members (metadata);

  g_ptr_array_add (facts, g_strdup_printf ("   0 title “%s”",
                                           json_object_get_string_member (runbook, "title")));
  for (GList *l = names; l != NULL; l = l->next)
    g_ptr_array_add (facts,
                     g_strdup_printf ("   0 metadata %s = %s", (char *) l->data,
                                      json_object_get_string_member (metadata, l->data)));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
describe (GBytes *bytes, const char **damage)
{
  static const char *const LISTS[] = {
    "signoffs", "rollback_triggers", "choices", "blockers", "timeline", "flags", "follow_ups",
    "rollout_stages", "contacts", "thresholds", "decisions", "windows", "alternatives", "risks",
    "diagnostics",
  };
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
  g_autoptr (GBytes) rebuilt = cs_runbook_rebuild_source (runbook);
  g_autoptr (JsonNode) json = cs_runbook_to_json (runbook);
  JsonObject *found = json_node_get_object (json);
  JsonArray *phases = json_object_get_array_member (found, "phases");
  g_autoptr (GPtrArray) facts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;

  g_assert_true (g_bytes_equal (bytes, rebuilt));
  *damage = g_intern_string (cs_runbook_get_encoding_damage (runbook));
  add_metadata (facts, found);
  for (guint i = 0; i < json_array_get_length (phases); i++)
    add_phase (facts, json_array_get_object_element (phases, i));
  for (guint i = 0; i < G_N_ELEMENTS (LISTS); i++)
    add_list (facts, found, LISTS[i]);
  g_ptr_array_sort (facts, compare);
  g_ptr_array_add (facts, NULL);
  joined = g_strjoinv ("\n", (char **) facts->pdata);
  return g_strconcat (joined, "\n", NULL);
}

/* Says which line differs, because two long texts side by side tell nobody. */
static void
assert_facts (const char *found, const char *wanted)
{
  g_auto (GStrv) found_lines = g_strsplit (found, "\n", -1);
  g_auto (GStrv) wanted_lines = g_strsplit (wanted, "\n", -1);

  for (guint i = 0; found_lines[i] != NULL || wanted_lines[i] != NULL; i++)
    g_assert_cmpstr (found_lines[i], ==, wanted_lines[i]);
}

static void
test_fixture (gconstpointer data)
{
  g_autofree char *text = read_file (data, ".md");
  g_autofree char *wanted = read_file (data, ".facts");
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  const char *damage;
  g_autofree char *found = describe (bytes, &damage);

  g_assert_null (damage);
  assert_facts (found, wanted);
}

/* The facts of a text that was read in a wrong encoding and saved again are those of the text. */
static void
test_damaged (gconstpointer data)
{
  static const struct
  {
    const char *encoding;
    const char *damage;
  } CASES[] = { { "WINDOWS-1252", "cp1252" }, { "MACINTOSH", "mac_roman" } };
  g_autofree char *text = read_file (data, ".md");
  g_autofree char *wanted = read_file (data, ".facts");

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *damaged =
        g_convert (text, -1, "UTF-8", CASES[i].encoding, NULL, NULL, &error);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *found = NULL;
      const char *damage;

      g_assert_no_error (error);
      bytes = g_bytes_new (damaged, strlen (damaged));
      found = describe (bytes, &damage);
      g_assert_cmpstr (damage, ==, CASES[i].damage);
      assert_facts (found, wanted);
    }
}

/* A file in Latin-1 is read as such. */
static void
test_latin1 (gconstpointer data)
{
  g_autofree char *text = read_file (data, ".md");
  g_autofree char *wanted = read_file (data, ".facts");
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *latin = g_convert (text, -1, "ISO-8859-1", "UTF-8", NULL, &length, &error);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *found = NULL;
  const char *damage;

  g_assert_no_error (error);
  bytes = g_bytes_new (latin, length);
  found = describe (bytes, &damage);
  assert_facts (found, wanted);
}

/* "over", "unter", "plus de"… a number that has a unit. */
static void
test_said_bounds (void)
{
  static const struct
  {
    const char *item;
    const char *wanted;
  } CASES[] = {
    { "Oven above 220 °C", "threshold on “Oven” > 220 in “°C” (warning)" },
    { "Fehlerrate über 5 % seit 10 Minuten", "threshold on “Fehlerrate” > 5 in “%” (warning)" },
    { "Latence supérieure à 300 ms", "threshold on “Latence” > 300 in “ms” (warning)" },
    { "Más de 20 quejas", "threshold on “quejas” > 20 in “count” (warning)" },
    { "Memória acima de 80%", "threshold on “Memória” > 80 in “%” (warning)" },
    { "可用率低于 99%", "threshold on “可用率” < 99 in “%” (warning)" },
    { "Mindestens 99,5 % verfügbar", "threshold on “verfügbar” >= 99.5 in “%” (warning)" },
    { "Silent for over 10 minutes", NULL },
    { "Version over 9000", NULL },
    { "Rover 9 above the sea", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *text = g_strconcat ("# X\n\n## Alerts\n\n- ", CASES[i].item, "\n", NULL);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      const char *damage;
      g_autofree char *found = describe (bytes, &damage);
      const char *bound = strstr (found, "threshold");
      g_autofree char *line = g_strndup (bound, bound != NULL ? strcspn (bound, "\n") : 0);

      g_assert_cmpstr (bound != NULL ? line : NULL, ==, CASES[i].wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/runbook/facts/english", "mill", test_fixture);
  g_test_add_data_func ("/runbook/facts/all", "ferry", test_fixture);
  g_test_add_data_func ("/runbook/facts/german", "muehle", test_fixture);
  g_test_add_data_func ("/runbook/facts/german-all", "leuchtturm", test_fixture);
  g_test_add_data_func ("/runbook/facts/french", "ecluse", test_fixture);
  g_test_add_func ("/runbook/facts/said-bounds", test_said_bounds);
  g_test_add_data_func ("/runbook/facts/damaged", "muehle", test_damaged);
  g_test_add_data_func ("/runbook/facts/latin1", "muehle", test_latin1);
  return g_test_run ();
}
