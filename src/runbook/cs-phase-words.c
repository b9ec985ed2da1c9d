/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phase says of itself in lines of its own: its goal and its risk. */

#include "cs-phase-words.h"

#include "cs-labels.h"

#include <string.h>

/* Lines of its own that a phase may have before its steps and that are looked at. */
#define MAX_LINES 200
#define MAX_LINE 500

static const char *const GOALS[] = { "goal", "objective", "purpose", "aim", "ziel",
                                     "zweck", "objectif", "but", "objetivo", "propósito",
                                     "obiettivo", "scopo", "doel", "cel", "цель",
                                     "目标", "目的" };

static const char *const RISKS[] = { "risk", "risk level", "risiko", "risikostufe",
                                     "risque", "niveau de risque", "riesgo", "nivel de riesgo",
                                     "risco", "nível de risco", "rischio", "риск",
                                     "风险", "风险等级" };

static const struct
{
  const char *word;
  const char *level;
} LEVELS[] = {
  { "critical", "critical" }, { "kritisch", "critical" }, { "critique", "critical" },
  { "crítico", "critical" },  { "medium", "medium" },     { "moderate", "medium" },
  { "mittel", "medium" },     { "moyen", "medium" },      { "medio", "medium" },
  { "médio", "medium" },      { "high", "high" },         { "hoch", "high" },
  { "élevé", "high" },        { "alto", "high" },         { "low", "low" },
  { "niedrig", "low" },       { "gering", "low" },        { "faible", "low" },
  { "bajo", "low" },          { "baixo", "low" },         { "basso", "low" },
  { "none", "low" },          { "минимальный", "low" },   { "высокий", "high" },
  { "средний", "medium" },    { "низкий", "low" },        { "🔴", "high" },
  { "🟡", "medium" },         { "🟢", "low" },            { "高", "high" },
  { "中", "medium" },         { "低", "low" },
};

static gboolean
is_one_of (const char *key, const char *const *words, guint n)
{
  g_autofree char *lower = g_utf8_strdown (key, -1);

  for (guint i = 0; i < n; i++)
    {
      if (strcmp (lower, words[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_phase_words_dup_risk:
 * @words: what is said of a risk
 *
 * Returns: (transfer full) (nullable): "low", "medium", "high" or "critical"; %NULL if no level is
 *   named
 */
char *
cs_phase_words_dup_risk (const char *words)
{
  g_autofree char *lower = g_utf8_strdown (words, -1);
  const char *first = NULL, *level = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (LEVELS); i++)
    {
      const char *found = strstr (lower, LEVELS[i].word);

      if (found == NULL || (first != NULL && found >= first))
        continue;
      first = found;
      level = LEVELS[i].level;
    }
  return g_strdup (level);
}

/**
 * cs_phase_words_find:
 * @from: the first line of the phase's own lines
 * @to: the last one
 * @goal: (out) (transfer full) (nullable): what "**Goal:** …" says
 * @risk: (out) (transfer full) (nullable): the level that "Risk: …" names
 *
 * Finds what a phase says of itself before its steps begin.
 */
void
cs_phase_words_find (
  CsSource *source,
  CsMarkdown *markdown,
  guint from,
  guint to,
  char **goal,
  char **risk)
{
  *goal = *risk = NULL;
  for (guint line = from; line <= MIN (to, from + MAX_LINES); line++)
    {
      gsize length;
      const char *text = cs_source_get_line (source, line, &length);
      g_autofree char *key = NULL, *value = NULL;

      if (cs_markdown_get_line_kind (markdown, line) != CS_LINE_TEXT || length > MAX_LINE ||
          !cs_label_split (text, length, &key, &value) || *value == '\0')
        continue;
      if (*goal == NULL && is_one_of (key, GOALS, G_N_ELEMENTS (GOALS)))
        *goal = g_steal_pointer (&value);
      else if (*risk == NULL && is_one_of (key, RISKS, G_N_ELEMENTS (RISKS)))
        *risk = cs_phase_words_dup_risk (value);
    }
}
