/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cohorts: of exactly the size that was said, growing without taking anything away, and back. */

#include "cs-cohort.h"
#include "cs-error.h"
#include "cs-murmur.h"

#include <stdlib.h>
#include <string.h>

static CsCompanyList *
make_companies (guint n)
{
  CsCompanyList *list = cs_company_list_new ();

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      g_assert_true (cs_company_list_add (list, id, NULL, (i * 7919u) % 100, NULL, NULL));
    }
  cs_company_list_sort (list);
  return list;
}

static GPtrArray *
choose (CsCompanyList *list, const char *text, const CsPins *pins, const char *const *members)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsCohort) cohort = cs_cohort_parse (text, &error);
  GPtrArray *chosen;

  g_assert_no_error (error);
  chosen = cs_cohort_select (cohort, "phonetic-matching", list, pins, members, &error);
  g_assert_no_error (error);
  return chosen;
}

static char *
join (GPtrArray *ids)
{
  g_ptr_array_add (ids, NULL);
  g_ptr_array_set_size (ids, (int) ids->len - 1);
  return ids->len > 0 ? g_strjoinv (",", (char **) ids->pdata) : g_strdup ("");
}

static const char *const *
members_of (GPtrArray *ids)
{
  g_ptr_array_add (ids, NULL);
  return (const char *const *) ids->pdata;
}

/* For every number of companies and every percentage: exactly ⌈p·N⌉, and who was in stays in. */
static void
test_exact (void)
{
  for (guint n = 1; n <= 2000; n++)
    {
      g_autoptr (CsCompanyList) list = make_companies (n);
      g_autoptr (GPtrArray) before = g_ptr_array_new ();

      for (guint percent = 0; percent <= 100; percent++)
        {
          guint wanted = percent * n / 100 + (percent * n % 100 != 0);
          CsCohort cohort = { CS_COHORT_SHARE, percent * 1000, FALSE, NULL };
          g_autoptr (GPtrArray) now = NULL;

          g_assert_cmpuint (cs_cohort_count (cohort.parts, n), ==, wanted);
          /* Selecting is the expensive part: all percentages for small numbers, then samples. */
          if (n > 200 && percent % 10 != n % 10)
            continue;
          now = cs_cohort_select (&cohort, "flag", list, NULL, members_of (before), NULL);
          g_assert_cmpuint (now->len, ==, wanted);
          for (guint i = 0; i + 1 < before->len; i++)
            g_assert_true (now->pdata[i] == before->pdata[i]);
          g_clear_pointer (&before, g_ptr_array_unref);
          before = g_steal_pointer (&now);
        }
    }
}

/* Back from each percentage to each smaller one: the very companies that had it then. */
static void
test_back (void)
{
  static const guint numbers[] = { 1, 2, 3, 7, 10, 40, 99, 100, 101, 1000 };

  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    {
      g_autoptr (CsCompanyList) list = make_companies (numbers[k]);

      for (guint high = 0; high <= 100; high += 5)
        for (guint low = 0; low <= high; low += 5)
          {
            g_autofree char *high_text = g_strdup_printf ("%u%%", high);
            g_autofree char *low_text = g_strdup_printf ("%u %%", low);
            g_autoptr (GPtrArray) small = choose (list, low_text, NULL, NULL);
            g_autoptr (GPtrArray) large = choose (list, high_text, NULL, members_of (small));
            g_autoptr (GPtrArray) back = choose (list, low_text, NULL, members_of (large));
            g_autofree char *back_text = join (back);
            g_autofree char *small_text = NULL;

            g_ptr_array_set_size (small, (int) small->len - 1);
            small_text = join (small);
            g_assert_cmpstr (back_text, ==, small_text);
          }
    }
}

