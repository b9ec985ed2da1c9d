/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes to say who would have a feature, of very many companies, and for how long the
 * main loop, which draws the window, stands still meanwhile. */

#include "cs-cohort.h"
#include "cs-company-reader.h"
#include "cs-rollout.h"
#include "cs-workspace.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <time.h>

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

/** Pulse: the longest time between two turns of the main loop */
typedef struct
{
  gint64 last;
  gint64 longest;
  guint source;
} Pulse;

static gboolean
beat_cb (gpointer user_data)
{
  Pulse *pulse = user_data;
  gint64 now = g_get_monotonic_time ();

  pulse->longest = MAX (pulse->longest, now - pulse->last);
  pulse->last = now;
  return G_SOURCE_CONTINUE;
}

static void
pulse_start (Pulse *pulse)
{
  pulse->last = g_get_monotonic_time ();
  pulse->longest = 0;
  pulse->source = g_timeout_add (1, beat_cb, pulse);
}

static double
pulse_stop (Pulse *pulse)
{
  beat_cb (pulse);
  g_source_remove (pulse->source);
  return (double) pulse->longest / 1000;
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static CsWorkspace *
open_workspace (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsWorkspace *workspace;

  cs_workspace_open_async (directory, NULL, ready_cb, &result);
  workspace = cs_workspace_open_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  return workspace;
}

static void
import (CsWorkspace *workspace, CsCompanyList *list)
{
  CsStore *store = cs_workspace_get_store (workspace);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) imported = NULL;
  g_autoptr (CsCompanies) companies = NULL;
  gint64 began;
  Pulse pulse;

  cs_companies_load_async (store, NULL, ready_cb, &loaded);
  companies = cs_companies_load_finish (wait_for (&loaded), &error);
  g_assert_no_error (error);
  began = g_get_monotonic_time ();
  pulse_start (&pulse);
  cs_companies_import_async (companies, "bench", list, NULL, NULL, ready_cb, &imported);
  cs_companies_import_finish (companies, wait_for (&imported), &error);
  g_assert_no_error (error);
  printf ("import    %u companies: %.3f s, of which the main loop stood still %.1f ms at a time\n",
          cs_company_list_get_n (list), since (began), pulse_stop (&pulse));
}

static CsRollout *
add_flag (CsWorkspace *workspace, const char *path)
{
  g_autofree char *definition = g_strdup_printf (
    "{\"key\": \"phonetic-matching\", \"provider\": {\"kind\": \"dotenv\", \"target\": \"here\", "
    "\"path\": \"%s\", \"companies\": \"LIST\"}, \"stages\": [{\"title\": \"Half\", "
    "\"cohort\": \"50 %%\"}]}",
    path);
  g_autoptr (JsonNode) node = json_from_string (definition, NULL);
  CsStore *store = cs_workspace_get_store (workspace);
  g_autofree char *state = cs_workspace_dup_state_directory (workspace);
  g_autoptr (CsRolloutSite) site = cs_rollout_site_new (
    store, cs_workspace_get_people (workspace), cs_workspace_get_policies (workspace),
    cs_workspace_get_targets (workspace), cs_workspace_get_breakers (workspace),
    cs_workspace_get_keyring (workspace), state, cs_workspace_get_directory (workspace));
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  CsRollout *rollout;
  gint64 began;
  Pulse pulse;

  cs_flag_add_async (store, "bench", json_node_get_object (node), NULL, ready_cb, &added);
  cs_flag_add_finish (wait_for (&added), &error);
  g_assert_no_error (error);
  began = g_get_monotonic_time ();
  pulse_start (&pulse);
  cs_rollout_load_async (site, "phonetic-matching", NULL, ready_cb, &loaded);
  rollout = cs_rollout_load_finish (wait_for (&loaded), &error);
  g_assert_no_error (error);
  printf ("load      a flag with them: %.3f s, of which the main loop stood still %.1f ms at a "
          "time\n",
          since (began), pulse_stop (&pulse));
  return rollout;
}

/* A plan as people get it: the states, their digests, who changes. */
static void
plan_whole (CsRollout *rollout)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (CsRolloutPlan) made = NULL;
      gint64 began = g_get_monotonic_time ();
      clock_t worked = clock ();
      double taken;
      Pulse pulse;

      pulse_start (&pulse);
      cs_rollout_plan_stage_async (rollout, "Half", NULL, ready_cb, &result);
      made = cs_rollout_plan_stage_finish (rollout, wait_for (&result), &error);
      g_assert_no_error (error);
      taken = since (began);
      printf ("whole     plan of a stage, %u chosen: %.3f s (%.3f s of a processor), of which the "
              "main loop stood still %.1f ms at a time\n",
              cs_flag_state_get_n (made->to), taken, (double) (clock () - worked) / CLOCKS_PER_SEC,
              pulse_stop (&pulse));
    }
}

static void
measure_workspace (CsCompanyList *list)
{
  g_autofree char *directory = g_dir_make_tmp ("countersign-bench-XXXXXX", NULL);
  g_autofree char *data = g_build_filename (directory, "data", NULL);
  g_autofree char *settings = g_build_filename (directory, ".env", NULL);
  g_autofree char *tidy = g_strdup_printf ("rm -rf '%s'", directory);
  g_autoptr (CsWorkspace) workspace = open_workspace (data);
  g_autoptr (CsRollout) rollout = NULL;

  import (workspace, list);
  rollout = add_flag (workspace, settings);
  plan_whole (rollout);
  g_assert_true (g_spawn_command_line_sync (tidy, NULL, NULL, NULL, NULL));
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
  measure_workspace (list);
  return 0;
}
