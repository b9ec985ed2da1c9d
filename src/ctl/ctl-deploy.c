/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy start, list, log */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-incident-report.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-records.h"
#include "ctl-values.h"

#include <string.h>

static CsRunbook *
load_runbook (GFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_runbook_load_async (file, NULL, ctl_ready_cb, &result);
  return cs_runbook_load_finish (ctl_wait (&result), error);
}

/* Keeps it as a version of the document that the file is. */
static CsLibraryEntry *
keep_runbook (Ctl *ctl, CsRunbook *runbook, GFile *file, GError **error)
{
  CsLibrary *library = cs_workspace_get_library (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_library_add_file_async (library, cs_workspace_get_actor (ctl->workspace), runbook, file, NULL,
                             ctl_ready_cb, &result);
  return cs_library_add_finish (library, ctl_wait (&result), error);
}

static CsTarget *
find_target (Ctl *ctl, const char *name, GError **error)
{
  CsTarget *target = cs_targets_lookup (cs_workspace_get_targets (ctl->workspace), name);

  if (target == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "There is no target named “%s”; add it with “countersignctl target add”", name);
  return target;
}

static CsDeployment *
start (Ctl *ctl,
       const char *path,
       const char *environment,
       const char *target_name,
       const char *reason,
       GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (CsRunbook) runbook = load_runbook (file, error);
  g_autoptr (CsLibraryEntry) entry = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsTarget *target;

  if (runbook == NULL || !ctl_open (ctl, error))
    return NULL;
  target = find_target (ctl, target_name, error);
  if (target == NULL)
    return NULL;
  entry = keep_runbook (ctl, runbook, file, error);
  if (entry == NULL)
    return NULL;
  cs_workspace_start_async (ctl->workspace, runbook, cs_library_entry_get_name (entry), environment,
                            target, reason, NULL, ctl_ready_cb, &result);
  return cs_workspace_start_finish (ctl->workspace, ctl_wait (&result), error);
}

CtlStatus
ctl_deploy_start (Ctl *ctl, char **arguments)
{
  g_autofree char *environment = NULL;
  g_autofree char *target = NULL;
  g_autofree char *reason = NULL;
  g_auto (GStrv) settings = NULL;
  const GOptionEntry entries[] = {
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &environment, NULL, "E" },
    { "target", 0, 0, G_OPTION_ARG_FILENAME, &target, NULL, "T" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, NULL, "NAME=VALUE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsDeployment) deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (environment, "--environment", &error) &&
      ctl_require (target, "--target", &error) && ctl_require (reason, "--reason", &error) &&
      ctl_values_check (settings, &error))
    deployment = start (ctl, words[0], environment, target, reason, &error);
  if (deployment == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "%s\n", cs_deployment_get_id (deployment));
  if (!ctl_values_set (ctl, deployment, settings, &error))
    return ctl_fail (error); /* it is open, and its id is known */
  return CTL_DONE;
}

static JsonObject *
deployment_to_json (CsDeployment *deployment)
{
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_deployment_get_id (deployment));
  ctl_set_text (object, "title", cs_deployment_get_title (deployment));
  ctl_set_text (object, "status",
                cs_deployment_status_to_string (cs_deployment_get_status (deployment)));
  ctl_set_text (object, "environment", cs_deployment_get_environment (deployment));
  ctl_set_text (object, "target", cs_target_get_name (cs_deployment_get_target (deployment)));
  ctl_set_text (object, "operator", cs_deployment_get_operator (deployment));
  ctl_set_text (object, "reason", cs_deployment_get_reason (deployment));
  ctl_set_time (object, "opened_at", cs_deployment_get_opened_at (deployment));
  ctl_set_time (object, "closed_at", cs_deployment_get_closed_at (deployment));
  json_object_set_int_member (object, "steps", cs_deployment_get_n_steps (deployment));
  json_object_set_int_member (object, "steps_over", cs_deployment_get_n_over (deployment));
  return object;
}

static void
print_deployments_json (GListModel *deployments)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      json_array_add_object_element (array, deployment_to_json (deployment));
    }
  json_node_take_array (node, array);
  ctl_print_json (node);
}

CtlStatus
ctl_deploy_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  GListModel *deployments;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  deployments = cs_workspace_get_deployments (ctl->workspace);
  if (json)
    {
      print_deployments_json (deployments);
      return CTL_DONE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      g_autofree char *opened = ctl_format_time (cs_deployment_get_opened_at (deployment));
      g_autofree char *steps = g_strdup_printf ("%u/%u", cs_deployment_get_n_over (deployment),
                                                cs_deployment_get_n_steps (deployment));

      ctl_print (stdout, "%s  %s  %s  %s  %s  %s\n", cs_deployment_get_id (deployment), opened,
                 cs_deployment_status_to_string (cs_deployment_get_status (deployment)), steps,
                 cs_deployment_get_environment (deployment), cs_deployment_get_title (deployment));
    }
  return CTL_DONE;
}

static GPtrArray *
read_records (Ctl *ctl, CsDeployment *deployment, GError **error)
{
  return ctl_records_read (ctl, cs_deployment_get_stream (deployment), error);
}

CtlStatus
ctl_deploy_log (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE, csv = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;
  g_autoptr (GPtrArray) records = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    records = read_records (ctl, deployment, &error);
  if (records == NULL)
    return ctl_fail (error);
  if (json)
    ctl_records_print_json (records);
  else if (csv)
    ctl_records_print_csv (records);
  else
    ctl_records_print (records);
  return CTL_DONE;
}

CtlStatus
ctl_deploy_report (Ctl *ctl, char **arguments)
{
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &path, "FILE", "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) watched = NULL;
  g_autofree char *text = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    records = read_records (ctl, deployment, &error);
  if (records != NULL)
    watched = ctl_records_read_watch (ctl, deployment, &error);
  if (watched != NULL)
    text = cs_incident_report_write (deployment, records, watched, &error);
  if (text == NULL || (path != NULL && !g_file_set_contents_full (path, text, -1,
                                                                  G_FILE_SET_CONTENTS_CONSISTENT,
                                                                  0600, &error)))
    return ctl_fail (error);
  if (path == NULL)
    fputs (text, stdout);
  return CTL_DONE;
}
