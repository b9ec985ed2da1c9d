/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl runbook add, list */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-folder-scan.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-runbook.h"

/* Characters of a digest that people are shown. */
#define SHOWN_DIGEST 12

static void
print_entry (CsLibraryEntry *entry)
{
  g_autofree char *digest = g_strndup (cs_library_entry_get_digest (entry), SHOWN_DIGEST);

  ctl_print (stdout, "%s  %s  (%s)\n", digest, cs_library_entry_get_title (entry),
             cs_library_entry_get_document (entry));
}

static gboolean
add_file (Ctl *ctl, GFile *file, GError **error)
{
  CsLibrary *library = cs_workspace_get_library (ctl->workspace);
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (CsLibraryEntry) entry = NULL;

  cs_runbook_load_async (file, NULL, ctl_ready_cb, &read);
  runbook = cs_runbook_load_finish (ctl_wait (&read), error);
  if (runbook == NULL)
    return FALSE;
  cs_library_add_file_async (library, cs_workspace_get_actor (ctl->workspace), runbook, file, NULL,
                             ctl_ready_cb, &added);
  entry = cs_library_add_finish (library, ctl_wait (&added), error);
  if (entry == NULL)
    return FALSE;
  print_entry (entry);
  return TRUE;
}

static gboolean
add_folder (Ctl *ctl, GFile *folder, GError **error)
{
  g_autoptr (CsFolderScan) scan = cs_folder_scan_new (folder);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;

  cs_folder_scan_run_async (scan, NULL, ctl_ready_cb, &result);
  found = cs_folder_scan_run_finish (scan, ctl_wait (&result), error);
  if (found == NULL)
    return FALSE;
  if (found->len == 0)
    {
      g_autofree char *name = g_file_get_parse_name (folder);

      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no runbook in %s", name);
      return FALSE;
    }
  for (guint i = 0; i < found->len; i++)
    {
      if (!add_file (ctl, ((CsFolderRunbook *) g_ptr_array_index (found, i))->file, error))
        return FALSE;
    }
  if (cs_folder_scan_is_cut (scan))
    g_printerr ("Only the first %d Markdown files were looked at.\n", CS_FOLDER_SCAN_MAX_FILES);
  return TRUE;
}

CtlStatus
ctl_runbook_add (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;

  if (!ctl_parse (ctl, arguments, NULL, 1, G_MAXUINT, &words, &error) ||
      ctl_open_library (ctl, &error) == NULL)
    return ctl_fail (error);
  for (char **word = words; *word != NULL; word++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (*word);
      gboolean folder =
        g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;

      if (!(folder ? add_folder (ctl, file, &error) : add_file (ctl, file, &error)))
        return ctl_fail (error);
    }
  return CTL_DONE;
}

static JsonNode *
entry_to_json (CsLibraryEntry *entry)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonArray *overrules = cs_overrules_to_json (cs_library_entry_get_overrules (entry));

  ctl_set_text (object, "digest", cs_library_entry_get_digest (entry));
  ctl_set_text (object, "title", cs_library_entry_get_title (entry));
  ctl_set_text (object, "document", cs_library_entry_get_document (entry));
  ctl_set_text (object, "path", cs_library_entry_get_path (entry));
  ctl_set_text (object, "added_by", cs_library_entry_get_added_by (entry));
  ctl_set_time (object, "added_at", cs_library_entry_get_added_at (entry));
  json_object_set_array_member (object, "overrules", overrules);
  json_node_take_object (node, object);
  return node;
}

CtlStatus
ctl_runbook_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  CsLibrary *library = NULL;

  json_node_take_array (node, array);
  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    library = ctl_open_library (ctl, &error);
  if (library == NULL)
    return ctl_fail (error);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (library)); i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (G_LIST_MODEL (library), i);

      if (json)
        json_array_add_element (array, entry_to_json (entry));
      else
        print_entry (entry);
    }
  if (json)
    ctl_print_json (node);
  return CTL_DONE;
}
