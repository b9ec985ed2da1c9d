/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in a runbook, and moving them to the keyring: countersignctl runbook secrets */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-secret-move.h"
#include "cs-secret-references.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-runbook.h"
#include "ctl-terminal.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  gboolean move;
  gboolean in_place;
  gboolean yes;
  char *output;
  char *environment;
} Options;

static void
print_found (const char *path, GPtrArray *found)
{
  for (guint i = 0; i < found->len; i++)
    {
      const CsFoundSecret *secret = found->pdata[i];
      g_autofree char *line = g_strdup_printf ("%u", secret->line);
      g_autofree char *times = g_strdup_printf ("%u", secret->n_lines);

      ctl_print (stdout, "%s:%s: %s, in %s places: $" CS_SECRET_PREFIX "%s\n", path, line,
                 secret->kind, times, secret->name);
    }
}

static gboolean
confirm (const Options *options, GError **error)
{
  g_autofree char *answer = NULL;

  if (options->yes)
    return TRUE;
  if (!isatty (STDIN_FILENO))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "Nobody can be asked here; --yes says that they are to be moved");
      return FALSE;
    }
  answer = ctl_terminal_ask ("Store these in the keyring? Type yes: ", error);
  if (answer != NULL && g_str_equal (answer, "yes"))
    return TRUE;
  if (answer != NULL)
    g_set_error_literal (error, CS_ERROR, CS_ERROR_WAITING, "Nothing was moved");
  return FALSE;
}

/* First the keyring has them, and only then does the source lose them. */
static CtlStatus
store_all (Ctl *ctl, const Options *options, GPtrArray *found, GError **error)
{
  CtlStatus status = CTL_DONE;

  for (guint i = 0; i < found->len && status == CTL_DONE && *error == NULL; i++)
    {
      const CsFoundSecret *secret = found->pdata[i];

      status = ctl_secret_store (ctl, options->environment, secret->name, secret->value, error);
    }
  return status;
}

static gboolean
write_version (Ctl *ctl, const char *path, GBytes *source, GError **error)
{
  CsLibrary *library = cs_workspace_get_library (ctl->workspace);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autofree char *name = g_file_get_path (file);
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (CsLibraryEntry) entry = NULL;
  gsize size;
  const char *text = g_bytes_get_data (source, &size);

  if (!g_file_set_contents (name, text, (gssize) size, error))
    return FALSE;
  cs_runbook_load_async (file, NULL, ctl_ready_cb, &read);
  runbook = cs_runbook_load_finish (ctl_wait (&read), error);
  if (runbook == NULL)
    return FALSE;
  cs_library_add_file_async (library, cs_workspace_get_actor (ctl->workspace), runbook, file, NULL,
                             ctl_ready_cb, &added);
  entry = cs_library_add_finish (library, ctl_wait (&added), error);
  return entry != NULL;
}

static void
print_arguments (const char *path, GArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      g_autofree char *line = g_strdup_printf ("%u", g_array_index (lines, guint, i));

      ctl_print (stderr,
                 "%s:%s: warning: the program of this line gets the secret as an argument, which "
                 "all on the server can read while it runs; have it read a file or a variable\n",
                 path, line);
    }
}

static CtlStatus
move (Ctl *ctl, const char *path, const Options *options, CsRunbook *runbook, GPtrArray *found)
{
  const char *output = options->in_place ? path : options->output;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) arguments = NULL;
  g_autoptr (GBytes) source = NULL;
  CtlStatus status;

  if (output == NULL)
    {
      g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                           "Say where the new version goes: --output FILE or --in-place");
      return ctl_fail (error);
    }
  if (!confirm (options, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  status = store_all (ctl, options, found, &error);
  if (error != NULL)
    return ctl_fail (error);
  if (status != CTL_DONE)
    return status;
  source = cs_secret_move_apply (runbook, found, &arguments);
  if (!write_version (ctl, output, source, &error))
    return ctl_fail (error);
  print_arguments (output, arguments);
  ctl_print (stderr, "countersignctl: %s refers to them now. Where the old text was kept, in a "
                     "repository say, they are still to be read: change them there.\n",
             output);
  return CTL_DONE;
}

CtlStatus
ctl_runbook_secrets (Ctl *ctl, char **arguments)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "move", 0, 0, G_OPTION_ARG_NONE, &options.move, NULL, NULL },
    { "in-place", 0, 0, G_OPTION_ARG_NONE, &options.in_place, NULL, NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &options.yes, NULL, NULL },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &options.output, "FILE", "FILE" },
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &options.environment, NULL, "E" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (GPtrArray) found = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    runbook = ctl_load_runbook (ctl, words[0], &error);
  if (runbook == NULL)
    status = ctl_fail (error);
  else
    {
      found = cs_secret_move_find (runbook);
      print_found (words[0], found);
      if (found->len > 0)
        status = options.move ? move (ctl, words[0], &options, runbook, found) : CTL_NO;
    }
  g_free (options.output);
  g_free (options.environment);
  return status;
}
