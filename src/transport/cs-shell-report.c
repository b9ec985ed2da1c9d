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
    "_",
    "SHLVL",
    "PWD",
    "OLDPWD",
    "SSH_CLIENT",
    "SSH_CONNECTION",
    "SSH_TTY",
    "XDG_SESSION_ID",
    NULL,
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

/* Reads what stands behind a backslash in $'…'; returns the first byte after it. */
static const char *
unquote_escape (const char *c, const char *end, GString *word)
{
  static const char letters[] = "abefnrtvE";
  static const char bytes[] = "\a\b\033\f\n\r\t\v\033";
  const char *letter = strchr (letters, *c);
  guint value = 0, digits = 0;

  if (*c >= '0' && *c <= '7')
    {
      for (; c < end && digits < 3 && *c >= '0' && *c <= '7'; c++, digits++)
        value = value * 8 + (guint) (*c - '0');
      g_string_append_c (word, (char) value);
      return c;
    }
  if (*c == 'x')
    {
      for (c++; c < end && digits < 2 && g_ascii_isxdigit (*c); c++, digits++)
        value = value * 16 + (guint) g_ascii_xdigit_value (*c);
      g_string_append_c (word, (char) value);
      return c;
    }
  g_string_append_c (word, letter != NULL && *c != '\0' ? bytes[letter - letters] : *c);
  return c + 1;
}

/* Reads up to the closing quote. In '…' a backslash is a backslash, in $'…' it begins an escape, in
 * "…" it guards one of four. */
static const char *
unquote_part (const char *c, const char *end, char quote, gboolean escapes, GString *word)
{
  while (c < end && *c != quote)
    if (*c == '\\' && escapes && c + 1 < end)
      c = unquote_escape (c + 1, end, word);
    else if (*c == '\\' && quote == '"' && c + 1 < end && strchr ("\"\\$`", c[1]) != NULL)
      {
        g_string_append_c (word, c[1]);
        c += 2;
      }
    else
      g_string_append_c (word, *c++);
  return c < end ? c + 1 : end;
}

/* One shell word, up to a newline outside of quotes. */
static const char *
unquote_word (const char *c, const char *end, GString *word)
{
  while (c < end && *c != '\n')
    if (*c == '$' && c + 1 < end && c[1] == '\'')
      c = unquote_part (c + 2, end, '\'', TRUE, word);
    else if (*c == '\'' || *c == '"')
      c = unquote_part (c + 1, end, *c, FALSE, word);
    else if (*c == '\\' && c + 1 < end)
      {
        g_string_append_c (word, c[1]);
        c += 2;
      }
    else
      g_string_append_c (word, *c++);
  return c < end ? c + 1 : end;
}

/* What `export -p` prints: `export NAME='VALUE'`, or in bash `declare -x NAME="VALUE"`; without `=`
 * where a variable is exported but not set; with the letter a among the options for arrays, which
 * no child ever gets. */
static GHashTable *
parse_exports (const char *data, const char *end)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  while (data < end)
    {
      g_autoptr (GString) value = g_string_new (NULL);
      g_autofree char *name = NULL;
      gsize head = strcspn (data, "=\n");
      const char *start = data + head;
      gboolean set = start < end && *start == '=';
      gboolean plain =
        !g_str_has_prefix (data, "declare -a") && !g_str_has_prefix (data, "declare -A");

      while (start > data && start[-1] != ' ')
        start--;
      name = g_strndup (start, data + head - start);
      data = unquote_word (data + head + (set ? 1 : 0), end, value);
      if (set && plain && is_carried (name))
        g_hash_table_replace (table, g_steal_pointer (&name), g_strdup (value->str));
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
 * @report: status and NUL, directory with a newline and NUL, what `export -p` prints
 *
 * Returns: (transfer full) (nullable): the report, %NULL if it is not whole
 */
CsShellReport *
cs_shell_report_parse (GBytes *before, GHashTable *variables, GBytes *report)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (report, &length); /* ends in a NUL that is not counted */
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
      g_autoptr (GHashTable) new = parse_exports (rest, end);

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
