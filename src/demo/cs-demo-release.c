/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One release on disk: its version, its texts, and the settings (.env) beside them. */

#include "cs-demo-release.h"

#include <string.h>

#define FEATURE "FEATURE_FORMAL_GREETING"

struct _CsDemoRelease
{
  char *version;
  char *greeting;       /* the text, with {greeting} and {version} in it */
  char *formal;         /* the same for those who have the feature; NULL before 1.1 */
  GHashTable *settings; /* owned name → owned value */
  guint16 port;         /* 0: any free one */
};

static char *
read_text (const char *directory, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  char *text;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  return g_strchomp (text);
}

/* NAME=value lines; empty lines and # comments between them; quotes around a value go. */
static GHashTable *
parse_settings (const char *text)
{
  GHashTable *settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      char *name = g_strstrip (*line);
      char *value = strchr (name, '=');
      gsize length;

      if (*name == '#' || value == NULL)
        continue;
      *value++ = '\0';
      length = strlen (value);
      if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value)
        {
          value[length - 1] = '\0';
          value++;
        }
      g_hash_table_replace (settings, g_strdup (name), g_strdup (value));
    }
  return settings;
}

static const char *
get_setting (CsDemoRelease *self, const char *name, const char *fallback)
{
  const char *value = g_hash_table_lookup (self->settings, name);

  return value != NULL ? value : fallback;
}

/* On for everyone, or for the companies that are listed. */
static gboolean
has_formal_greeting (CsDemoRelease *self, const char *company)
{
  g_auto (GStrv) companies = NULL;

  if (self->formal == NULL)
    return FALSE;
  if (g_str_equal (get_setting (self, FEATURE "_ENABLED", "false"), "true"))
    return TRUE;
  companies = g_strsplit (get_setting (self, FEATURE "_TEST_COMPANIES", ""), ",", -1);
  for (char **listed = companies; *listed != NULL; listed++)
    g_strstrip (*listed);
  return company != NULL && *company != '\0' &&
         g_strv_contains ((const char *const *) companies, company);
}

static gboolean
read_port (CsDemoRelease *self, GError **error)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (get_setting (self, "PORT", "0"), 10, 0, G_MAXUINT16, &port,
                                   error))
    {
      g_prefix_error (error, "PORT in .env: ");
      return FALSE;
    }
  self->port = (guint16) port;
  return TRUE;
}

/**
 * cs_demo_release_load:
 * @directory: (type filename): a release directory with VERSION, greeting.txt and .env
 *
 * Reads everything that the service serves; later changes on disk count from the next start.
 *
 * Returns: (transfer full): the release, or %NULL with a %G_FILE_ERROR or %G_NUMBER_PARSER_ERROR
 */
CsDemoRelease *
cs_demo_release_load (const char *directory, GError **error)
{
  g_autoptr (CsDemoRelease) self = g_new0 (CsDemoRelease, 1);
  g_autofree char *settings = NULL;

  self->version = read_text (directory, "VERSION", error);
  if (self->version == NULL)
    return NULL;
  self->greeting = read_text (directory, "greeting.txt", error);
  if (self->greeting == NULL)
    return NULL;
  self->formal = read_text (directory, "greeting-formal.txt", NULL);
  settings = read_text (directory, ".env", error);
  if (settings == NULL)
    return NULL;
  self->settings = parse_settings (settings);
  if (!read_port (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
cs_demo_release_free (CsDemoRelease *self)
{
  g_free (self->version);
  g_free (self->greeting);
  g_free (self->formal);
  g_clear_pointer (&self->settings, g_hash_table_unref);
  g_free (self);
}

const char *
cs_demo_release_get_version (CsDemoRelease *self)
{
  return self->version;
}

guint16
cs_demo_release_get_port (CsDemoRelease *self)
{
  return self->port;
}

/**
 * cs_demo_release_greet:
 * @company: (nullable): who asks
 *
 * Returns: (transfer full): the greeting, ended by a newline
 */
char *
cs_demo_release_greet (CsDemoRelease *self, const char *company)
{
  gboolean formal = has_formal_greeting (self, company);
  GString *text = g_string_new (formal ? self->formal : self->greeting);

  g_string_replace (text, "{greeting}", get_setting (self, "GREETING", "Hello"), 0);
  g_string_replace (text, "{version}", self->version, 0);
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}
