/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes to say who would have a feature, of very many companies. */

#include "cs-cohort.h"
#include "cs-company-reader.h"

#include <stdio.h>

#define N_COMPANIES 1000000
#define N_SEARCHED 100000

static double
since (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
}

static GBytes *
make_csv (guint n)
{
  static const char *const names[] = { "Müller", "Schmidt", "Meyer", "Wagner", "Becker" };
  GString *text = g_string_new ("id,name,size,tags\n");

  for (guint i = 1; i <= n; i++)
    g_string_append_printf (text, "%u,Salon %s %u,%u,\n", i, names[i % G_N_ELEMENTS (names)], i,
                            i * 7919u % 1000);
  return g_string_free_to_bytes (text);
}

static GPtrArray *
plan (CsCompanyList *list, const char *text, GPtrArray *members)
{
  g_autoptr (CsCohort) cohort = cs_cohort_parse (text, NULL);
  g_autoptr (GError) error = NULL;
  gint64 began;
  GPtrArray *chosen;

  if (members != NULL)
    g_ptr_array_add (members, NULL);
  began = g_get_monotonic_time ();
  chosen = cs_cohort_select (cohort, "phonetic-matching", list, NULL,
                             members != NULL ? (const char *const *) members->pdata : NULL, &error);
  g_assert_no_error (error);
  printf ("plan      %-16s of %u companies: %7u chosen  %6.3f s\n", text,
          cs_company_list_get_n (list), chosen->len, since (began));
  return chosen;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GBytes) csv = make_csv (N_COMPANIES);
  g_autoptr (GBytes) small_csv = make_csv (N_SEARCHED);
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();
  g_autoptr (CsCompanyList) list = cs_company_reader_read (csv, CS_COMPANY_FILE, &error);
  g_autoptr (CsCompanyList) small = NULL;
  g_autoptr (GPtrArray) quarter = NULL;
  g_autoptr (GPtrArray) half = NULL;
  g_autoptr (GPtrArray) by_size = NULL;
  g_autoptr (GPtrArray) everyone = NULL;
  g_autoptr (GArray) found = NULL;

  g_assert_no_error (error);
  printf ("read      %u companies, %.1f MB: %.3f s\n", cs_company_list_get_n (list),
          (double) g_bytes_get_size (csv) / 1e6, since (began));
  quarter = plan (list, "25 %", NULL);
  half = plan (list, "50 %", quarter);
  by_size = plan (list, "50 % of size", NULL);
  everyone = plan (list, "everyone", half);

  small = cs_company_reader_read (small_csv, CS_COMPANY_FILE, NULL);
  began = g_get_monotonic_time ();
  found = cs_company_list_search (small, "mueller");
  printf ("search    by sound among %u companies: %u found  %.3f s\n",
          cs_company_list_get_n (small), found->len, since (began));
  return 0;
}
