/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that commands refer to: countersignctl secret */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-secret-references.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-terminal.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_LIMIT (64 * 1024)

/* All of standard input, without the end of its last line: a key has several. */
static char *
read_secret (GError **error)
{
  g_autoptr (CsSecret) text = g_malloc0 (SECRET_LIMIT + 1);
  gsize length = 0;
  gssize n = 0;

  while (length < SECRET_LIMIT &&
         (n = read (STDIN_FILENO, text + length, SECRET_LIMIT - length)) > 0)
    length += (gsize) n;
  if (n < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The secret could not be read: %s",
                 g_strerror (errno));
  else if (length == SECRET_LIMIT)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A secret has less than %d KiB",
                 SECRET_LIMIT / 1024);
  else if (memchr (text, '\0', length) != NULL)
    g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                         "A secret is text; this one holds a NUL byte");
  else
    {
      if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
      if (text[0] != '\0')
        return g_steal_pointer (&text);
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "No secret was given; enter it, or have it on standard input");
    }
  return NULL;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (cs_secret_name_is_valid (name))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” can't be the name of a secret: it has capital letters from A to Z, digits and "
               "underscores, a letter first",
               name);
  return FALSE;
}

/* What lasts only until this program ends is of no use to the next one. */
static CtlStatus
say_problem (CsKeyring *keyring)
{
  if (cs_keyring_get_problem (keyring) == NULL)
    return CTL_DONE;
  ctl_print (stderr, "countersignctl: Nothing was kept: %s\n", cs_keyring_get_problem (keyring));
  return CTL_WAITING;
}

CtlStatus
ctl_secret_store (Ctl *ctl,
                  const char *environment,
                  const char *name,
                  const char *value,
                  GError **error)
{
  CsKeyring *keyring = cs_workspace_get_keyring (ctl->workspace);
  g_autofree char *key = cs_keyring_dup_secret_name (environment, name);
  g_autofree char *label = g_strdup_printf ("Countersign: %s", name);
  g_autoptr (GAsyncResult) result = NULL;

  cs_keyring_store_async (keyring, CS_KEYRING_SECRET, key, label, value, NULL, ctl_ready_cb,
                          &result);
  if (!cs_keyring_store_finish (keyring, ctl_wait (&result), error))
    return CTL_NO;
  return say_problem (keyring);
}

CtlStatus
ctl_secret_set (Ctl *ctl, char **arguments)
{
  g_autofree char *environment = NULL;
  const GOptionEntry entries[] = {
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &environment, NULL, "E" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsSecret) value = NULL;
  g_autofree char *prompt = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) ||
      !check_name (words[0], &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  prompt = g_strdup_printf ("Value of %s: ", words[0]);
  value = isatty (STDIN_FILENO) ? ctl_terminal_ask (prompt, &error) : read_secret (&error);
  if (value == NULL)
    return ctl_fail (error);
  status = ctl_secret_store (ctl, environment, words[0], value, &error);
  return error != NULL ? ctl_fail (error) : status;
}

static GPtrArray *
list_names (Ctl *ctl, GError **error)
{
  CsKeyring *keyring = cs_workspace_get_keyring (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_keyring_list_async (keyring, CS_KEYRING_SECRET, NULL, ctl_ready_cb, &result);
  return cs_keyring_list_finish (keyring, ctl_wait (&result), error);
}

static void
print_json (GPtrArray *names)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *environment = NULL;
      g_autofree char *name = cs_keyring_split_secret_name (names->pdata[i], &environment);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "name", name);
      ctl_set_text (object, "environment", environment);
      json_array_add_object_element (array, object);
    }
  ctl_print_json (node);
}

CtlStatus
ctl_secret_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) && ctl_open (ctl, &error))
    names = list_names (ctl, &error);
  if (names == NULL)
    return ctl_fail (error);
  if (json)
    print_json (names);
  for (guint i = 0; !json && i < names->len; i++)
    {
      g_autofree char *environment = NULL;
      g_autofree char *name = cs_keyring_split_secret_name (names->pdata[i], &environment);

      ctl_print (stdout, environment != NULL ? "%s in %s\n" : "%s\n", name, environment);
    }
  return say_problem (cs_workspace_get_keyring (ctl->workspace));
}

CtlStatus
ctl_secret_remove (Ctl *ctl, char **arguments)
{
  g_autofree char *environment = NULL;
  const GOptionEntry entries[] = {
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &environment, NULL, "E" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsKeyring *keyring;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) && ctl_open (ctl, &error))
    names = list_names (ctl, &error);
  if (names == NULL)
    return ctl_fail (error);
  key = cs_keyring_dup_secret_name (environment, words[0]);
  keyring = cs_workspace_get_keyring (ctl->workspace);
  if (!g_ptr_array_find_with_equal_func (names, key, g_str_equal, NULL))
    {
      if (cs_keyring_get_problem (keyring) != NULL)
        return say_problem (keyring);
      g_set_error (&error, CS_ERROR, CS_ERROR_NOT_FOUND,
                   "There is no secret %s%s%s; “countersignctl secret list” tells which there are",
                   words[0], environment != NULL ? " in " : "",
                   environment != NULL ? environment : "");
      return ctl_fail (error);
    }
  cs_keyring_clear_async (keyring, CS_KEYRING_SECRET, key, NULL, ctl_ready_cb, &result);
  if (!cs_keyring_clear_finish (keyring, ctl_wait (&result), &error))
    return ctl_fail (error);
  return say_problem (keyring);
}
