/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl evidence */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-evidence-check.h"
#include "cs-evidence-export.h"
#include "cs-sheet.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-records.h"

#include <glib-unix.h>
#include <unistd.h>

static void
progress_cb (guint done, guint total, gpointer user_data)
{
  fprintf (stderr, "\r%u of %u files", done, total);
}

static gboolean
interrupt_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/* Ctrl+C ends it as well as a failure would: nothing half-written stays behind. */
static char *
export_until_interrupted (Ctl *ctl, CsDeployment *deployment, const char *directory, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  static const int signals[] = { SIGINT, SIGTERM };
  gboolean terminal = isatty (STDERR_FILENO);
  char *digest;

  /* Until the program ends: once the folder is there, its digest is printed too. */
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_unix_signal_add_full (G_PRIORITY_DEFAULT, signals[i], interrupt_cb,
                            g_object_ref (cancellable), g_object_unref);
  cs_evidence_export_async (ctl->workspace, deployment, directory, terminal ? progress_cb : NULL,
                            NULL, cancellable, ctl_ready_cb, &result);
  digest = cs_evidence_export_finish (ctl_wait (&result), error);
  if (terminal)
    fputc ('\n', stderr);
  return digest;
}

CtlStatus
ctl_evidence_export (Ctl *ctl, char **arguments)
{
  g_autofree char *directory = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &directory, "DIR", "DIR" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *digest = NULL;
  CsDeployment *deployment;

  if (!ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) ||
      !ctl_require (directory, "-o", &error))
    return ctl_fail (error);
  deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  digest = export_until_interrupted (ctl, deployment, directory, &error);
  if (digest == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "The evidence is in %s\nSHA-256 of HEADS: %s\n", directory, digest);
  return CTL_DONE;
}

CtlStatus
ctl_evidence_sheet (Ctl *ctl, char **arguments)
{
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &path, "FILE", "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsSheet) sheet = NULL;
  g_autoptr (GPtrArray) watched = NULL;
  g_autoptr (GBytes) bytes = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (path, "-o", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    {
      sheet = cs_sheet_new (deployment);
      watched = ctl_records_read_watch (ctl, deployment, &error);
    }
  if (watched != NULL)
    {
      cs_sheet_add_watch (sheet, watched);
      bytes = cs_sheet_render (sheet, &error);
    }
  if (bytes == NULL ||
      !g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                            &error))
    return ctl_fail (error);
  return CTL_DONE;
}

CtlStatus
ctl_evidence_verify (Ctl *ctl, char **arguments)
{
  g_autofree char *expected = NULL;
  const GOptionEntry entries[] = {
    { "heads", 0, 0, G_OPTION_ARG_FILENAME, &expected, NULL, "SHA256" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsEvidenceCheck) check = NULL;

  if (!ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    return ctl_fail (error);
  cs_evidence_check_async (words[0], expected, NULL, ctl_ready_cb, &result);
  check = cs_evidence_check_finish (ctl_wait (&result), &error);
  if (check == NULL)
    return ctl_fail (error);
  for (guint i = 0; i < check->faults->len; i++)
    {
      CsEvidenceFault *fault = check->faults->pdata[i];

      ctl_print (stdout, "NOT good: %s: %s\n", fault->file, fault->message);
    }
  if (check->faults->len > 0)
    printf ("NOT good; faults: %u\n", check->faults->len);
  else
    printf ("All good: %u files, %u records, %u signatures, %u decisions\n", check->n_files,
            check->n_records, check->n_signatures, check->n_decisions);
  ctl_print (stdout, "SHA-256 of HEADS: %s\n", check->heads != NULL ? check->heads : "-");
  return check->faults->len == 0 ? CTL_DONE : CTL_NO;
}
