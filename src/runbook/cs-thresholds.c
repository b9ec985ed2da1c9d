/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds on numbers: "error rate >5% for 5 minutes". */

#include "cs-thresholds.h"

#include "cs-durations.h"

#include <string.h>

static const struct
{
  const char *sign;
  const char *op;
} SIGNS[] = {
  { ">=", ">=" }, { "<=", "<=" }, { "≥", ">=" }, { "≤", "<=" },
  { ">", ">" },   { "<", "<" },   { "＞", ">" }, { "＜", "<" },
};

static const char *
read_number (const char *p, double *value)
{
  double scale = 1;

  *value = 0;
  while (g_ascii_isdigit (*p) ||
         (*p == ',' && g_ascii_isdigit (p[1]) && g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3])))
    {
      *value = *p == ',' ? *value : *value * 10 + (*p - '0');
      p++;
    }
  if ((*p == '.' || *p == ',') && g_ascii_isdigit (p[1]))
    {
      for (p++; g_ascii_isdigit (*p); p++)
        {
          scale /= 10;
          *value += (*p - '0') * scale;
        }
    }
  return p;
}

/* "%", "ms", "/hour", "requests/min": "count" if there is none. */
static const char *
read_unit (const char *p, char **unit)
{
  static const char *const UNITS[] = { "%", "ms", "s", "sec", "seconds",
                                       "min", "minutes", "minuten", "sekunden", "h",
                                       "kb", "mb", "gb", "tb", "kib",
                                       "mib", "gib", "µs", "rps", "qps" };
  const char *q = p + strspn (p, " ");
  const char *end = q;
  g_autofree char *word = NULL, *lower = NULL;

  if (*q == '%')
    {
      *unit = g_strdup ("%");
      return q + 1;
    }
  while (*end != '\0' && g_unichar_isalpha (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  word = g_strndup (q, (gsize) (end - q));
  lower = g_utf8_strdown (word, -1);
  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    {
      if (strcmp (lower, UNITS[i]) == 0)
        {
          *unit = g_strdup (word);
          return end;
        }
    }
  if (*end == '/' && g_ascii_isalpha (end[1]))
    {
      const char *per = end;

      while (*end == '/' || g_ascii_isalpha (*end))
        end++;
      *unit = g_strndup (per, (gsize) (end - per));
      return end;
    }
  *unit = g_strdup ("count");
  return p;
}

/* What is measured: the words before the bound, without list marks and brackets. */
static char *
metric_before (const char *text, const char *bound, const char *fallback)
{
  g_autofree char *metric = g_strndup (text, (gsize) (bound - text));
  char *start = metric;
  char *bracket = strrchr (metric, '(');

  if (bracket != NULL)
    *bracket = '\0';
  while (*start != '\0' && !g_unichar_isalnum (g_utf8_get_char (start)) && *start != '"')
    start = g_utf8_next_char (start);
  for (gsize n = strlen (start); n > 0 && strchr (" \t:*|`-", start[n - 1]) != NULL;)
    start[--n] = '\0';
  return g_strdup (*start != '\0' ? start : fallback != NULL ? fallback
                                                             : "");
}

static void
add_window (CsFact *fact, const char *rest)
{
  const char *from = strstr (rest, " for ");
  CsDuration duration;

  from = from != NULL ? from : strstr (rest, "sustained");
  if (from != NULL && cs_duration_find (from, &duration, NULL, NULL))
    cs_fact_set_int (fact, "window_seconds", duration.most);
}

static CsFact *
add (GPtrArray *facts,
     guint line,
     const char *text,
     const char *severity,
     const char *metric,
     const char *op,
     double value,
     const char *unit)
{
  CsFact *fact = cs_fact_new (CS_FACT_THRESHOLD, line, text);

  cs_fact_set_string (fact, "severity", severity);
  cs_fact_set_string (fact, "metric", metric);
  cs_fact_set_string (fact, "op", op);
  cs_fact_set_number (fact, "value", value);
  cs_fact_set_string (fact, "unit", unit);
  g_ptr_array_add (facts, fact);
  return fact;
}

/* "(3 consecutive)", "Zero 5xx errors", "should be 0" */
static void
find_worded (const char *text, guint line, const char *severity, GPtrArray *facts)
{
  const char *consecutive = strstr (text, " consecutive");
  const char *zero = strstr (text, "Zero ");
  g_autofree char *metric = NULL;

  if (consecutive != NULL && strchr (text, '(') != NULL)
    {
      const char *p = consecutive;
      double value;

      while (p > text && g_ascii_isdigit (p[-1]))
        p--;
      if (p == consecutive)
        return;
      read_number (p, &value);
      metric = metric_before (text, p, NULL);
      cs_fact_set_int (add (facts, line, text, severity, metric, ">=", value, "count"),
                       "consecutive", (gint64) value);
    }
  else if (zero != NULL && (zero == text || !g_ascii_isalnum (zero[-1])) && zero - text < 16)
    {
      add (facts, line, text, severity, zero + strlen ("Zero "), "==", 0, "count");
    }
  else if (strstr (text, "should be 0") != NULL)
    {
      metric = metric_before (text, strstr (text, "should be 0"), NULL);
      add (facts, line, text, severity, metric, "==", 0, "count");
    }
}

/**
 * cs_thresholds_find:
 * @text: a line's words, or a cell's
 * @line: its number in the document
 * @severity: "critical", "warning", "target" or "rollback"
 * @metric: (nullable): what is measured, if @text does not say
 * @facts: (element-type CsFact): takes what is found
 *
 * Finds bounds on numbers. A bound that only says for how long another must hold is part of that.
 */
void
cs_thresholds_find (const char *text,
                    guint line,
                    const char *severity,
                    const char *metric,
                    GPtrArray *facts)
{
  guint before = facts->len;

  for (const char *p = text; *p != '\0'; p++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (SIGNS); i++)
        {
          gsize length = strlen (SIGNS[i].sign);
          const char *number = p + length, *end;
          g_autofree char *unit = NULL, *name = NULL;
          double value;

          if (strncmp (p, SIGNS[i].sign, length) != 0 ||
              (p > text && strchr ("-=<>", p[-1]) != NULL))
            continue;
          number += strspn (number, " ");
          if (!g_ascii_isdigit (*number))
            break;
          end = read_unit (read_number (number, &value), &unit);
          if (facts->len > before)
            return; /* "sustained for >5 minutes" */
          name = metric_before (text, p, metric);
          add_window (add (facts, line, text, severity,
                           *name != '\0' ? name : end + strspn (end, " "), SIGNS[i].op, value,
                           unit),
                      end);
          p = end - 1;
          break;
        }
    }
  if (facts->len == before)
    find_worded (text, line, severity, facts);
}