/* The order is that of the hash, as anyone can compute it. */
static void
test_rank (void)
{
  g_autoptr (CsCompanyList) list = make_companies (500);
  g_autoptr (GPtrArray) all = choose (list, "everyone", NULL, NULL);

  g_assert_cmpuint (all->len, ==, 500);
  for (guint i = 0; i + 1 < all->len; i++)
    {
      g_autofree char *one = g_strconcat ("phonetic-matching", all->pdata[i], NULL);
      g_autofree char *next = g_strconcat ("phonetic-matching", all->pdata[i + 1], NULL);

      g_assert_cmphex (cs_murmur_hash (one, strlen (one), 0), <=,
                       cs_murmur_hash (next, strlen (next), 0));
    }
}

/* The same on every machine: computed once, by another program in another language. */
static void
test_determinism (void)
{
  g_autoptr (CsCompanyList) list = make_companies (40);
  g_autoptr (GPtrArray) quarter = choose (list, "25 %", NULL, NULL);
  g_autofree char *text = join (quarter);

  g_assert_cmpstr (text, ==, "38,8,33,3,35,30,24,15,14,36");
}

static guint64
size_of (CsCompanyList *list, GPtrArray *ids, guint n)
{
  guint64 size = 0;

  for (guint i = 0; i < n; i++)
    size += (guint64) cs_company_list_lookup (list, ids->pdata[i])->size;
  return size;
}

/* By size: at least the share, and without the last one less than it. */
static void
test_by_size (void)
{
  static const guint numbers[] = { 1, 2, 5, 40, 333, 2000 };

  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    for (guint percent = 0; percent <= 100; percent++)
      {
        g_autoptr (CsCompanyList) list = make_companies (numbers[k]);
        CsCohort cohort = { CS_COHORT_SHARE, percent * 1000, TRUE, NULL };
        g_autoptr (GPtrArray) chosen =
          cs_cohort_select (&cohort, "flag", list, NULL, NULL, NULL);
        guint64 whole = (guint64) cs_company_list_get_size (list);

        g_assert_cmpuint (size_of (list, chosen, chosen->len) * 100, >=, whole * percent);
        if (chosen->len > 0)
          g_assert_cmpuint (size_of (list, chosen, chosen->len - 1) * 100, <, whole * percent);
      }
}

static void
test_pins (void)
{
  g_autoptr (CsCompanyList) list = make_companies (40);
  g_autoptr (GPtrArray) plain = choose (list, "25 %", NULL, NULL);
  const char *in[] = { "40", "39", NULL };
  const char *out[] = { plain->pdata[0], plain->pdata[1], NULL };
  CsPins pins = { in, out };
  g_autoptr (GPtrArray) chosen = choose (list, "25 %", &pins, NULL);
  g_autoptr (GPtrArray) everyone = choose (list, "everyone", &pins, NULL);
  g_autoptr (GPtrArray) named = choose (list, "3,5,3", &pins, NULL);
  g_autoptr (GPtrArray) nobody = choose (list, "nobody", &pins, NULL);
  g_autofree char *named_text = join (named);

  g_assert_cmpuint (chosen->len, ==, 10);
  g_assert_cmpstr (chosen->pdata[0], ==, "40");
  g_assert_cmpstr (chosen->pdata[1], ==, "39");
  for (guint i = 0; i < chosen->len; i++)
    g_assert_false (g_strv_contains (out, chosen->pdata[i]));
  g_assert_cmpuint (everyone->len, ==, 38);
  g_assert_cmpstr (named_text, ==, "40,39,3,5");
  g_assert_cmpuint (nobody->len, ==, 0);

  /* Someone who is pinned out loses it, also as a member. */
  g_clear_pointer (&chosen, g_ptr_array_unref);
  chosen = choose (list, "25 %", &pins, members_of (plain));
  g_assert_cmpuint (chosen->len, ==, 10);
  g_assert_false (g_ptr_array_find (chosen, out[0], NULL));
}

