/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of companies as people and programs write them, and what is wrong with others. */

#include "cs-company-reader.h"
#include "cs-error.h"

#include <string.h>

static CsCompanyList *
read_text (const char *text, CsCompanySource source, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return cs_company_reader_read (bytes, source, error);
}

static CsCompanyList *
expect (const char *text, CsCompanySource source, guint n)
{
  g_autoptr (GError) error = NULL;
  CsCompanyList *list = read_text (text, source, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (cs_company_list_get_n (list), ==, n);
  return list;
}

static void
expect_company (
  CsCompanyList *list,
  const char *id,
  const char *name,
  gint64 size,
  const char *tags)
{
  const CsCompany *company = cs_company_list_lookup (list, id);

  g_assert_nonnull (company);
  g_assert_cmpstr (company->name, ==, name);
  g_assert_cmpint (company->size, ==, size);
  g_assert_cmpstr (company->tags, ==, tags);
}

static void
test_csv (void)
{
  g_autoptr (CsCompanyList) list = NULL;
  g_autoptr (CsCompanyList) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  list = expect ("\xef\xbb\xbfname,size,id,tags\r\n"
                 "Salon Müller,128,15,\"pilot, gold\"\r\n"
                 "\"Schmidt, \"\"Friseur\"\"\",90,103,\r\n"
                 "\r\n"
                 "Zett,,9,pilot",
                 CS_COMPANY_FILE, 3);
  expect_company (list, "15", "Salon Müller", 128, "pilot,gold");
  expect_company (list, "103", "Schmidt, \"Friseur\"", 90, "");
  expect_company (list, "9", "Zett", 0, "pilot");
  g_assert_cmpstr (cs_company_list_get (list, 0)->id, ==, "9");
  g_assert_cmpstr (cs_company_list_get (list, 2)->id, ==, "103");
  g_assert_cmpint (cs_company_list_get_size (list), ==, 218);

  /* What is kept is read again, and is the same. */
  bytes = cs_company_list_to_bytes (list);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "id,name,size,tags\n9,Zett,0,pilot\n15,Salon Müller,128,\"pilot,gold\"\n"
                   "103,\"Schmidt, \"\"Friseur\"\"\",90,\n");
  again = expect (text, CS_COMPANY_FILE, 3);
  expect_company (again, "103", "Schmidt, \"Friseur\"", 90, "");
}

static void
test_dialects (void)
{
  g_autoptr (CsCompanyList) semicolons =
    expect ("id;name;size\n15;Müller, Salon;128\n", CS_COMPANY_FILE, 1);
  g_autoptr (CsCompanyList) tabs =
    expect ("name\tid\n\"A;B\"\tx-1\n", CS_COMPANY_FILE, 1);
  g_autoptr (CsCompanyList) ids = expect ("id\n15\n42\n103\n", CS_COMPANY_FILE, 3);
  g_autoptr (CsCompanyList) json =
    expect ("[{\"id\": 15, \"name\": \"Salon\", \"size\": 128, \"tags\": [\"a\", \"b\"]},"
            " {\"id\": \"x\", \"tags\": \"c;d\"}]",
            CS_COMPANY_FILE, 2);

  expect_company (semicolons, "15", "Müller, Salon", 128, "");
  expect_company (ids, "42", "42", 0, "");
  expect_company (json, "15", "Salon", 128, "a,b");
  expect_company (json, "x", "x", 0, "c,d");
  g_assert_nonnull (cs_company_list_lookup (tabs, "x-1"));
}

/* As psql 15 and mysql 8 print it. */
static void
test_tables (void)
{
  g_autoptr (CsCompanyList) psql = expect (" id  |     name     | customer_count \n"
                                           "-----+--------------+----------------\n"
                                           "  15 | Salon Müller |            128\n"
                                           " 103 |              |               \n"
                                           "(2 rows)\n\n",
                                           CS_COMPANY_COMMAND, 2);
  g_autoptr (CsCompanyList) drawn = expect ("+----+--------------+----------------+\n"
                                            "| id | name         | customer_count |\n"
                                            "+----+--------------+----------------+\n"
                                            "| 15 | Salon Müller |            128 |\n"
                                            "| 42 | NULL         |              9 |\n"
                                            "+----+--------------+----------------+\n",
                                            CS_COMPANY_COMMAND, 2);
  g_autoptr (CsCompanyList) batch =
    expect ("mysql: [Warning] Using a password on the command line interface can be insecure.\n"
            "id\tname\tcustomer_count\n15\tThe \"Salon\" \\\\ Müller\t128\n42\tNULL\tNULL\n",
            CS_COMPANY_COMMAND, 2);
  g_autoptr (CsCompanyList) csv = expect ("id,name\n15,\"A, B\"\n", CS_COMPANY_COMMAND, 1);

  expect_company (psql, "15", "Salon Müller", 128, "");
  expect_company (psql, "103", "103", 0, "");
  expect_company (drawn, "42", "42", 9, "");
  expect_company (batch, "15", "The \"Salon\" \\ Müller", 128, "");
  expect_company (batch, "42", "42", 0, "");
  expect_company (csv, "15", "A, B", 0, "");
}

