/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl runbook compare, overrule */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-changes.h"
#include "cs-comparison.h"
#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

/* Lines around a change that are printed with it. */
#define CONTEXT 3
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
static CsLibrary *
open_library (Ctl *ctl, GError **error)
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
static CsLibraryEntry *
find_version (Ctl *ctl, const char *word, GError **error)
{
  GListModel *library = G_LIST_MODEL (open_library (ctl, error));
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

static CsRunbook *
load (Ctl *ctl, const char *word, GError **error)
{
  CsLibrary *library;
  CsLibraryEntry *entry;
  g_autoptr (GAsyncResult) result = NULL;

  if (!is_digest (word) || g_file_test (word, G_FILE_TEST_EXISTS))
    return load_file (word, error);
  entry = find_version (ctl, word, error);
  if (entry == NULL)
    return NULL;
  library = cs_workspace_get_library (ctl->workspace);
  cs_library_get_async (library, cs_library_entry_get_digest (entry), NULL, ctl_ready_cb, &result);
  return cs_library_get_finish (library, ctl_wait (&result), error);
}

static char *
dup_first_line (const char *text)
{
  return text != NULL ? g_strndup (text, strcspn (text, "\n")) : NULL;
}

static void
print_change (const CsChange *change)
{
  static const char *const subjects[] = { "phase", "step", "command", "code", "check", "sign-off" };
  static const char *const verbs[] = { "added", "removed", "renamed", "changed" };
  g_autofree char *before = dup_first_line (change->before);
  g_autofree char *after = dup_first_line (change->after);
  g_autofree char *place =
    change->where != NULL ? g_strdup_printf (" in “%s”", change->where) : g_strdup ("");

  if (before != NULL && after != NULL)
    ctl_print (stdout, "%s %s%s: %s → %s\n", subjects[change->subject], verbs[change->kind], place,
               before, after);
  else
    ctl_print (stdout, "%s %s%s: %s\n", subjects[change->subject], verbs[change->kind], place,
               before != NULL ? before : after);
}

static void
print_lines (CsRunbook *runbook, char sign, guint line, guint n)
{
  for (guint i = line; i < line + n; i++)
    {
      g_autofree char *text = cs_runbook_dup_lines (runbook, i, i);

      ctl_print (stdout, "%s%s\n", (char[]){ sign, '\0' }, g_strchomp (text));
    }
}

/* A unified diff, but for the counts of lines in the heads of its hunks. */
static void
print_runs (CsRunbook *before, CsRunbook *after, GArray *runs)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const CsDiffRun *run = &g_array_index (runs, CsDiffRun, i);
      gboolean first = i == 0;
      gboolean last = i == runs->len - 1;
      guint head = first ? 0 : MIN (CONTEXT, run->n_lines);
      guint tail = last ? 0 : MIN (CONTEXT, run->n_lines - head);

      if (run->kind == CS_DIFF_REMOVED)
        print_lines (before, '-', run->old_line, run->n_lines);
      else if (run->kind == CS_DIFF_ADDED)
        print_lines (after, '+', run->new_line, run->n_lines);
      else
        {
          guint hidden = run->n_lines - head - tail;

          print_lines (after, ' ', run->new_line, head);
          if (!last && (hidden > 0 || first))
            printf ("@@ -%u +%u @@\n", run->old_line + head + hidden,
                    run->new_line + head + hidden);
          print_lines (after, ' ', run->new_line + head + hidden, tail);
        }
    }
}

CtlStatus
ctl_runbook_compare (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRunbook) before = NULL;
  g_autoptr (CsRunbook) after = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GArray) runs = NULL;

  if (ctl_parse (ctl, arguments, NULL, 2, 2, &words, &error))
    before = load (ctl, words[0], &error);
  if (before != NULL)
    after = load (ctl, words[1], &error);
  if (after == NULL)
    return ctl_fail (error);
  if (strcmp (cs_runbook_get_digest (before), cs_runbook_get_digest (after)) == 0)
    return CTL_DONE;
  changes = cs_changes_between (before, after);
  for (guint i = 0; i < changes->len; i++)
    print_change (g_ptr_array_index (changes, i));
  if (changes->len > 0)
    fputc ('\n', stdout);
  runs = cs_comparison_of_texts (cs_runbook_get_text (before), cs_runbook_get_text (after));
  print_runs (before, after, runs);
  return CTL_NO;
}

static gboolean
parse_line (const char *word, guint *line, GError **error)
{
  guint64 number = 0;

  if (!ctl_require (word, "--line", error) ||
      !g_ascii_string_to_unsigned (word, 10, 1, G_MAXINT, &number, error))
    return FALSE;
  *line = (guint) number;
  return TRUE;
}

/* "command", "expected", "file", "sample" are kinds of blocks; "no-check" and "no-signoff" take
 * something away; a kind of phase may stand alone. */
static void
split_kind (const char *as, const char **what, const char **value)
{
  static const char *const blocks[] = { "command", "expected", "file", "sample", NULL };

  *value = as;
  *what = CS_OVERRULE_PHASE;
  if (g_strv_contains (blocks, as))
    *what = CS_OVERRULE_BLOCK;
  else if (strcmp (as, "no-check") == 0 || strcmp (as, "no-signoff") == 0)
    {
      *what = as + strlen ("no-");
      *value = "none";
    }
}

CtlStatus
ctl_runbook_overrule (Ctl *ctl, char **arguments)
{
  g_autofree char *number = NULL;
  g_autofree char *as = NULL;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "line", 0, 0, G_OPTION_ARG_FILENAME, &number, NULL, "N" },
    { "as", 0, 0, G_OPTION_ARG_FILENAME, &as, NULL, "KIND" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsLibraryEntry *entry = NULL;
  CsLibrary *library;
  const char *what, *value;
  guint line = 0;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      parse_line (number, &line, &error) && ctl_require (as, "--as", &error) &&
      ctl_require (reason, "--reason", &error))
    entry = find_version (ctl, words[0], &error);
  if (entry == NULL)
    return ctl_fail (error);
  split_kind (as, &what, &value);
  library = cs_workspace_get_library (ctl->workspace);
  cs_library_overrule_async (library, cs_workspace_get_actor (ctl->workspace),
                             cs_library_entry_get_digest (entry), what, line, value, reason, NULL,
                             ctl_ready_cb, &result);
  if (!cs_library_overrule_finish (library, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}