/* A new company has its rank: it takes nobody's place, and joins when its turn comes. */
static void
test_new_company (void)
{
  g_autoptr (CsCompanyList) before = make_companies (40);
  g_autoptr (CsCompanyList) after = make_companies (44);
  g_autoptr (GPtrArray) quarter = choose (before, "25 %", NULL, NULL);
  g_autoptr (GPtrArray) same = choose (after, "25 %", NULL, members_of (quarter));
  g_autoptr (GPtrArray) fresh = choose (after, "50 %", NULL, NULL);
  g_autoptr (GPtrArray) half = choose (after, "50 %", NULL, members_of (quarter));

  g_assert_cmpuint (same->len, ==, 11);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpstr (same->pdata[i], ==, quarter->pdata[i]);
  g_assert_cmpuint (half->len, ==, 22);
  for (guint i = 0; i < fresh->len; i++)
    g_assert_true (g_ptr_array_find_with_equal_func (half, fresh->pdata[i], g_str_equal, NULL) ||
                   i >= 18);
}

/* From names to a share: who has it keeps it. */
static void
test_from_names (void)
{
  g_autoptr (CsCompanyList) list = make_companies (103);
  g_autoptr (GPtrArray) one = choose (list, "15", NULL, NULL);
  g_autoptr (GPtrArray) three = choose (list, "15,42,103", NULL, members_of (one));
  g_autofree char *three_text = join (three);
  g_autoptr (GPtrArray) share = choose (list, "20%", NULL, members_of (three));
  g_autofree char *share_text = join (share);
  g_autoptr (GPtrArray) everyone = choose (list, "everyone", NULL, members_of (share));

  g_assert_cmpstr (three_text, ==, "15,42,103");
  g_assert_cmpuint (share->len - 1, ==, 21);
  g_assert_true (g_str_has_prefix (share_text, "15,42,103,"));
  g_assert_cmpuint (everyone->len, ==, 103);
}

static void
test_text (void)
{
  static const char *const good[][2] = {
    { "nobody", "nobody" },     { " Everyone ", "everyone" },
    { "15, 42,103", "15,42,103" }, { "15,15", "15" },
    { "25%", "25 %" },          { "12.5 %", "12.5 %" },
    { "0.001%", "0.001 %" },    { "33.330 % of size", "33.33 % of size" },
    { "100 %", "100 %" },       { "0 %", "0 %" },
  };
  static const char *const bad[] = {
    "", "15,,42", "a b", "101 %", "100.001 %", "-5 %", "1.2345 %", "1. %", "% ", "25 % of sizes",
    "25 % 30 %", "1e2 %", "20-30 %", "+5%",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsCohort) cohort = cs_cohort_parse (good[i][0], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = cs_cohort_to_string (cohort);
      g_assert_cmpstr (text, ==, good[i][1]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (cs_cohort_parse (bad[i], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_errors (void)
{
  g_autoptr (CsCompanyList) list = make_companies (3);
  g_autoptr (CsCohort) named = cs_cohort_parse ("1,9", NULL);
  g_autoptr (CsCohort) share = cs_cohort_parse ("50 %", NULL);
  const char *in[] = { "7", NULL };
  const char *both[] = { "2", NULL };
  CsPins missing = { in, NULL };
  CsPins contradiction = { both, both };
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_cohort_select (named, "f", list, NULL, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (cs_cohort_select (share, "f", list, &missing, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (cs_cohort_select (share, "f", list, &contradiction, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/cohort/exact", test_exact);
  g_test_add_func ("/rollout/cohort/back", test_back);
  g_test_add_func ("/rollout/cohort/rank", test_rank);
  g_test_add_func ("/rollout/cohort/determinism", test_determinism);
  g_test_add_func ("/rollout/cohort/by-size", test_by_size);
  g_test_add_func ("/rollout/cohort/pins", test_pins);
  g_test_add_func ("/rollout/cohort/new-company", test_new_company);
  g_test_add_func ("/rollout/cohort/from-names", test_from_names);
  g_test_add_func ("/rollout/cohort/text", test_text);
  g_test_add_func ("/rollout/cohort/errors", test_errors);
  return g_test_run ();
}
