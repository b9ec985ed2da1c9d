/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts values into a command, each as data for where it stands. */

#include "cs-substitution.h"

#include "cs-shell-flows.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *value;
  gsize length;
  gsize kept;      /* of the text: "--step=" of "--step=X" */
  gboolean name;   /* letters, digits and underscores: a whole word of these */
  gboolean inside; /* a date's pattern: also within a word */
} Placeholder;

typedef struct
{
  GArray *placeholders; /* the longest first */
  gboolean begins[256];
} Finder;

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static int
compare_length (gconstpointer a, gconstpointer b)
{
  const Placeholder *first = a, *second = b;

  return first->length == second->length ? strcmp (first->text, second->text)
                                         : (first->length < second->length ? 1 : -1);
}

static void
add_placeholder (gpointer key, gpointer value, gpointer data)
{
  Finder *self = data;
  const char *text = key;
  const char *equals = g_str_has_prefix (text, "--") ? strchr (text, '=') : NULL;
  Placeholder placeholder = {
    .text = text,
    .value = value,
    .length = strlen (text),
    .kept = equals != NULL ? (gsize) (equals + 1 - text) : 0,
    .name = is_name (*text),
    .inside = strstr (text, "YYYY") != NULL,
  };

  if (placeholder.length == 0 || value == NULL)
    return;
  self->begins[(guchar) *text] = TRUE;
  g_array_append_val (self->placeholders, placeholder);
}

/* The same text is none where it is the name of a variable, an index or a pattern of a template. */
static gboolean
stands_alone (const Placeholder *self, const char *script, gsize from, gsize to, gsize length)
{
  char before = from > 0 ? script[from - 1] : '\n';
  char after = to < length ? script[to] : '\n';

  if (self->inside)
    return TRUE;
  if (self->name)
    return !is_name (before) && before != '%' && before != '{' && before != '\\' &&
           !(after == '=' && strchr (" \n", before) != NULL);
  if (*self->text == '[')
    return strchr ("\n =/'\"_-:.", before) != NULL;
  if (*self->text == '{')
    return strchr ("$%{\\", before) == NULL;
  return !is_name (script[to - 1]) || !is_name (after);
}

static const Placeholder *
find_here (Finder *self, const char *script, gsize at, gsize length)
{
  for (guint i = 0; i < self->placeholders->len; i++)
    {
      const Placeholder *placeholder = &g_array_index (self->placeholders, Placeholder, i);

      if (placeholder->length <= length - at &&
          memcmp (script + at, placeholder->text, placeholder->length) == 0 &&
          stands_alone (placeholder, script, at, at + placeholder->length, length))
        return placeholder;
    }
  return NULL;
}

static GArray *
find_slots (const char *script, gsize length, gpointer data)
{
  Finder *self = data;
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (CsShellSlot));

  for (gsize at = 0; at < length; at++)
    {
      const Placeholder *here =
        self->begins[(guchar) script[at]] ? find_here (self, script, at, length) : NULL;
      CsShellSlot slot;

      if (here == NULL)
        continue;
      slot = (CsShellSlot){ here->text, here->value, at + here->kept, at + here->length };
      g_array_append_val (slots, slot);
      at += here->length - 1;
    }
  return slots;
}

static gboolean
put_in (const char *script, Finder *finder, GArray *slots, GString *out, GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, FALSE, sizeof (CsShellUse));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (CsShellFlows) flows = cs_shell_flows_new ();
  g_autoptr (GString) bare = g_string_new (NULL);
  GError *problem = NULL;
  CsShellWalk walk = {
    .text = script,
    .end = strlen (script),
    .out = out,
    .slots = slots,
    .line = 1,
    .counted_line = 1,
    .variable_end = G_MAXSIZE,
    .uses = uses,
    .kept = kept,
    .flows = flows,
    .bare = bare,
    .find = find_slots,
    .find_data = finder,
    .error = &problem,
  };

  if (!cs_shell_walk_commands (&walk, CS_SHELL_END_OF_TEXT) ||
      !cs_shell_flows_check (flows, &problem))
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  cs_shell_walk_flush (&walk);
  return TRUE;
}

/**
 * cs_substitution_apply:
 * @script: commands for a POSIX shell or bash
 * @values: (element-type utf8 utf8): what each placeholder gives way to, by its text as written; of
 *   `--step=X` only what follows the `=` does
 *
 * Puts values into a script, each quoted for where it stands: a bare word, quotes, a here-document,
 * a comment, and these inside $(…) and backquotes. The shell that reads the script, and each one
 * that it reads parts of it with, gets a value as data, whatever it holds; a value is put in once,
 * and never looked at for placeholders.
 *
 * A value is followed through the variables that the script puts it into (`X=<NAME>; eval "$X"`):
 * there it must stay data as well, and one word. Files that the script writes are not followed,
 * except that what is written to a file that is named like a script counts as commands.
 *
 * Where nothing can be quoted, or where another program reads the place as commands once more
 * (`ssh host "…"`, `bash -c`, `eval`, `make`, any command with `-c` or `-e`), only values are put
 * in that are the same word for everyone. No word begins with a value that begins with a dash,
 * unless it stands behind `--`: it would be an option. A script without placeholders comes back as
 * it is.
 *
 * Returns: (transfer full): the script to run; %NULL with %CS_ERROR_INVALID, which names the line
 *   of the script and the reason
 */
char *
cs_substitution_apply (const char *script, GHashTable *values, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GArray) slots = NULL;
  gboolean good;
  Finder finder = { 0 };

  g_return_val_if_fail (script != NULL, NULL);
  g_return_val_if_fail (values != NULL, NULL);

  finder.placeholders = g_array_new (FALSE, FALSE, sizeof (Placeholder));
  g_hash_table_foreach (values, add_placeholder, &finder);
  g_array_sort (finder.placeholders, compare_length);
  slots = find_slots (script, strlen (script), &finder);
  good = slots->len == 0 || put_in (script, &finder, slots, out, error);
  g_array_unref (finder.placeholders);
  if (slots->len == 0)
    return g_strdup (script);
  return good ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}
