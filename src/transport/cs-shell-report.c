/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script's shell reports at its end, compared with what it began with. */

#include "cs-shell-report.h"

#include <stdlib.h>
#include <string.h>

/* Not what every shell changes by itself, what cwd says better, and what names one connection. */
static gboolean
is_carried (const char *name)
{
  static const char *const own[] = {
    "_", "SHLVL", "PWD", "OLDPWD", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "XDG_SESSION_ID", NULL,
  };

  if (name[0] == '\0' || g_ascii_isdigit (name[0]) || g_strv_contains (own, name))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_')
      return FALSE;
  return TRUE;
}

/* NAME=VALUE entries, each ended by a NUL. */
static GHashTable *
parse_environment (const char *data, const char *end)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  while (data < end)
    {
      const char *stop = memchr (data, '\0', end - data);
      const char *equals = stop != NULL ? strchr (data, '=') : NULL;
      g_autofree char *name = equals != NULL ? g_strndup (data, equals - data) : NULL;

      if (stop == NULL)
        break;
      if (name != NULL && is_carried (name))
        g_hash_table_replace (table, g_steal_pointer (&name), g_strdup (equals + 1));
      data = stop + 1;
    }
  return table;
}

static void
apply_variables (GHashTable *environment, GHashTable *variables)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, variables);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (value != NULL)
      g_hash_table_replace (environment, g_strdup (name), g_strdup (value));
    else
      g_hash_table_remove (environment, name);
}

static GHashTable *
compare (GHashTable *before, GHashTable *after)
{
  GHashTable *changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_strcmp0 (g_hash_table_lookup (before, name), value) != 0)
      g_hash_table_insert (changed, g_strdup (name), g_strdup (value));
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_hash_table_contains (after, name))
      g_hash_table_insert (changed, g_strdup (name), NULL);
  return changed;
}

/**
 * cs_shell_report_parse:
 * @before: the environment that the driver found
 * @variables: (element-type utf8 utf8): set on top of it; value %NULL for unset
 * @report: status, directory with a newline, environment, each ended by a NUL
 *
 * Returns: (transfer full) (nullable): the report, %NULL if it is not whole
 */
CsShellReport *
cs_shell_report_parse (GBytes *before, GHashTable *variables, GBytes *report)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (report, &length);
  const char *end = data + length;
  const char *cwd = length > 0 ? memchr (data, '\0', length) : NULL;
  const char *rest = cwd != NULL ? memchr (cwd + 1, '\0', end - cwd - 1) : NULL;
  CsShellReport *self;

  if (rest == NULL)
    return NULL;
  self = g_new0 (CsShellReport, 1);
  self->status = atoi (data);
  self->cwd = g_strdup (cwd + 1);
  if (g_str_has_suffix (self->cwd, "\n"))
    self->cwd[strlen (self->cwd) - 1] = '\0';
  if (self->cwd[0] == '\0')
    g_clear_pointer (&self->cwd, g_free);
  rest++;
  if (rest < end && before != NULL && g_bytes_get_size (before) > 0)
    {
      gsize before_length = 0;
      const char *before_data = g_bytes_get_data (before, &before_length);
      g_autoptr (GHashTable) old = parse_environment (before_data, before_data + before_length);
      g_autoptr (GHashTable) new = parse_environment (rest, end);

      apply_variables (old, variables);
      self->environment = compare (old, new);
    }
  return self;
}

/**
 * cs_shell_report_free:
 * @self: (transfer full): a report
 */
void
cs_shell_report_free (CsShellReport *self)
{
  g_free (self->cwd);
  g_clear_pointer (&self->environment, g_hash_table_unref);
  g_free (self);
}
