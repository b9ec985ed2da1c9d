/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the runbook that a word means: a file, or a version in the library by its digest. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-runbook.h"

#include "cs-error.h"

#include <string.h>

/* Fewer characters of a digest are likelier a slip than a choice. */
#define MIN_DIGEST_PREFIX 6

static CsRunbook *
load_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GAsyncResult) result = NULL;

  cs_runbook_load_async (file, NULL, ctl_ready_cb, &result);
  return cs_runbook_load_finish (ctl_wait (&result), error);
}

/* Opens the workspace once, whatever asks for it. */
CsLibrary *
ctl_open_library (Ctl *ctl, GError **error)
{
  if (ctl->workspace == NULL && !ctl_open (ctl, error))
    return NULL;
  return cs_workspace_get_library (ctl->workspace);
}

static gboolean
is_digest (const char *word)
{
  return strlen (word) >= MIN_DIGEST_PREFIX && strspn (word, "0123456789abcdef") == strlen (word);
}

/* The version in the library whose digest begins so. */
CsLibraryEntry *
ctl_find_version (Ctl *ctl, const char *word, GError **error)
{
  CsLibrary *opened = ctl_open_library (ctl, error);
  GListModel *library = opened != NULL ? G_LIST_MODEL (opened) : NULL;
  CsLibraryEntry *found = NULL;

  if (library == NULL)
    return NULL;
  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (library, i);

      if (!g_str_has_prefix (cs_library_entry_get_digest (entry), word))
        continue;
      if (found != NULL)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "More than one digest begins with “%s”; write more of it", word);
          return NULL;
        }
      found = entry;
    }
  if (found == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "No runbook in the library has a digest that begins with “%s”", word);
  return found;
}

CsRunbook *
ctl_load_runbook (Ctl *ctl, const char *word, GError **error)
{
  CsLibrary *library;
  CsLibraryEntry *entry;
  g_autoptr (GAsyncResult) result = NULL;

  if (!is_digest (word) || g_file_test (word, G_FILE_TEST_EXISTS))
    return load_file (word, error);
  entry = ctl_find_version (ctl, word, error);
  if (entry == NULL)
    return NULL;
  library = cs_workspace_get_library (ctl->workspace);
  cs_library_get_async (library, cs_library_entry_get_digest (entry), NULL, ctl_ready_cb, &result);
  return cs_library_get_finish (library, ctl_wait (&result), error);
}
