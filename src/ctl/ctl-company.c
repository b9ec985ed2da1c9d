/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl company import, list */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-company-fetch.h"
#include "cs-company-reader.h"
#include "cs-error.h"
#include "cs-target-shell.h"
#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

CsCompanies *
ctl_load_companies (Ctl *ctl, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!ctl_open (ctl, error))
    return NULL;
  cs_companies_load_async (cs_workspace_get_store (ctl->workspace), NULL, ctl_ready_cb, &result);
  return cs_companies_load_finish (ctl_wait (&result), error);
}

/* The newest version. */
CsCompanyList *
ctl_read_companies (Ctl *ctl, GError **error)
{
  g_autoptr (CsCompanies) companies = ctl_load_companies (ctl, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (companies == NULL)
    return NULL;
  cs_companies_read_async (companies, NULL, NULL, ctl_ready_cb, &result);
  return cs_companies_read_finish (companies, ctl_wait (&result), error);
}

static CsCompanyList *
read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, NULL, NULL, &local_error);

  if (bytes != NULL)
    return cs_company_reader_read (bytes, CS_COMPANY_FILE, error);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "%s", local_error->message);
  return NULL;
}

/* What a command on a target prints. */
static CsCompanyList *
read_command (Ctl *ctl, const char *target, const char *command, GError **error)
{
  g_autofree char *state = NULL;
  g_autoptr (CsTargetShell) shell = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  const char *const none[] = { NULL };
  g_autofree char *output = NULL;
  g_autoptr (GBytes) bytes = NULL;
  int status = 0;

  if (!ctl_open (ctl, error))
    return NULL;
  state = cs_workspace_dup_state_directory (ctl->workspace);
  shell = cs_target_shell_new (cs_workspace_get_targets (ctl->workspace),
                               cs_workspace_get_breakers (ctl->workspace), state, target);
  cs_target_shell_run_async (shell, command, none, NULL, NULL, ctl_ready_cb, &result);
  output = cs_target_shell_run_finish (shell, ctl_wait (&result), &status, error);
  cs_target_shell_close_async (shell, ctl_ready_cb, &closed);
  cs_target_shell_close_finish (shell, ctl_wait (&closed), NULL);
  if (output == NULL)
    return NULL;
  if (status != 0)
    {
      g_autofree char *told = g_utf8_make_valid (output, (gssize) MIN (strlen (output), 300));

      g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "The command on %s ended with status %d: %s",
                   target, status, g_strstrip (told));
      return NULL;
    }
  bytes = g_bytes_new (output, strlen (output));
  return cs_company_reader_read (bytes, CS_COMPANY_COMMAND, error);
}

static CsCompanyList *
read_url (Ctl *ctl, const char *url, const char *secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!ctl_open (ctl, error))
    return NULL;
  cs_company_fetch_async (cs_workspace_get_keyring (ctl->workspace), url, secret, NULL,
                          ctl_ready_cb, &result);
  return cs_company_fetch_finish (ctl_wait (&result), error);
}

static CtlStatus
import (Ctl *ctl, CsCompanyList *list, const char *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsCompanies) companies = ctl_load_companies (ctl, &error);
  g_autoptr (GAsyncResult) result = NULL;
  CsCompanyVersion *before = companies != NULL ? cs_companies_get_newest (companies) : NULL;
  CsCompanyVersion *version;

  if (companies == NULL)
    return ctl_fail (error);
  cs_companies_import_async (companies, cs_workspace_get_actor (ctl->workspace), list, source, NULL,
                             ctl_ready_cb, &result);
  version = cs_companies_import_finish (companies, ctl_wait (&result), &error);
  if (version == NULL)
    return ctl_fail (error);
  if (version == before)
    fprintf (stdout, "%u companies, as before\n", cs_company_version_get_count (version));
  else
    fprintf (stdout, "%u companies: %u new, %u gone, %u changed\n",
             cs_company_version_get_count (version), cs_company_version_get_n_added (version),
             cs_company_version_get_n_removed (version),
             cs_company_version_get_n_changed (version));
  return CTL_DONE;
}

CtlStatus
ctl_company_import (Ctl *ctl, char **arguments)
{
  g_autofree char *target = NULL;
  g_autofree char *command = NULL;
  g_autofree char *url = NULL;
  g_autofree char *secret = NULL;
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_FILENAME, &url, NULL, "URL" },
    { "secret", 0, 0, G_OPTION_ARG_FILENAME, &secret, NULL, "NAME" },
    { "target", 0, 0, G_OPTION_ARG_FILENAME, &target, NULL, "NAME" },
    { "command", 0, 0, G_OPTION_ARG_FILENAME, &command, NULL, "COMMAND" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsCompanyList) list = NULL;
  g_autofree char *source = NULL;

  if (!ctl_parse (ctl, arguments, entries, 0, 1, &words, &error))
    return ctl_fail (error);
  if ((words[0] != NULL) + (target != NULL) + (url != NULL) != 1 ||
      (target != NULL) != (command != NULL) || (secret != NULL && url == NULL))
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID,
                 "Name a file, an address, or a target and a command that prints the companies");
  else if (words[0] != NULL)
    list = read_file (words[0], &error);
  else if (url != NULL)
    list = read_url (ctl, url, secret, &error);
  else
    list = read_command (ctl, target, command, &error);
  if (list == NULL)
    return ctl_fail (error);
  source = words[0] != NULL ? g_path_get_basename (words[0])
           : url != NULL    ? g_strdup (url)
                            : g_strdup_printf ("a command on %s", target);
  return import (ctl, list, g_utf8_validate (source, -1, NULL) ? source : NULL);
}

static GArray *
list_all (CsCompanyList *list)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < cs_company_list_get_n (list); i++)
    g_array_append_val (all, i);
  return all;
}

static void
print_json (CsCompanyList *list, GArray *chosen)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  for (guint i = 0; i < chosen->len; i++)
    {
      const CsCompany *company = cs_company_list_get (list, g_array_index (chosen, guint, i));
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", company->id);
      json_object_set_string_member (object, "name", company->name);
      json_object_set_int_member (object, "size", company->size);
      json_object_set_string_member (object, "tags", company->tags);
      json_array_add_object_element (array, object);
    }
  ctl_print_json (node);
}

static void
print_list (CsCompanyList *list, GArray *chosen)
{
  for (guint i = 0; i < chosen->len; i++)
    {
      const CsCompany *company = cs_company_list_get (list, g_array_index (chosen, guint, i));

      fprintf (stdout, "%-12s %10" G_GINT64_FORMAT "  ", company->id, company->size);
      ctl_print (stdout, *company->tags != '\0' ? "%s  (%s)\n" : "%s\n", company->name,
                 company->tags);
    }
}

CtlStatus
ctl_company_list (Ctl *ctl, char **arguments)
{
  g_autofree char *search = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "search", 0, 0, G_OPTION_ARG_FILENAME, &search, NULL, "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsCompanyList) list = NULL;
  g_autoptr (GArray) chosen = NULL;

  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    list = ctl_read_companies (ctl, &error);
  if (list == NULL)
    return ctl_fail (error);
  chosen = search != NULL ? cs_company_list_search (list, search) : list_all (list);
  if (json)
    print_json (list, chosen);
  else
    print_list (list, chosen);
  return chosen->len > 0 || search == NULL ? CTL_DONE : CTL_NO;
}
