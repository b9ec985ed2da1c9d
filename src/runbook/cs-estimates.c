/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a phase or step takes, as its author says it. */

#include "cs-estimates.h"

#include "cs-durations.h"
#include "cs-labels.h"
#include "cs-word-folding.h"

#include <string.h>

/* Keys of an estimate line, in lower case; an ending may follow. */
static const char *const KEYS[] = {
  "estimated time", "estimated duration", "estimate", "duration", "time required", "time needed",
  "expected duration", "expected time", "time to rollback", "rollback time", "eta",
  "geschätzte dauer", "geschätzte zeit", "dauer", "zeitaufwand", "zeitbedarf", "zeit",
  "durée", "durée estimée", "temps estimé", "duración", "tiempo estimado", "duração",
  "tempo estimado", "durata", "tempo stimato", "duur", "geschatte tijd", "geschatte duur",
  "预计时间", "预计耗时", "耗时", "所要時間",
};

/* Words before a span that make it a window of watching or a rhythm instead. */
static const char *const WINDOWS[] = { "first ", "erste", "premi", "primer", "prime", "前" };
static const char *const RHYTHMS[] = { "every ", "alle ", "jede", "after ",
                                       "nach ", "last ", "cada ", "toutes ",
                                       "letzte", " ago", "within ", "innerhalb",
                                       "binnen ", "dans les ", "dentro de", "entro " };

static gboolean
contains_any (const char *text, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (strstr (text, words[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_estimate_key (const char *key)
{
  g_autofree char *lower = cs_lower_words (key, -1);
  char *bracket = strchr (lower, '(');

  if (bracket != NULL)
    *bracket = '\0';
  g_strstrip (lower);
  for (guint i = 0; i < G_N_ELEMENTS (KEYS); i++)
    {
      if (*lower == *KEYS[i] && strcmp (lower, KEYS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_estimate_of_title:
 * @words: a title with its remarks
 * @has_commands: whether there is something to run under it; "first 24 hours" over a list of
 *   things to look at is a window, not work
 *
 * Returns: seconds (the upper end of a range), -1 if the title does not say
 */
gint64
cs_estimate_of_title (const char *words, gboolean has_commands)
{
  g_autofree char *lower = NULL;
  CsDuration duration;
  const char *start;

  if (strpbrk (words, "0123456789") == NULL)
    return -1;
  lower = cs_lower_words (words, -1);
  if (!cs_duration_find (lower, &duration, &start, NULL))
    return -1;
  if (strchr (lower, '(') != NULL && strchr (lower, '(') > start)
    {
      CsDuration in_brackets;

      if (cs_duration_find (strchr (lower, '('), &in_brackets, NULL, NULL))
        duration = in_brackets;
    }
  if (contains_any (lower, RHYTHMS, G_N_ELEMENTS (RHYTHMS)))
    return -1;
  if (!has_commands && contains_any (lower, WINDOWS, G_N_ELEMENTS (WINDOWS)))
    return -1;
  return duration.most;
}

static gboolean
read_estimate (const char *text, gsize length, CsDuration *duration)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  return length < 200 && cs_label_split (text, length, &key, &value) && is_estimate_key (key) &&
         cs_duration_find (value, duration, NULL, NULL);
}

/**
 * cs_estimate_is_line:
 *
 * Returns: whether a line says "Estimated Time: …" in one of the languages known
 */
gboolean
cs_estimate_is_line (const char *text, gsize length)
{
  CsDuration duration;

  return read_estimate (text, length, &duration);
}

/**
 * cs_estimate_is_unreadable:
 * @key: the words before a colon
 * @value: what follows
 *
 * Returns: whether the words announce how long something takes, and no time follows
 */
gboolean
cs_estimate_is_unreadable (const char *key, const char *value)
{
  CsDuration duration;

  return *value != '\0' && strlen (value) < 200 && is_estimate_key (key) &&
         g_ascii_strcasecmp (value, "n/a") != 0 && strcmp (value, "-") != 0 &&
         strcmp (value, "–") != 0 && !cs_duration_find (value, &duration, NULL, NULL);
}

/**
 * cs_estimate_of_lines:
 *
 * Looks for an estimate line among lines of text.
 *
 * Returns: seconds (the upper end of a range), -1 if no line says
 */
gint64
cs_estimate_of_lines (CsSource *source, CsMarkdown *markdown, guint from, guint to)
{
  CsDuration duration;

  for (guint i = from; i <= to; i++)
    {
      gsize length;
      const char *line;

      if (cs_markdown_get_line_kind (markdown, i) != CS_LINE_TEXT ||
          !cs_label_may_split (source, i) ||
          (cs_source_get_line_bytes (source, i) & CS_BYTES_DIGIT) == 0)
        continue;
      line = cs_source_get_line (source, i, &length);
      if (read_estimate (line, length, &duration))
        return duration.most;
    }
  return -1;
}
