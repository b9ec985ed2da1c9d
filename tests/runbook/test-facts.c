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

      add (facts, act, "%s", json_object_get_string_member (act, "kind"));
    }
  for (guint i = 0; i < json_array_get_length (placeholders); i++)
    {
      JsonObject *mark = json_array_get_object_element (placeholders, i);

      add (facts, mark, "placeholder %s", json_object_get_string_member (mark, "certainty"));
    }
  for (guint i = 0; i < json_array_get_length (secrets); i++)
    add (facts, json_array_get_object_element (secrets, i), "secret");
  for (guint i = 0; i < json_array_get_length (expectations); i++)
    {
      JsonObject *mark = json_array_get_object_element (expectations, i);

      add (facts, mark, "expectation %s", json_object_get_string_member (mark, "judge"));
    }
}

static void
add_phase (GPtrArray *facts, JsonObject *phase)
{
  JsonArray *steps = json_object_get_array_member (phase, "steps");

  if (!json_object_get_null_member (phase, "risk"))
    add (facts, phase, "risk %s", json_object_get_string_member (phase, "risk"));
  for (guint i = 0; i < json_array_get_length (steps); i++)
    {
      JsonArray *blocks =
        json_object_get_array_member (json_array_get_object_element (steps, i), "blocks");

      for (guint k = 0; k < json_array_get_length (blocks); k++)
        add_marks (facts, json_array_get_object_element (blocks, k));
    }
}

static void
add_list (GPtrArray *facts, JsonObject *runbook, const char *name)
{
  JsonArray *list = json_object_get_array_member (runbook, name);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *fact = json_array_get_object_element (list, i);

      if (strcmp (name, "thresholds") == 0)
        add (facts, fact, "threshold %s %g %s", json_object_get_string_member (fact, "op"),
             json_object_get_double_member (fact, "value"),
             json_object_get_string_member (fact, "severity"));
      else if (strcmp (name, "timeline") == 0)
        add (facts, fact, "timeline %d s", (int) json_object_get_int_member (fact, "seconds"));
      else
        add (facts, fact, "%s", name);
    }
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
    "rollout_stages", "contacts", "thresholds", "decisions", "windows", "alternatives",
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
  for (guint i = 0; i < json_array_get_length (phases); i++)
    add_phase (facts, json_array_get_object_element (phases, i));
  for (guint i = 0; i < G_N_ELEMENTS (LISTS); i++)
    add_list (facts, found, LISTS[i]);
  g_ptr_array_sort (facts, compare);
  g_ptr_array_add (facts, NULL);
  joined = g_strjoinv ("\n", (char **) facts->pdata);
  return g_strconcat (joined, "\n", NULL);
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
  g_assert_cmpstr (found, ==, wanted);
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
      g_assert_cmpstr (found, ==, wanted);
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
  g_assert_cmpstr (found, ==, wanted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/runbook/facts/english", "mill", test_fixture);
  g_test_add_data_func ("/runbook/facts/german", "muehle", test_fixture);
  g_test_add_data_func ("/runbook/facts/damaged", "muehle", test_damaged);
  g_test_add_data_func ("/runbook/facts/latin1", "muehle", test_latin1);
  return g_test_run ();
}
