/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts in tables: timelines, risks, thresholds. */

#include "cs-facts.h"

#include "cs-durations.h"
#include "cs-phase-words.h"
#include "cs-tables.h"
#include "cs-thresholds.h"
#include "cs-word-folding.h"

#include <string.h>

#define MAX_ROW 2000

typedef enum
{
  COLUMN_OTHER,
  COLUMN_DURATION,
  COLUMN_RISK,
  COLUMN_NORMAL,
  COLUMN_WARNING,
  COLUMN_CRITICAL,
} Column;

/* Words of header cells, in lower case; the first that a cell holds decides. */
static const struct
{
  const char *word;
  Column column;
} COLUMNS[] = {
  { "critical", COLUMN_CRITICAL },
  { "kritisch", COLUMN_CRITICAL },
  { "alert", COLUMN_WARNING },
  { "warning", COLUMN_WARNING },
  { "alarm", COLUMN_WARNING },
  { "warnung", COLUMN_WARNING },
  { "alerte", COLUMN_WARNING },
  { "alerta", COLUMN_WARNING },
  { "告警", COLUMN_WARNING },
  { "normal", COLUMN_NORMAL },
  { "target", COLUMN_NORMAL },
  { "expected", COLUMN_NORMAL },
  { "zielwert", COLUMN_NORMAL },
  { "cible", COLUMN_NORMAL },
  { "objetivo", COLUMN_NORMAL },
  { "threshold", COLUMN_WARNING },
  { "schwell", COLUMN_WARNING },
  { "seuil", COLUMN_WARNING },
  { "umbral", COLUMN_WARNING },
  { "duration", COLUMN_DURATION },
  { "dauer", COLUMN_DURATION },
  { "durée", COLUMN_DURATION },
  { "duración", COLUMN_DURATION },
  { "duração", COLUMN_DURATION },
  { "durata", COLUMN_DURATION },
  { "duur", COLUMN_DURATION },
  { "estimated time", COLUMN_DURATION },
  { "时长", COLUMN_DURATION },
  { "耗时", COLUMN_DURATION },
  { "risk", COLUMN_RISK },
  { "risiko", COLUMN_RISK },
  { "risque", COLUMN_RISK },
  { "riesgo", COLUMN_RISK },
  { "risco", COLUMN_RISK },
  { "风险", COLUMN_RISK },
};

static Column
column_of (const char *cell)
{
  g_autofree char *lower = cs_lower_words (cell, -1);

  for (guint i = 0; i < G_N_ELEMENTS (COLUMNS); i++)
    {
      if (strstr (lower, COLUMNS[i].word) != NULL)
        return COLUMNS[i].column;
    }
  return COLUMN_OTHER;
}

static void
add_timeline (GPtrArray *facts, guint line, const char *phase, const char *cell)
{
  CsDuration duration;
  CsFact *fact;

  if (!cs_duration_find (cell, &duration, NULL, NULL))
    return;
  fact = cs_fact_new (CS_FACT_TIMELINE, line, cell);
  cs_fact_set_string (fact, "phase", phase);
  cs_fact_set_int (fact, "seconds", duration.most);
  g_ptr_array_add (facts, fact);
}

static void
add_risk (GPtrArray *facts, guint line, const char *what, const char *cell)
{
  g_autofree char *level = cs_phase_words_dup_risk (cell);
  CsFact *fact;

  if (level == NULL || g_ascii_strncasecmp (cell, "none", 4) == 0)
    return;
  fact = cs_fact_new (CS_FACT_RISK, line, what);
  cs_fact_set_string (fact, "level", level);
  g_ptr_array_add (facts, fact);
}

static void
add_bound (GPtrArray *facts, guint line, const char *metric, const char *cell, const char *severity)
{
  guint before = facts->len;
  char *end;
  double value = g_ascii_strtod (cell, &end);
  CsFact *fact;

  cs_thresholds_find (cell, line, severity, metric, facts);
  if (facts->len > before || end == cell || *end != '\0')
    return;
  fact = cs_fact_new (CS_FACT_THRESHOLD, line, cell);
  cs_fact_set_literal (fact, "severity", severity);
  cs_fact_set_string (fact, "metric", metric);
  cs_fact_set_literal (fact, "op", "==");
  cs_fact_set_number (fact, "value", value);
  cs_fact_set_literal (fact, "unit", "count");
  g_ptr_array_add (facts, fact);
}

static gboolean
is_total (const char *words)
{
  g_autofree char *lower = cs_lower_words (words, -1);

  return strstr (lower, "total") != NULL || strstr (lower, "gesamt") != NULL ||
         strstr (lower, "summe") != NULL;
}

static void
take_cell (GPtrArray *facts,
           guint line,
           Column column,
           const char *subject,
           const char *cell,
           const char *severity)
{
  if (column == COLUMN_DURATION)
    add_timeline (facts, line, subject, cell);
  else if (column == COLUMN_RISK && !is_total (subject))
    add_risk (facts, line, subject, cell);
  else if (column == COLUMN_NORMAL)
    add_bound (facts, line, subject, cell, "target");
  else if (column == COLUMN_WARNING)
    add_bound (facts, line, subject, cell, severity != NULL ? severity : "warning");
  else if (column == COLUMN_CRITICAL)
    add_bound (facts, line, subject, cell, "critical");
}

/**
 * cs_table_facts_find:
 * @table: a table
 * @severity: (nullable): of bounds in its alert columns, if the chapter says
 * @facts: (element-type CsFact): takes what is found
 *
 * Reads a table by its header: durations, risks, normal and alert values.
 */
void
cs_table_facts_find (CsSource *source,
                     const CsElement *table,
                     const char *severity,
                     GPtrArray *facts)
{
  gsize length;
  const char *text = cs_source_get_line (source, table->line, &length);
  g_autoptr (GPtrArray) header = NULL;
  g_autofree Column *columns = NULL;
  gboolean any = FALSE;

  if (length > MAX_ROW)
    return;
  header = cs_table_split_row (text, length);
  columns = g_new0 (Column, header->len);
  for (guint i = 1; i < header->len; i++)
    {
      columns[i] = column_of (cs_table_get_cell (header, i));
      any |= columns[i] != COLUMN_OTHER;
    }
  for (guint line = table->line + 2; any && line <= table->end_line; line++)
    {
      g_autoptr (GPtrArray) row = NULL;
      g_autofree char *subject = NULL;

      text = cs_source_get_line (source, line, &length);
      if (length > MAX_ROW)
        continue;
      row = cs_table_split_row (text, length);
      subject = cs_heading_strip_markup (cs_table_get_cell (row, 0));
      for (guint i = 1; i < header->len; i++)
        {
          g_autofree char *cell = NULL;

          if (columns[i] == COLUMN_OTHER)
            continue;
          cell = cs_heading_strip_markup (cs_table_get_cell (row, i));
          take_cell (facts, line, columns[i], subject, cell, severity);
        }
    }
}
