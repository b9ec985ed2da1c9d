/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts values into a command, each as data for where it stands. */

#include "cs-substitution.h"

#include "cs-shell-flows.h"
#include "cs-shell-quoting.h"

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

/* What a walk is for, beside putting values in; all may be NULL. */
typedef struct
{
  GArray *held;       /* of CsShellSlot: what variables hold before */
  GHashTable *names;  /* takes the variables that may hold a value; then flows are not checked */
  gboolean *followed; /* whether the walk came to the script's end */
} Purpose;

static gboolean
put_in (const char *script,
        Finder *finder,
        GArray *slots,
        const Purpose *purpose,
        GString *out,
        GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, FALSE, sizeof (CsShellUse));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (CsShellFlows) flows = cs_shell_flows_new ();
  g_autoptr (GString) bare = g_string_new (NULL);
  GError *problem = NULL;
  gboolean good;
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

  for (guint i = 0; purpose->held != NULL && i < purpose->held->len; i++)
    cs_shell_flows_hold (flows, &g_array_index (purpose->held, CsShellSlot, i));
  good = cs_shell_walk_commands (&walk, CS_SHELL_END_OF_TEXT);
  if (purpose->followed != NULL)
    *purpose->followed = good;
  if (good && purpose->names != NULL)
    cs_shell_flows_list_holders (flows, purpose->names);
  else if (good)
    good = cs_shell_flows_check (flows, &problem);
  if (!good)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  cs_shell_walk_flush (&walk);
  return TRUE;
}

static void
finder_init (Finder *self, GHashTable *values)
{
  *self = (Finder){ .placeholders = g_array_new (FALSE, FALSE, sizeof (Placeholder)) };
  g_hash_table_foreach (values, add_placeholder, self);
  g_array_sort (self->placeholders, compare_length);
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
  const Purpose purpose = { 0 };
  gboolean good;
  Finder finder;

  g_return_val_if_fail (script != NULL, NULL);
  g_return_val_if_fail (values != NULL, NULL);

  finder_init (&finder, values);
  slots = find_slots (script, strlen (script), &finder);
  good = slots->len == 0 || put_in (script, &finder, slots, &purpose, out, error);
  g_array_unref (finder.placeholders);
  if (slots->len == 0)
    return g_strdup (script);
  return good ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

static gboolean
names_variable (const char *script, const char *name)
{
  gsize length = strlen (name);

  for (const char *p = script; (p = strstr (p, name)) != NULL; p += length)
    {
      if (!is_name (p[length]) && (p == script || !is_name (p[-1])))
        return TRUE;
    }
  return FALSE;
}

/* Of what is carried, what a script names, in the order of the names, so that each run of the
 * program says the same. */
static GArray *
list_named (const char *script, GHashTable *carried)
{
  GArray *named = g_array_new (FALSE, FALSE, sizeof (CsShellSlot));
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (carried), (GCompareFunc) strcmp);

  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *value = g_hash_table_lookup (carried, l->data);
      CsShellSlot slot = { l->data, value != NULL ? value : "", 0, 0 };

      if (names_variable (script, l->data))
        g_array_append_val (named, slot);
    }
  return named;
}

/**
 * cs_substitution_check_carried:
 * @script: commands for a POSIX shell or bash
 * @values: (element-type utf8 utf8): as for cs_substitution_apply()
 * @carried: (element-type utf8 utf8): variables that earlier commands of the same session left, by
 *   name, with what they hold as the script begins: those that may hold what came from a value
 *
 * Follows what is carried as cs_substitution_apply() follows the values themselves: one command
 * says `export X=<NAME>`, a later one `eval "$X"`. A script that can't be followed may name only
 * variables that hold the same single word for everyone.
 *
 * Returns: whether all that is carried stays data; %FALSE with %CS_ERROR_INVALID, which names the
 *   variable, the line of the script and the reason
 */
gboolean
cs_substitution_check_carried (const char *script,
                               GHashTable *values,
                               GHashTable *carried,
                               GError **error)
{
  g_autoptr (GArray) held = NULL, slots = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) problem = NULL;
  gboolean good, followed, harmless = TRUE;
  Purpose purpose = { .followed = &followed };
  Finder finder;

  g_return_val_if_fail (script != NULL, FALSE);
  g_return_val_if_fail (values != NULL, FALSE);
  g_return_val_if_fail (carried != NULL, FALSE);

  held = list_named (script, carried);
  if (held->len == 0)
    return TRUE;
  finder_init (&finder, values);
  slots = find_slots (script, strlen (script), &finder);
  purpose.held = held;
  good = put_in (script, &finder, slots, &purpose, out, &problem);
  g_array_unref (finder.placeholders);
  for (guint i = 0; i < held->len; i++)
    harmless = harmless && cs_shell_is_plain (g_array_index (held, CsShellSlot, i).value);
  if (good || (slots->len == 0 && harmless && !followed))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Every name to which a script that can't be followed may assign. */
static void
add_assigned (const char *script, GHashTable *names)
{
  for (const char *p = script; *p != '\0';)
    {
      const char *start = p;

      while (is_name (*p))
        p++;
      if (p > start && !g_ascii_isdigit (*start))
        g_hash_table_add (names, g_strndup (start, (gsize) (p - start)));
      p += p == start ? 1 : 0;
    }
}

/**
 * cs_substitution_add_holders:
 * @script: commands for a POSIX shell or bash
 * @values: (element-type utf8 utf8): by the text of each placeholder, any value
 * @names: (element-type utf8 utf8): variables that may hold what came from a value before the
 *   script, owned by the table; takes those that may do so after it
 *
 * Says which variables may carry values from one command to the next. What a variable holds, and
 * whether it is carried at all, the shell knows that ran the script.
 */
void
cs_substitution_add_holders (const char *script, GHashTable *values, GHashTable *names)
{
  g_autoptr (GArray) held = NULL, slots = NULL;
  g_autoptr (GHashTable) before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  Purpose purpose = { .names = names };
  GHashTableIter iter;
  gpointer name;
  Finder finder;

  g_return_if_fail (script != NULL);

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (before, g_strdup (name));
  purpose.held = held = list_named (script, before);
  finder_init (&finder, values);
  slots = find_slots (script, strlen (script), &finder);
  if ((held->len > 0 || slots->len > 0) && !put_in (script, &finder, slots, &purpose, out, NULL))
    add_assigned (script, names);
  g_array_unref (finder.placeholders);
}
