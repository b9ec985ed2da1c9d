/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes secrets out of a runbook's source and leaves references in their places. */

/* A reference in the argument of a program would be a secret in the argument list of a process, for
 * all on the server to see. So where a program takes it another way, the command is written that
 * way: MYSQL_PWD for the clients of MySQL, a file that is a pipe for the headers and the user of
 * curl. Only the lines of commands are rewritten so; everywhere else the name stands for the
 * value. */

#include "cs-secret-move.h"

#include "cs-secret-references.h"

#include <string.h>

/** CERTAIN: bytes; a value of this length is the secret also in the middle of a word */
#define CERTAIN 8

/** cs_found_secret_free: wipes the value. */
void
cs_found_secret_free (CsFoundSecret *self)
{
  if (self == NULL)
    return;
  explicit_bzero (self->value, strlen (self->value));
  g_free (self->kind);
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static const char *
choose_base_name (const CsMark *mark)
{
  if (g_str_equal (mark->name, "bearer_token") || g_str_equal (mark->name, "token"))
    return "API_TOKEN";
  if (g_str_equal (mark->name, "api_key_header"))
    return "API_KEY";
  if (g_str_has_prefix (mark->text, "-p"))
    return "DB_PASSWORD";
  if (g_str_has_suffix (mark->name, "_on_command_line") ||
      g_str_has_prefix (mark->name, "credentials_") ||
      g_str_equal (mark->name, "basic_credentials"))
    return "PASSWORD";
  return "SECRET";
}

static gboolean
is_taken (GPtrArray *found, const char *name)
{
  for (guint i = 0; i < found->len; i++)
    if (g_str_equal (((CsFoundSecret *) found->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* The variable's own name says best what it is. */
static char *
choose_name (GPtrArray *found, const CsMark *mark)
{
  g_autofree char *variable = g_strndup (mark->text, strcspn (mark->text, "="));
  gboolean own =
    g_str_equal (mark->name, "secret_in_variable") && cs_secret_name_is_valid (variable);
  const char *base = own ? variable : choose_base_name (mark);
  char *name = g_strdup (base);

  for (guint n = 2; is_taken (found, name); n++)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%u", base, n);
    }
  return name;
}

static void
add_mark (GPtrArray *found, const CsMark *mark)
{
  g_autofree char *value = cs_secret_mark_dup_value (mark);
  CsFoundSecret *secret;

  if (value == NULL)
    return;
  for (guint i = 0; i < found->len; i++)
    {
      secret = found->pdata[i];
      if (g_str_equal (secret->value, value))
        {
          secret->n_lines++;
          return;
        }
    }
  secret = g_new0 (CsFoundSecret, 1);
  secret->line = mark->line;
  secret->kind = g_strdup (mark->name);
  secret->name = choose_name (found, mark);
  secret->value = g_steal_pointer (&value);
  secret->n_lines = 1;
  g_ptr_array_add (found, secret);
}

typedef void (*BlockFunc) (CsBlock *block, gpointer data);

static void
foreach_block (CsRunbook *runbook, BlockFunc func, gpointer data)
{
  GListModel *phases = cs_runbook_get_phases (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, k);
          GListModel *blocks = cs_step_get_blocks (step);

          for (guint m = 0; m < g_list_model_get_n_items (blocks); m++)
            {
              g_autoptr (CsBlock) block = g_list_model_get_item (blocks, m);

              func (block, data);
            }
        }
    }
}

static void
find_in_block (CsBlock *block, gpointer data)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = marks->pdata[i];

      if (mark->kind == CS_MARK_SECRET)
        add_mark (data, mark);
    }
}

/**
 * cs_secret_move_find:
 * @runbook: a runbook
 *
 * Returns: (transfer full) (element-type CsFoundSecret): the secrets that stand in its blocks in
 *   clear text, each value once, with names that they could have
 */
GPtrArray *
cs_secret_move_find (CsRunbook *runbook)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_found_secret_free);

  g_return_val_if_fail (CS_IS_RUNBOOK (runbook), found);

  foreach_block (runbook, find_in_block, found);
  return found;
}

static void
note_lines (CsBlock *block, gpointer data)
{
  GHashTable *lines = data;

  if (cs_block_get_kind (block) == CS_BLOCK_COMMAND)
    for (guint line = cs_block_get_line (block); line <= cs_block_get_end_line (block); line++)
      g_hash_table_add (lines, GUINT_TO_POINTER (line));
}

/* Rewrites @line by a pattern in which VALUE stands for the secret, as often as it matches. */
static void
rewrite (GString *line, const char *pattern, const char *by, const CsFoundSecret *secret)
{
  g_autofree char *escaped = g_regex_escape_string (secret->value, -1);
  g_autoptr (GString) full = g_string_new (pattern);
  g_autoptr (GString) replacement = g_string_new (by);
  g_autoptr (GRegex) regex = NULL;

  g_string_replace (full, "VALUE", escaped, 0);
  g_string_replace (replacement, "REFERENCE", "$" CS_SECRET_PREFIX, 0);
  g_string_replace (replacement, "NAME", secret->name, 0);
  regex = g_regex_new (full->str, G_REGEX_RAW, 0, NULL);
  while (regex != NULL && g_regex_match (regex, line->str, 0, NULL))
    {
      g_autofree char *result =
        g_regex_replace (regex, line->str, (gssize) line->len, 0, replacement->str, 0, NULL);

      if (result == NULL)
        break;
      g_string_assign (line, result);
    }
}

