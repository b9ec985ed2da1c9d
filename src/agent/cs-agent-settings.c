/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of settings in which every line is understood: a misspelled rule must not be no rule. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-agent-policy.h"

#include "cs-error.h"

#include <string.h>

static gboolean
is_known (const char *group, const char *key, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    {
      const char *slash = strrchr (*keys, '/');
      gsize length = slash - *keys;
      gboolean open = length > 0 && slash[-1] == '*';

      if (open ? strncmp (group, *keys, length - 1) == 0
               : strlen (group) == length && strncmp (group, *keys, length) == 0)
        if (key == NULL || strcmp (slash + 1, key) == 0)
          return TRUE;
    }
  return FALSE;
}

static gboolean
check_keys (GKeyFile *file, const char *group, const char *const *keys, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);

  if (!is_known (group, NULL, keys))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "There is no group [%s]", group);
      return FALSE;
    }
  for (char **name = names; name != NULL && *name != NULL; name++)
    if (!is_known (group, *name, keys))
      {
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "There is no setting “%s” in [%s]", *name,
                     group);
        return FALSE;
      }
  return TRUE;
}

/* GKeyFile joins groups and lets a later line win over an earlier one. */
static gboolean
check_twice (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *group = "";

  for (char **line = lines; *line != NULL; line++)
    {
      char *equals;
      g_autofree char *key = NULL;
      g_autofree char *name = NULL;

      g_strstrip (*line);
      if (**line == '\0' || **line == '#')
        continue;
      if (**line == '[')
        group = *line;
      equals = **line == '[' ? NULL : strchr (*line, '=');
      key = equals != NULL ? g_strchomp (g_strndup (*line, equals - *line)) : NULL;
      name = g_strconcat (group, "\n", key, NULL);
      if (!g_hash_table_add (seen, g_steal_pointer (&name)))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” stands there twice", *line);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * cs_agent_settings_load:
 * @text: of the file
 * @keys: (array zero-terminated=1): `group/key`; a group may end in a star
 *
 * Returns: (transfer full): the settings; %NULL with %CS_ERROR_INVALID for what is not among @keys
 *   or stands there twice
 */
GKeyFile *
cs_agent_settings_load (const char *text, const char *const *keys, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) problem = NULL;

  if (!g_utf8_validate (text, -1, NULL) ||
      !g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, &problem))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s",
                   problem != NULL ? problem->message : "It is not UTF-8");
      return NULL;
    }
  if (!check_twice (text, error))
    return NULL;
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (!check_keys (file, *group, keys, error))
      return NULL;
  return g_steal_pointer (&file);
}

/**
 * cs_agent_settings_get_int:
 * @value: (inout): left as it is if the setting is not there
 *
 * Returns: %FALSE with %CS_ERROR_INVALID if the setting is no number within the bounds
 */
gboolean
cs_agent_settings_get_int (GKeyFile *file,
                           const char *group,
                           const char *key,
                           gint64 lowest,
                           gint64 highest,
                           gint64 *value,
                           GError **error)
{
  g_autofree char *text = g_key_file_get_value (file, group, key, NULL);
  gint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (g_strstrip (text), 10, lowest, highest, &number, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” in [%s] must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                   key, group, lowest, highest);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

/**
 * cs_agent_settings_get_flag:
 * @value: (inout): left as it is if the setting is not there
 *
 * Returns: %FALSE with %CS_ERROR_INVALID if the setting is neither true nor false
 */
gboolean
cs_agent_settings_get_flag (GKeyFile *file,
                            const char *group,
                            const char *key,
                            gboolean *value,
                            GError **error)
{
  g_autofree char *text = g_key_file_get_value (file, group, key, NULL);

  if (text == NULL)
    return TRUE;
  g_strstrip (text);
  if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” in [%s] must be true or false", key,
                   group);
      return FALSE;
    }
  *value = g_str_equal (text, "true");
  return TRUE;
}
