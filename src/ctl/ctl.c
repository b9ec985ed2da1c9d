/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command gets, and how it reads its arguments, waits and ends. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl.h"

#include "cs-error.h"
#include "ctl-print.h"
#include "ctl-terminal.h"

#include <string.h>

static gboolean
check_text (const char *text, GError **error)
{
  if (text == NULL || g_utf8_validate (text, -1, NULL))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "An argument is not valid UTF-8");
  return FALSE;
}

static gboolean
is_file_name (const GOptionEntry *entry)
{
  return g_strcmp0 (entry->arg_description, "FILE") == 0 ||
         g_strcmp0 (entry->arg_description, "DIR") == 0;
}

static gboolean
check_texts (const GOptionEntry *entries, GError **error)
{
  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    if (entry->arg == G_OPTION_ARG_FILENAME && !is_file_name (entry) &&
        !check_text (*(char **) entry->arg_data, error))
      return FALSE;
  return TRUE;
}

gboolean
ctl_parse (Ctl *ctl,
           char **arguments,
           const GOptionEntry *entries,
           guint min,
           guint max,
           char ***words,
           GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *data_dir = NULL;
  g_auto (GStrv) copy = g_strdupv (arguments);
  GOptionEntry data_dir_entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "Where everything is kept", "DIR" },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, data_dir_entries, NULL);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &copy, &local_error))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s", local_error->message);
      return FALSE;
    }
  if (data_dir != NULL)
    {
      g_free (ctl->data_dir);
      ctl->data_dir = g_steal_pointer (&data_dir);
    }
  /* "--" ends the options; it is no word itself. */
  *words = g_strdupv (copy + 1);
  if (**words != NULL && g_str_equal (**words, "--"))
    {
      g_strfreev (*words);
      *words = g_strdupv (copy + 2);
    }
  if (!check_texts (entries, error))
    return FALSE;
  if (g_strv_length (*words) < min || g_strv_length (*words) > max)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   g_strv_length (*words) < min ? "An argument is missing"
                                                : "There are too many arguments");
      return FALSE;
    }
  return TRUE;
}

gboolean
ctl_require (const char *value, const char *option, GError **error)
{
  if (value != NULL && *value != '\0')
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s is missing", option);
  return FALSE;
}

char *
ctl_dup_directory (Ctl *ctl)
{
  return cs_workspace_dup_path (ctl->data_dir);
}

gboolean
ctl_open (Ctl *ctl, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  CsPassphrases *passphrases;

  if (ctl->workspace != NULL)
    return TRUE;
  cs_workspace_open_async (ctl->data_dir, NULL, ctl_ready_cb, &result);
  ctl->workspace = cs_workspace_open_finish (ctl_wait (&result), error);
  if (ctl->workspace == NULL)
    return FALSE;
  /* Without it keys that need no passphrase still work. */
  passphrases = cs_workspace_get_passphrases (ctl->workspace, NULL);
  if (passphrases != NULL)
    ctl_terminal_attach (passphrases);
  return TRUE;
}

CsDeployment *
ctl_open_deployment (Ctl *ctl, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) secrets = NULL;
  CsDeployment *deployment = NULL;

  if (check_text (id, error) && ctl_open (ctl, error))
    deployment = cs_workspace_find_deployment (ctl->workspace, id, error);
  if (deployment == NULL)
    return NULL;
  secrets = cs_deployment_list_secret_names (deployment, NULL);
  if (secrets->len == 0)
    return deployment;
  /* The gates are to say what the keyring lacks. */
  cs_deployment_load_secrets_async (deployment, NULL, ctl_ready_cb, &result);
  return cs_deployment_load_secrets_finish (deployment, ctl_wait (&result), error) ? deployment
                                                                                   : NULL;
}

void
ctl_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
ctl_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static CtlStatus
status_of (const GError *error)
{
  if (error->domain != CS_ERROR)
    return CTL_NO;
  switch ((CsError) error->code)
    {
    case CS_ERROR_WAITING:
      return CTL_WAITING;
    case CS_ERROR_UNREACHABLE:
    case CS_ERROR_PROTOCOL:
      return CTL_UNREACHABLE;
    case CS_ERROR_REFUSED:
    case CS_ERROR_AUTH:
    case CS_ERROR_CONFLICT:
    case CS_ERROR_EXISTS:
    case CS_ERROR_BUSY:
      return CTL_REFUSED;
    case CS_ERROR_NOT_FOUND:
    case CS_ERROR_INVALID:
    case CS_ERROR_TOO_NEW:
      return CTL_USAGE;
    case CS_ERROR_FAILED:
    case CS_ERROR_CORRUPT:
    case CS_ERROR_STORAGE:
    default:
      return CTL_NO;
    }
}

CtlStatus
ctl_fail (const GError *error)
{
  fputs ("countersignctl: ", stderr);
  ctl_print_text (stderr, error->message);
  fputc ('\n', stderr);
  return status_of (error);
}
