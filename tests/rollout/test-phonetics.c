/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kölner Phonetik against published examples; similarity, its threshold and its limit. */

#include "cs-phonetics.h"

#include <string.h>

/* From https://de.wikipedia.org/wiki/Kölner_Phonetik and the tests of Apache Commons Codec. */
static const struct
{
  const char *name;
  const char *code;
} examples[] = {
  { "Wikipedia", "3412" },
  { "Müller-Lüdenscheidt", "65752682" },
  { "Breschnew", "17863" },
  { "Aabjoe", "01" },
  { "Aaclan", "0856" },
  { "Aychlmajr", "04567" },
  { "mÜller", "657" },
  { "schmidt", "862" },
  { "schneider", "8627" },
  { "fischer", "387" },
  { "weber", "317" },
  { "wagner", "3467" },
  { "becker", "147" },
  { "hoffmann", "0366" },
  { "schÄfer", "837" },
  { "peter", "127" },
  { "pharma", "376" },
  { "mönchengladbach", "664645214" },
  { "deutsch", "28" },
  { "deutz", "28" },
  { "hamburg", "06174" },
  { "hannover", "0637" },
  { "christstollen", "478256" },
  { "Xanthippe", "48621" },
  { "Zacharias", "8478" },
  { "Holzbau", "0581" },
  { "matsch", "68" },
  { "matz", "68" },
  { "Arbeitsamt", "071862" },
  { "Eberhard", "01772" },
  { "Eberhardt", "01772" },
  { "heithabu", "021" },
  { "bergisch-gladbach", "174845214" },
  { "a", "0" },
  { "ü", "0" },
  { "aa", "0" },
  { "ha", "0" },
  { "h", "" },
  { "aha", "0" },
  { "ph", "3" },
  { "x", "48" },
  { "ax", "048" },
  { "cx", "48" },
  { "cl", "45" },
  { "acl", "085" },
  { "mn", "6" },
  { "Meier", "67" },
  { "Maier", "67" },
  { "Mair", "67" },
  { "Meyr", "67" },
  { "Mejer", "67" },
  { "Major", "67" },
  { "mella", "65" },
  { "muehle", "65" },
  { "moulla", "65" },
  { "", "" },
  { "42!", "" },
};

static void
test_examples (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *code = cs_phonetics_dup_code (examples[i].name);

      g_test_message ("%s", examples[i].name);
      g_assert_cmpstr (code, ==, examples[i].code);
    }
}

static void
test_similarity (void)
{
  static const char *const same[][2] = {
    { "Müller", "Mueller" },     { "Müller", "Miller" },
    { "Mueller", "Salon Müller" }, { "Meier", "Mayr" },
    { "Schmitt", "Friseur Schmidt" }, { "Haus", "House" },
    { "Fischer", "Vischer" },    { "friseur", "Friseur Schmidt" },
    { "Straße", "Strasse" },     { "Łukasz", "Lukas" },
  };
  static const char *const others[][2] = {
    { "Müller", "Meyer" },   { "Müller", "Friseur Schmidt" },
    { "Weber", "Wagner" },   { "Schmidt", "Schulz" },
    { "Müller", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_test_message ("%s / %s: %.3f", same[i][0], same[i][1],
                      cs_phonetics_compare (same[i][0], same[i][1]));
      g_assert_cmpfloat (cs_phonetics_compare (same[i][0], same[i][1]), >=,
                         CS_PHONETICS_THRESHOLD);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_test_message ("%s / %s: %.3f", others[i][0], others[i][1],
                      cs_phonetics_compare (others[i][0], others[i][1]));
      g_assert_cmpfloat (cs_phonetics_compare (others[i][0], others[i][1]), <,
                         CS_PHONETICS_THRESHOLD);
    }
  g_assert_cmpfloat (CS_PHONETICS_THRESHOLD, ==, 0.65);
}

/* What stands behind the hundredth character changes nothing, and takes no time. */
static void
test_limit (void)
{
  g_autofree char *filler = g_strnfill (95, '-');
  g_autofree char *cut = g_strconcat (filler, "Beter", NULL);
  g_autofree char *longer = g_strconcat (filler, "Beter", "Wagner", NULL);
  g_autofree char *wide = g_strnfill (8 * 1024 * 1024, 'x');
  g_autofree char *one = cs_phonetics_dup_code (cut);
  g_autofree char *other = cs_phonetics_dup_code (longer);
  g_autofree char *umlauts = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (CS_PHONETICS_LIMIT, ==, 100);
  g_assert_cmpstr (one, ==, "127");
  g_assert_cmpstr (one, ==, other);

  /* Characters, not bytes. */
  for (guint i = 0; i < 99; i++)
    g_string_append (text, "ü");
  g_string_append (text, "rrrl");
  code = cs_phonetics_dup_code (text->str);
  g_assert_cmpstr (code, ==, "07");

  umlauts = cs_phonetics_dup_code (wide);
  g_assert_cmpuint (strlen (umlauts), <=, 200);
  g_assert_cmpfloat (cs_phonetics_compare (wide, wide), >=, CS_PHONETICS_THRESHOLD);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/phonetics/examples", test_examples);
  g_test_add_func ("/rollout/phonetics/similarity", test_similarity);
  g_test_add_func ("/rollout/phonetics/limit", test_limit);
  return g_test_run ();
}
