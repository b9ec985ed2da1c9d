/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical JSON against the vectors of RFC 8785, and what strict reading refuses. */

#include "cs-error.h"
#include "cs-json.h"

#include <math.h>
#include <string.h>

static void
assert_canonical (const char *input, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = cs_json_parse (input, -1, &error);
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *twice = NULL;

  g_assert_no_error (error);
  text = cs_json_to_canonical (node, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  again = cs_json_parse (text, -1, &error);
  g_assert_no_error (error);
  twice = cs_json_to_canonical (again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (twice, ==, expected);
}

/* Text is canonical exactly when it is its own canonical form, however that is found out. */
static void
assert_form (const char *text, gboolean canonical)
{
  g_autoptr (JsonNode) node = cs_json_parse (text, -1, NULL);
  g_autofree char *form = node != NULL ? cs_json_to_canonical (node, NULL) : NULL;

  g_assert_true (cs_json_is_canonical (text, strlen (text)) == canonical);
  g_assert_true ((g_strcmp0 (form, text) == 0) == canonical);
}

static void
test_form (void)
{
  static const char *const yes[] = {
    "{}",
    "[]",
    "0",
    "-1",
    "123456789012345",
    "1234567890123456",
    "9007199254740991",
    "1.5",
    "1e+30",
    "true",
    "false",
    "null",
    "\"\"",
    "\"€\\n\\\"\"",
    "\"\\u0001\"",
    "{\"\":1,\"a\":2,\"ab\":3,\"b\":{}}",
    "[1,[2,{\"x\":[]}],\"y\"]",
    "{\"€\":1,\"😀\":2,\"\xef\xac\xb3\":3}",
    "{\"\\n\":1,\"a\":2}",
  };
  static const char *const no[] = {
    "",
    " {}",
    "{} ",
    "{ }",
    "[1, 2]",
    "-0",
    "00",
    "01",
    "1.0",
    "1e2",
    "1E+30",
    "12345678901234567",
    "-",
    "+1",
    "\"\\/\"",
    "\"\\u0041\"",
    "\"\\u000a\"",
    "\"\\u001F\"",
    "\"\n\"",
    "\"\xff\"",
    "\"",
    "{\"b\":1,\"a\":2}",
    "{\"a\":1,\"a\":1}",
    "{\"ab\":1,\"a\":1}",
    "[1,]",
    "{\"a\":1,}",
    "{}{}",
    "tru",
    "nulll",
    "[",
    "{\"a\"",
    "{\"\xef\xac\xb3\":1,\"😀\":2}",
    "{\"a\":1,\"\\n\":2}",
    "{\"\xff\":1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    assert_form (yes[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    assert_form (no[i], FALSE);
  g_assert_false (cs_json_is_canonical ("\"\\\0\"", 4));
  g_assert_false (cs_json_is_canonical ("1\0", 2));
}

/* Random text from the characters that matter: both ways of finding out must agree. */
static void
test_form_random (void)
{
  static const char alphabet[] = "{}[]\"\"::,,0123-.eabu\\nt \n";

  for (guint i = 0; i < 200000; i++)
    {
      char text[12] = "";
      int length = g_test_rand_int_range (1, 11);
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *form = NULL;

      for (int j = 0; j < length; j++)
        text[j] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      node = cs_json_parse (text, -1, NULL);
      form = node != NULL ? cs_json_to_canonical (node, NULL) : NULL;
      g_assert_true (cs_json_is_canonical (text, strlen (text)) == (g_strcmp0 (form, text) == 0));
    }
}

static void
assert_refused (const char *input, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = cs_json_parse (input, length, &error);

  if (node != NULL)
    g_test_message ("accepted: %s", input);
  g_assert_null (node);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

/* RFC 8785, appendix B: the bits of an IEEE 754 double and its text. */
static const struct
{
  guint64 bits;
  const char *text;
} numbers[] = {
  { 0x0000000000000000, "0" },
  { 0x8000000000000000, "0" },
  { 0x0000000000000001, "5e-324" },
  { 0x8000000000000001, "-5e-324" },
  { 0x7fefffffffffffff, "1.7976931348623157e+308" },
  { 0xffefffffffffffff, "-1.7976931348623157e+308" },
  { 0x4340000000000000, "9007199254740992" },
  { 0xc340000000000000, "-9007199254740992" },
  { 0x4430000000000000, "295147905179352830000" },
  { 0x44b52d02c7e14af5, "9.999999999999997e+22" },
  { 0x44b52d02c7e14af6, "1e+23" },
  { 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
  { 0x444b1ae4d6e2ef4e, "999999999999999700000" },
  { 0x444b1ae4d6e2ef4f, "999999999999999900000" },
  { 0x444b1ae4d6e2ef50, "1e+21" },
  { 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
  { 0x3eb0c6f7a0b5ed8d, "0.000001" },
  { 0x41b3de4355555553, "333333333.3333332" },
  { 0x41b3de4355555554, "333333333.33333325" },
  { 0x41b3de4355555555, "333333333.3333333" },
  { 0x41b3de4355555556, "333333333.3333334" },
  { 0x41b3de4355555557, "333333333.33333343" },
  { 0xbecbf647612f3696, "-0.0000033333333333333333" },
  { 0x43143ff3c1cb0959, "1424953923781206.2" },
};

static void
test_numbers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (JsonNode) back = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      double value;

      memcpy (&value, &numbers[i].bits, sizeof value);
      node = json_node_init_double (json_node_alloc (), value);
      text = cs_json_to_canonical (node, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, numbers[i].text);
      back = cs_json_parse (text, -1, &error);
      g_assert_no_error (error);
      g_assert_true (json_node_get_double (back) == value);
    }
}

static void
test_no_number (void)
{
  const double values[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), values[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_json_to_canonical (node, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

/* Any double must come back from its text, and no shorter text may do. */
static void
test_numbers_random (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      guint64 bits = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (JsonNode) back = NULL;
      g_autofree char *text = NULL;
      double value;

      memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      node = json_node_init_double (json_node_alloc (), value);
      text = cs_json_to_canonical (node, NULL);
      back = cs_json_parse (text, -1, NULL);
      g_assert_nonnull (back);
      g_assert_true (json_node_get_double (back) == value);
    }
}

/* RFC 8785, 3.2.2 and 3.2.3. */
static void
test_literals (void)
{
  assert_canonical (
    "{\n"
    "  \"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3,"
    " 0.000000000000000000000000001],\n"
    "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
    "  \"literals\": [null, true, false]\n"
    "}",
    "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,"
    "1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

static void
test_sorting (void)
{
  assert_canonical ("{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\","
                    " \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", \"1\": \"One\","
                    " \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
                    " \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}",
                    "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
                    "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
                    "\"😀\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With "
                    "Dagesh\"}");
  assert_canonical ("{\"ab\":1,\"a\":2,\"\":3,\"a\\u0001\":4}",
                    "{\"\":3,\"a\":2,\"a\\u0001\":4,\"ab\":1}");
}

static void
test_values (void)
{
  assert_canonical (" [ ] ", "[]");
  assert_canonical ("{}", "{}");
  assert_canonical ("\"\\b\\f\\t\\u007f\\u2028\"", "\"\\b\\f\\t\x7f\xe2\x80\xa8\"");
  assert_canonical ("-0", "0");
  assert_canonical ("-0.0", "0");
  assert_canonical ("1.0", "1");
  assert_canonical ("9007199254740991", "9007199254740991");
  assert_canonical ("-9007199254740991", "-9007199254740991");
  assert_canonical ("100000000000000000000", "100000000000000000000");
  assert_canonical ("1e20", "100000000000000000000");
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1 \"b\":2}",
    "nul",
    "nulll",
    "True",
    "NaN",
    "Infinity",
    "-",
    "+1",
    "01",
    "-01",
    "1.",
    ".5",
    "1e",
    "1e+",
    "0x10",
    "1 2",
    "{} {}",
    "// note\n1",
    "/* note */ 1",
    "var a = 1;",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"tab\there\"",
    "\"\n\"",
    "\xef\xbb\xbf{}",
    "\v1",
    /* what two readers could understand differently */
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":1}",
    "[{\"x\":{\"k\":1,\"l\":2,\"k\":3}}]",
    "\"\\u0000\"",
    "{\"a\\u0000b\":1}",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800x\"",
    "\"\\ud800\\u0041\"",
    "9007199254740993",
    "-9007199254740993",
    "18446744073709551616",
    "9223372036854775808",
    "1e400",
    "-1e400",
    "\"\xff\"",
    "\"\xed\xa0\x80\"",
    "\"\xc0\x80\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], -1);
  assert_refused (NULL, 0);
  assert_refused ("1\0", 2);
  assert_refused ("\"a\0b\"", 5);
}

static void
test_place (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_json_parse ("{\n  \"ä\": tru\n}", -1, &error));
  g_assert_cmpstr (error->message, ==, "Not valid JSON: line 2, column 8: a value was expected");
}

static void
test_depth (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < 200; i++)
    g_string_append_c (deep, ']');
  node = cs_json_parse (deep->str, -1, NULL);
  g_assert_nonnull (node);
  g_string_truncate (deep, 0);
  for (guint i = 0; i < 1000000; i++)
    g_string_append (deep, i % 2 == 0 ? "[" : "{\"a\":");
  assert_refused (deep->str, -1);
}

static void
test_integers (void)
{
  g_autoptr (JsonNode) large =
    json_node_init_int (json_node_alloc (), G_GINT64_CONSTANT (9007199254740992));
  g_autoptr (JsonNode) least = json_node_init_int (json_node_alloc (), G_MININT64);
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_json_to_canonical (large, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (cs_json_to_canonical (least, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

/* A member's name is checked as a value is. */
static void
test_invalid_name (void)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autoptr (GError) error = NULL;

  json_object_set_int_member (object, "\xff", 1);
  g_assert_null (cs_json_to_canonical (node, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static void
test_accessors (void)
{
  g_autoptr (JsonNode) node =
    cs_json_parse ("{\"s\":\"x\",\"i\":5,\"d\":1.5,\"b\":true,\"o\":{},\"a\":[]}", -1, NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (cs_json_get_string (object, "s"), ==, "x");
  g_assert_null (cs_json_get_string (object, "i"));
  g_assert_null (cs_json_get_string (NULL, "s"));
  g_assert_cmpint (cs_json_get_int (object, "i", -1), ==, 5);
  g_assert_cmpint (cs_json_get_int (object, "s", -1), ==, -1);
  g_assert_true (cs_json_get_boolean (object, "b"));
  g_assert_false (cs_json_get_boolean (object, "missing"));
  g_assert_nonnull (cs_json_get_object (object, "o"));
  g_assert_null (cs_json_get_object (object, "a"));
  g_assert_nonnull (cs_json_get_array (object, "a"));
  g_assert_null (cs_json_get_array (object, "o"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/numbers", test_numbers);
  g_test_add_func ("/base/json/no-number", test_no_number);
  g_test_add_func ("/base/json/numbers-random", test_numbers_random);
  g_test_add_func ("/base/json/literals", test_literals);
  g_test_add_func ("/base/json/sorting", test_sorting);
  g_test_add_func ("/base/json/values", test_values);
  g_test_add_func ("/base/json/refused", test_refused);
  g_test_add_func ("/base/json/place", test_place);
  g_test_add_func ("/base/json/depth", test_depth);
  g_test_add_func ("/base/json/integers", test_integers);
  g_test_add_func ("/base/json/invalid-name", test_invalid_name);
  g_test_add_func ("/base/json/form", test_form);
  g_test_add_func ("/base/json/form-random", test_form_random);
  g_test_add_func ("/base/json/accessors", test_accessors);
  return g_test_run ();
}