static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "", "There is nothing" },
    { "\n\n", "There is nothing" },
    { "name,size\nA,1\n", "Line 1: the header names no column “id”" },
    { "id,nane\n1,A\n", "Line 1: “nane” is no column of companies" },
    { "id,name,id\n", "Line 1: the column “id” is there twice" },
    { "id,name\n1,A\n2\n", "Line 3 has 1 fields, and the header has 2" },
    { "id,name\n1,A\n2,B,C\n", "Line 3 has 3 fields, and the header has 2" },
    { "id,name\n1,\"A\nB\n", "Line 2: a quote is opened here and never closed" },
    { "id,name\n1,\"A\"B\n", "Line 2: something stands between a closing quote" },
    { "id,name\n1,A\"B\"\n", "Line 2: a quote stands in a field" },
    { "id,name\n1,\"A\nB\"\n2\n", "Line 2: The name of company 1 holds a line break" },
    { "id\n1\n2\n1\n", "Line 4: Company 1 is there twice" },
    { "id,name\n,A\n", "Line 2: A company has no id" },
    { "id,name\n1 5,A\n", "Line 2: “1 5” is no id of a company" },
    { "id,size\n1,-3\n", "Line 2: “-3” is no size" },
    { "id,size\n1,1.000\n", "Line 2: “1.000” is no size" },
    { "id,size\n1,9999999999999999999\n", "Line 2: “9999999999999999999” is no size" },
    { "id,name\n1,A\n2,\xe4\n", "Line 3 is not UTF-8 text" },
    { "[{\"id\": 1}, {\"name\": \"A\"}]", "Company 2 of the array: A company has no id" },
    { "[{\"id\": 1.5}]", "Company 1 of the array: “id” is to be a string or a whole number" },
    { "[{\"id\": 1, \"nmae\": \"A\"}]", "Company 1 of the array: “nmae” is no member" },
    { "[{\"id\": 1}, 2]", "Company 2 of the array: it is no object" },
    { "[{\"id\": 1}", "" },
    { "{\"id\": 1}", "Line 1: a quote stands in a field" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsCompanyList) list = read_text (cases[i].text, CS_COMPANY_FILE, &error);

      g_test_message ("%s → %s", cases[i].text, error != NULL ? error->message : "read");
      g_assert_null (list);
      g_assert_true (error->domain == CS_ERROR);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_nul (void)
{
  static const char text[] = "id\n1\n\0002\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_company_reader_read (bytes, CS_COMPANY_FILE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "Line 3"));
}

/* Cut at each byte, a list is read or refused, and neither crashes. */
static void
test_cut (void)
{
  static const char *const texts[] = {
    "id,name,size,tags\r\n15,\"Salon \"\"M\"\"\",128,\"a,b\"\r\n42,X,1,\r\n",
    " id | name \n----+------\n 15 | A\n(1 row)\n",
    "+----+\n| id |\n+----+\n| 15 |\n+----+\n",
    "id\tname\n15\tA\\tB\\\\\n",
    "[{\"id\": 15, \"tags\": [\"a\"]}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize n = 0; n <= strlen (texts[i]); n++)
      for (guint source = CS_COMPANY_FILE; source <= CS_COMPANY_COMMAND; source++)
        {
          g_autofree char *cut = g_strndup (texts[i], n);
          g_autoptr (GError) error = NULL;
          g_autoptr (CsCompanyList) list = read_text (cut, source, &error);

          g_assert_true ((list != NULL) == (error == NULL));
        }
}

static void
test_search (void)
{
  g_autoptr (CsCompanyList) list =
    expect ("id,name,tags\n15,Salon Müller,pilot\n42,Friseur Schmidt,\n103,Miller & Söhne,\n"
            "657,Zahnarzt Wagner,Pilot\n",
            CS_COMPANY_FILE, 4);
  g_autoptr (GArray) by_sound = cs_company_list_search (list, "mueller");
  g_autoptr (GArray) by_id = cs_company_list_search (list, "42");
  g_autoptr (GArray) by_tag = cs_company_list_search (list, "pilot");
  g_autoptr (GArray) nothing = cs_company_list_search (list, "Bäckerei");

  g_assert_cmpuint (by_sound->len, ==, 2);
  g_assert_cmpstr (cs_company_list_get (list, g_array_index (by_sound, guint, 0))->id, ==, "15");
  g_assert_cmpstr (cs_company_list_get (list, g_array_index (by_sound, guint, 1))->id, ==, "103");
  g_assert_cmpuint (by_id->len, ==, 1);
  g_assert_cmpuint (by_tag->len, ==, 2);
  g_assert_cmpuint (nothing->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/company-reader/csv", test_csv);
  g_test_add_func ("/rollout/company-reader/dialects", test_dialects);
  g_test_add_func ("/rollout/company-reader/tables", test_tables);
  g_test_add_func ("/rollout/company-reader/errors", test_errors);
  g_test_add_func ("/rollout/company-reader/nul", test_nul);
  g_test_add_func ("/rollout/company-reader/cut", test_cut);
  g_test_add_func ("/rollout/company-list/search", test_search);
  return g_test_run ();
}
