/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Versions of the list of companies, in a real journal. */

#include "cs-companies.h"
#include "cs-company-reader.h"
#include "cs-error.h"
#include "cs-sqlite-store.h"
#include "trust-fixture.h"

#include <string.h>

static CsStore *
open_store (TrustFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *directory = trust_fixture_path (fixture, "data");
  g_autoptr (GError) error = NULL;
  CsSqliteStore *store;

  cs_sqlite_store_open_async (directory, NULL, trust_store_result, &result);
  store = cs_sqlite_store_open_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
  return CS_STORE (store);
}

static CsCompanies *
load (CsStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsCompanies *companies;

  cs_companies_load_async (store, NULL, trust_store_result, &result);
  companies = cs_companies_load_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
  return companies;
}

static CsCompanyList *
make_list (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  CsCompanyList *list = cs_company_reader_read (bytes, CS_COMPANY_FILE, &error);

  g_assert_no_error (error);
  return list;
}

static CsCompanyVersion *
import (CsCompanies *companies, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsCompanyList) list = make_list (text);

  cs_companies_import_async (companies, "olga", list, "a test", NULL, trust_store_result, &result);
  return cs_companies_import_finish (companies, trust_wait (&result), error);
}

static CsCompanyList *
read_version (CsCompanies *companies, CsCompanyVersion *version)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsCompanyList *list;

  cs_companies_read_async (companies, version, NULL, trust_store_result, &result);
  list = cs_companies_read_finish (companies, trust_wait (&result), &error);
  g_assert_no_error (error);
  return list;
}

static void
test_versions (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsCompanies) companies = load (store);
  g_autoptr (CsCompanies) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsCompanyList) nobody = read_version (companies, NULL);
  g_autoptr (CsCompanyList) first = NULL;
  g_autoptr (CsCompanyList) newest = NULL;
  CsCompanyVersion *version;

  g_assert_cmpuint (cs_company_list_get_n (nobody), ==, 0);
  g_assert_null (cs_companies_get_newest (companies));

  version = import (companies, "id,name,size\n15,A,1\n42,B,2\n103,C,3\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cs_company_version_get_count (version), ==, 3);
  g_assert_cmpuint (cs_company_version_get_n_added (version), ==, 3);
  g_assert_cmpstr (cs_company_version_get_by (version), ==, "olga");
  g_assert_cmpstr (cs_company_version_get_source (version), ==, "a test");

  version = import (companies, "size,name,id\n5,A,15\n3,C,103\n0,D,7\n9,E,8\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cs_company_version_get_n_added (version), ==, 2);
  g_assert_cmpuint (cs_company_version_get_n_removed (version), ==, 1);
  g_assert_cmpuint (cs_company_version_get_n_changed (version), ==, 1);

  /* The same again is no version. */
  g_assert_true (import (companies, "id;name;size\n8;E;9\n7;D;0\n103;C;3\n15;A;5\n", &error) ==
                 version);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (companies)), ==, 2);

  again = load (store);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  newest = read_version (again, NULL);
  g_assert_cmpuint (cs_company_list_get_n (newest), ==, 4);
  version = g_list_model_get_item (G_LIST_MODEL (again), 0);
  first = read_version (again, version);
  g_assert_cmpstr (cs_company_list_lookup (first, "42")->name, ==, "B");
  g_object_unref (version);
  cs_sqlite_store_close (CS_SQLITE_STORE (store));
}

/* Two import at once: one wins, the other one is told. */
static void
test_conflict (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsCompanies) companies = load (store);
  g_autoptr (CsCompanyList) one = make_list ("id\n1\n");
  g_autoptr (CsCompanyList) other = make_list ("id\n2\n");
  g_autoptr (CsCompanyList) empty = cs_company_list_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (GError) error = NULL;

  cs_companies_import_async (companies, "olga", one, NULL, NULL, trust_store_result, &first);
  cs_companies_import_async (companies, "paul", other, NULL, NULL, trust_store_result, &second);
  {
    g_autoptr (GError) other_error = NULL;
    gboolean first_won =
      cs_companies_import_finish (companies, trust_wait (&first), &error) != NULL;
    gboolean second_won =
      cs_companies_import_finish (companies, trust_wait (&second), &other_error) != NULL;

    g_assert_true (first_won != second_won);
    if (first_won)
      g_propagate_error (&error, g_steal_pointer (&other_error));
    g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
    g_clear_error (&error);
  }

  cs_companies_import_async (companies, "olga", empty, NULL, NULL, trust_store_result, &third);
  g_assert_null (cs_companies_import_finish (companies, trust_wait (&third), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  cs_sqlite_store_close (CS_SQLITE_STORE (store));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/rollout/companies/versions", TrustFixture, NULL, trust_fixture_set_up,
              test_versions, trust_fixture_tear_down);
  g_test_add ("/rollout/companies/conflict", TrustFixture, NULL, trust_fixture_set_up,
              test_conflict, trust_fixture_tear_down);
  return g_test_run ();
}
