/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of what a check of a runbook has to say: the one table to extend.
 *
 * They are marked for translation, but only the faces translate them. */

#include "cs-diagnostic-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* A %s is the place as it is written. Codes are for programs and never change. */
static const struct
{
  const char *code;
  const char *severity;
  const char *words;
} DIAGNOSTICS[] = {
  { "condition-in-doubt", "info",
    N_("This may leave it to a person whether the commands are run; they are part of the step. "
       "Write “If …:” over what is only offered.") },
  { "destructive", "warning", N_("“%s” can’t be taken back; it asks to be confirmed.") },
  { "encoding-latin1", "warning", N_("The file is no UTF-8; it was read as Windows-1252.") },
  { "encoding-repaired", "warning",
    N_("The text was damaged by a wrong encoding and is shown repaired; the original bytes are "
       "what is kept and signed. Save the file as UTF-8.") },
  { "endless-without-time-box", "info",
    N_("This command runs until it is stopped. Say for how long it is to be watched.") },
  { "example", "info", N_("“%s” looks like an example, and would run as it stands.") },
  { "fence-not-closed", "error",
    N_("This fence is not closed where its author meant it. Close it with a line of ``` alone.") },
  { "judged-by-person", "info", N_("Only a person can judge “%s”.") },
  { "no-rollback", "warning",
    N_("There is no rollback procedure. Add a chapter that says the way back.") },
  { "no-signoff", "info",
    N_("Nobody is asked to sign. Add a line such as “Approved by: ____”.") },
  { "placeholder", "info", N_("“%s” has to be filled in before this can run.") },
  { "secret-in-clear-text", "warning",
    N_("A secret stands here in clear text. Move it to the keyring and refer to it.") },
  { "unknown-kind", "info",
    N_("Nothing in this heading says what its commands are for; they are taken for steps of the "
       "deployment.") },
  { "unreadable-time", "warning",
    N_("No time can be read from this. Write “15 minutes”, or a range.") },
};

/**
 * cs_diagnostic_get_severity:
 * @code: of a diagnostic
 *
 * Returns: (transfer none): "error", "warning" or "info"
 */
const char *
cs_diagnostic_get_severity (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (DIAGNOSTICS); i++)
    {
      if (strcmp (DIAGNOSTICS[i].code, code) == 0)
        return DIAGNOSTICS[i].severity;
    }
  return "info";
}

/**
 * cs_diagnostic_get_words:
 * @code: of a diagnostic
 *
 * Returns: (transfer none) (nullable): its sentence, in English, for gettext and
 *   cs_diagnostic_format(); %NULL for a code that is not known
 */
const char *
cs_diagnostic_get_words (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (DIAGNOSTICS); i++)
    {
      if (strcmp (DIAGNOSTICS[i].code, code) == 0)
        return DIAGNOSTICS[i].words;
    }
  return NULL;
}

/**
 * cs_diagnostic_format:
 * @words: a sentence of cs_diagnostic_get_words(), perhaps translated
 * @subject: (nullable): the place as it is written
 *
 * Returns: (transfer full): the sentence with the place put in
 */
char *
cs_diagnostic_format (const char *words, const char *subject)
{
  const char *place = strstr (words, "%s");
  gsize before = place != NULL ? (gsize) (place - words) : 0;
  gsize length = subject != NULL ? strlen (subject) : 0;
  gsize after = place != NULL ? strlen (place + 2) : 0;
  char *sentence;

  if (place == NULL)
    return g_strdup (words);
  sentence = g_malloc (before + length + after + 1);
  memcpy (sentence, words, before);
  if (length > 0)
    memcpy (sentence + before, subject, length);
  memcpy (sentence + before + length, place + 2, after + 1);
  return sentence;
}
