/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl runbook compare, overrule */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-changes.h"
#include "cs-comparison.h"
#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-runbook.h"

#include <string.h>

/* Lines around a change that are printed with it. */
#define CONTEXT 3

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
    before = ctl_load_runbook (ctl, words[0], &error);
  if (before != NULL)
    after = ctl_load_runbook (ctl, words[1], &error);
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

  if (!ctl_require (word, "--line", error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (word, 10, 1, G_MAXINT, &number, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no line; lines are numbers from 1", word);
      return FALSE;
    }
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

static gboolean
forbid_with_undo (const char *as, const char *reason, GError **error)
{
  if (as == NULL && reason == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "--undo takes a decision back; it goes without --as and --reason");
  return FALSE;
}

/* The line in which something is overruled, of whatever kind. */
static const CsOverrule *
find_overruled (CsLibraryEntry *entry, guint line, GError **error)
{
  CsOverrules *overrules = cs_library_entry_get_overrules (entry);

  for (guint i = 0; i < cs_overrules_get_length (overrules); i++)
    {
      const CsOverrule *overrule = cs_overrules_get (overrules, i);

      if (overrule->line == line)
        return overrule;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "Nothing is overruled in line %u", line);
  return NULL;
}

static gboolean
record_overruling (Ctl *ctl,
                   CsLibraryEntry *entry,
                   const char *what,
                   guint line,
                   const char *value,
                   const char *reason,
                   GError **error)
{
  CsLibrary *library = cs_workspace_get_library (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_library_overrule_async (library, cs_workspace_get_actor (ctl->workspace),
                             cs_library_entry_get_digest (entry), what, line, value, reason, NULL,
                             ctl_ready_cb, &result);
  return cs_library_overrule_finish (library, ctl_wait (&result), error);
}

/* Each decision on the line, one after the other. */
static gboolean
take_back (Ctl *ctl, CsLibraryEntry *entry, guint line, GError **error)
{
  const CsOverrule *overrule = find_overruled (entry, line, error);

  if (overrule == NULL)
    return FALSE;
  for (; overrule != NULL; overrule = find_overruled (entry, line, NULL))
    {
      g_autofree char *what = g_strdup (overrule->what);

      if (!record_overruling (ctl, entry, what, line, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}

CtlStatus
ctl_runbook_overrule (Ctl *ctl, char **arguments)
{
  g_autofree char *number = NULL;
  g_autofree char *as = NULL;
  g_autofree char *reason = NULL;
  gboolean undo = FALSE;
  const GOptionEntry entries[] = {
    { "line", 0, 0, G_OPTION_ARG_FILENAME, &number, NULL, "N" },
    { "as", 0, 0, G_OPTION_ARG_FILENAME, &as, NULL, "KIND" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { "undo", 0, 0, G_OPTION_ARG_NONE, &undo, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsLibraryEntry *entry = NULL;
  const char *what, *value;
  guint line = 0;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      parse_line (number, &line, &error) &&
      (undo ? forbid_with_undo (as, reason, &error)
            : ctl_require (as, "--as", &error) && ctl_require (reason, "--reason", &error)))
    entry = ctl_find_version (ctl, words[0], &error);
  if (entry == NULL)
    return ctl_fail (error);
  if (undo)
    return take_back (ctl, entry, line, &error) ? CTL_DONE : ctl_fail (error);
  split_kind (as, &what, &value);
  return record_overruling (ctl, entry, what, line, value, reason, &error) ? CTL_DONE
                                                                           : ctl_fail (error);
}