/* How these programs take a secret without an argument list. */
static void
rewrite_command (GString *line, const CsFoundSecret *secret)
{
  rewrite (line,
           "(^|[;|&(`{'#]|\\b(?:then|do|else|if|while|time)\\s|\\$ )(\\s*)"
           "((?:mysql\\w*|mariadb[\\w-]*)\\b[^;|&\\n]*?)\\s+(?:-p|--password=)([\"']?)VALUE\\4"
           "(?![^\\s;|&)'\"`])",
           "\\1\\2MYSQL_PWD=REFERENCENAME \\3", secret);
  rewrite (line, "(?:-H|--header)[ =]([\"'])([^'\"\\n]*?)VALUE([^'\"\\n]*)\\1",
           "-H @<(printf '%s\\\\n' \"\\2REFERENCENAME\\3\")", secret);
  rewrite (line, "\\bcurl\\b(.*?)\\s(?:-u|--user)[ =]([\"']?)([^\\s:'\"]+):VALUE\\2",
           "curl\\1 -K <(printf 'user = \"%s\"\\\\n' \"\\3:REFERENCENAME\")", secret);
  rewrite (line, "='VALUE'", "=\"REFERENCENAME\"", secret);
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* The rest: the name for the value; as a word of its own it gets quotes, in a command. */
static gboolean
replace_plain (GString *line, const CsFoundSecret *secret, gboolean command)
{
  g_autofree char *reference = g_strconcat ("$", CS_SECRET_PREFIX, secret->name, NULL);
  gsize length = strlen (secret->value);
  gboolean replaced = FALSE;
  gsize at = 0;
  char *hit;

  while ((hit = memmem (line->str + at, line->len - at, secret->value, length)) != NULL)
    {
      gsize from = (gsize) (hit - line->str);
      gboolean apart = (from == 0 || !is_word (line->str[from - 1])) &&
                       !is_word (line->str[from + length]);
      gboolean bare = command && from > 0 && strchr (" =:", line->str[from - 1]) != NULL &&
                      line->str[from + length] != '"' && line->str[from + length] != '\'';
      g_autofree char *text =
        bare ? g_strdup_printf ("\"%s\"", reference) : g_strdup (reference);

      at = from + length;
      if (!apart && length < CERTAIN)
        continue;
      for (gsize i = 0; bare && i < from; i++)
        if (line->str[i] == '"')
          {
            g_free (text);
            text = g_strdup (reference);
            break;
          }
      g_string_erase (line, (gssize) from, (gssize) length);
      g_string_insert (line, (gssize) from, text);
      at = from + strlen (text);
      replaced = TRUE;
    }
  return replaced;
}

/**
 * cs_secret_move_apply:
 * @runbook: a runbook
 * @secrets: (element-type CsFoundSecret): what cs_secret_move_find() found
 * @arguments: (out) (transfer full) (element-type guint): the lines of commands in which a
 *   reference stands where a program gets its value as an argument
 *
 * Writes references in the place of the secrets, in commands and wherever else the values stand.
 *
 * Returns: (transfer full): the source of a new version
 */
GBytes *
cs_secret_move_apply (CsRunbook *runbook, GPtrArray *secrets, GArray **arguments)
{
  g_autoptr (GHashTable) commands = g_hash_table_new (NULL, NULL);
  g_autoptr (GBytes) source = cs_runbook_rebuild_source (runbook);
  GString *out = g_string_new (NULL);
  gsize size;
  const char *text = g_bytes_get_data (source, &size);
  const char *end = text + size;

  foreach_block (runbook, note_lines, commands);
  *arguments = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint number = 1; text < end; number++)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      gsize length = newline != NULL ? (gsize) (newline + 1 - text) : (gsize) (end - text);
      g_autoptr (GString) line = g_string_new_len (text, (gssize) length);
      gboolean command = g_hash_table_contains (commands, GUINT_TO_POINTER (number));
      gboolean option = FALSE;

      for (guint i = 0; i < secrets->len; i++)
        {
          const CsFoundSecret *secret = secrets->pdata[i];

          if (memmem (line->str, line->len, secret->value, strlen (secret->value)) == NULL)
            continue;
          if (command)
            rewrite_command (line, secret);
          if (replace_plain (line, secret, command))
            option |= command && strchr (line->str, '-') != NULL &&
                      strstr (line->str, " -") != NULL && line->str[0] != '#';
        }
      if (option)
        g_array_append_val (*arguments, number);
      g_string_append_len (out, line->str, (gssize) line->len);
      text += length;
    }
  return g_string_free_to_bytes (out);
}
