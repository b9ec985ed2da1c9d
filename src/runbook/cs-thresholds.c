/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds on numbers: "error rate >5% for 5 minutes". */

#include "cs-thresholds.h"

#include "cs-bound-words.h"
#include "cs-durations.h"
#include "cs-word-folding.h"

#include <string.h>

/* How long a unit may be that is not known, written right behind its number: "350mA". */
#define MAX_UNIT 5

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
  if ((*p == 'k' || *p == 'K' || *p == 'M') && !g_unichar_isalnum (g_utf8_get_char (p + 1)))
    {
      *value *= *p == 'M' ? 1e6 : 1e3;
      p++;
    }
  return p;
}

/* "%", "ms", "350mA", "/hour", "requests/min": "count" if there is none. */
static const char *
read_unit (const char *p, char **unit)
{
  static const char *const UNITS[] = { "%", "ms", "s", "sec", "seconds",
                                       "min", "minutes", "minuten", "sekunden", "h",
                                       "kb", "mb", "gb", "tb", "kib",
                                       "mib", "gib", "µs", "rps", "qps",
                                       "kg", "g", "m", "km", "cm",
                                       "mm", "hz", "khz", "mhz", "ghz",
                                       "v", "w", "kw", "ma", "db",
                                       "mbps", "gbps", "iops", "bytes", "day",
                                       "days", "hour", "hours", "tage", "stunden",
                                       "heures", "horas", "jours", "días", "dias" };
  const char *q = p + strspn (p, " ");
  const char *end = q;
  g_autofree char *word = NULL, *lower = NULL;

  if (*q == '%')
    {
      *unit = g_strdup ("%");
      return q + 1;
    }
  if (g_str_has_prefix (q, "°"))
    {
      end = q + strlen ("°") + (strchr ("CFK", q[strlen ("°")]) != NULL && q[strlen ("°")] != '\0');
      *unit = g_strndup (q, (gsize) (end - q));
      return end;
    }
  while (*end != '\0' && g_unichar_isalpha (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  word = g_strndup (q, (gsize) (end - q));
  lower = cs_lower_words (word, -1);
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
  if (end > q && end - q <= MAX_UNIT && q == p && !g_ascii_isdigit (*end))
    {
      *unit = g_steal_pointer (&word);
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

/* "for 5 minutes", "über 10 Minuten": for how long it must be so. */
static void
add_window (CsFact *fact, const char *rest)
{
  static const char *const WORDS[] = {
    " for ", "sustained", " over ", " within ", " during ", " über ", " während ", " innerhalb ",
    " lang", " pendant ", " durant ", " sur ", " durante ", " por ", " per ", " voor ",
    " gedurende ", " przez ", " в течение ", "持续", "间",
  };
  CsDuration duration;

  if (strpbrk (rest, "0123456789") == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      const char *from = strstr (rest, WORDS[i]);

      if (from == NULL || !cs_duration_find (from, &duration, NULL, NULL))
        continue;
      cs_fact_set_int (fact, "window_seconds", duration.most);
      return;
    }
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

  cs_fact_set_literal (fact, "severity", severity);
  cs_fact_set_string (fact, "metric", metric);
  cs_fact_set_literal (fact, "op", op);
  cs_fact_set_number (fact, "value", value);
  cs_fact_set_string (fact, "unit", unit);
  g_ptr_array_add (facts, fact);
  return fact;
}

/* Whether one of the signs begins with this byte. */
static gboolean
may_be_sign (char c)
{
  return c == '<' || c == '>' || c == '\xe2' || c == '\xef';
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
  else if (zero != NULL && (zero == text || !g_ascii_isalnum (zero[-1])) && zero - text < 8)
    {
      add (facts, line, text, severity, zero + strlen ("Zero "), "==", 0, "count");
    }
  else if (strstr (text, "should be 0") != NULL)
    {
      metric = metric_before (text, strstr (text, "should be 0"), NULL);
      add (facts, line, text, severity, metric, "==", 0, "count");
    }
}

static gboolean
is_span (const char *unit)
{
  CsDuration duration;
  g_autofree char *one = g_strconcat ("1 ", unit, NULL);

  return strcmp (unit, "ms") != 0 && cs_duration_find (one, &duration, NULL, NULL);
}

/* "Temperature over 95 °C". For how long something is so ("over 5 minutes") is no bound on it, and
 * counted things ("more than 10 customers") are one only where the list says that they are bad. */
static void
find_said (const char *text, guint line, const char *severity, GPtrArray *facts)
{
  const char *op, *start, *number, *end;
  g_autofree char *unit = NULL, *name = NULL;
  double value;

  if (!cs_bound_words_find (text, &op, &start, &number))
    return;
  end = read_unit (read_number (number, &value), &unit);
  if (is_span (unit) || (strcmp (unit, "count") == 0 &&
                         (strcmp (severity, "target") == 0 || *end != ' ')))
    return;
  name = metric_before (text, start, NULL);
  add_window (add (facts, line, text, severity, *name != '\0' ? name : end + strspn (end, " "), op,
                   value, unit),
              end);
}

/**
 * cs_thresholds_find:
 * @text: a line's words, or a cell's
 * @line: its number in the document
 * @severity: (transfer none): "critical", "warning", "target" or "rollback"; a literal
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
      for (guint i = 0; may_be_sign (*p) && i < G_N_ELEMENTS (SIGNS); i++)
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

/**
 * cs_thresholds_find_from:
 * @source: (transfer none): where it stands: "list", "checkbox", "text", "comment", "script",
 *   "output"; a literal, which lives for ever
 *
 * Like cs_thresholds_find(), and says where each was found. In lists a bound may be said in words
 * ("over 95 °C"), which tell too many other things in prose.
 */
void
cs_thresholds_find_from (
  const char *text,
  guint line,
  const char *severity,
  const char *source,
  GPtrArray *facts)
{
  guint before = facts->len;

  cs_thresholds_find (text, line, severity, NULL, facts);
  if (facts->len == before && strcmp (source, "text") != 0)
    find_said (text, line, severity, facts);
  for (guint i = before; i < facts->len; i++)
    cs_fact_set_literal (g_ptr_array_index (facts, i), "source", source);
}

/* "70 customers, 10 companies (unchanged)": nothing but counted things. */
static gboolean
is_counted_list (char **items)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      const char *p = items[i] + strspn (items[i], " ");
      gsize digits = strspn (p, "0123456789");

      if (digits == 0 || p[digits] != ' ' || !g_ascii_isalpha (p[digits + 1]) ||
          strpbrk (p + digits, ".:=<>\"") != NULL)
        return FALSE;
      p += digits + 1;
      p += strcspn (p, " (");
      p += strspn (p, " ");
      if (*p != '\0' && *p != '(')
        return FALSE;
    }
  return items[0] != NULL;
}

static void
find_counted (const char *text, guint line, GPtrArray *facts)
{
  g_auto (GStrv) items = g_strsplit (text, ",", 8);

  if (!is_counted_list (items))
    return;
  for (guint i = 0; items[i] != NULL; i++)
    {
      double value;
      const char *rest = read_number (items[i] + strspn (items[i], " "), &value);
      g_autofree char *metric = g_strndup (rest + 1, strcspn (rest + 1, " ("));

      add (facts, line, text, "target", metric, "==", value, "count");
    }
}

/* "50+ tables" */
static gboolean
find_at_least (const char *text, guint line, GPtrArray *facts)
{
  for (const char *p = strchr (text, '+'); p != NULL; p = strchr (p + 1, '+'))
    {
      const char *start = p;
      double value;
      g_autofree char *metric = NULL;

      while (start > text && g_ascii_isdigit (start[-1]))
        start--;
      if (start == p || p[1] != ' ' || !g_ascii_isalpha (p[2]) ||
          (start > text && strchr (" (", start[-1]) == NULL))
        continue;
      read_number (start, &value);
      metric = g_strndup (p + 2, strcspn (p + 2, " ,.)"));
      add (facts, line, text, "target", metric, ">=", value, "count");
      return TRUE;
    }
  return FALSE;
}

/* "70", "0 (nothing left)", [{"count": 70}] */
static gboolean
find_single (const char *text, guint line, GPtrArray *facts)
{
  const char *p = text + strspn (text, "[{ ");
  g_autofree char *metric = NULL;
  double value;

  if (*p == '"' && strchr (p + 1, '"') != NULL)
    {
      metric = g_strndup (p + 1, strcspn (p + 1, "\""));
      p += strlen (metric) + 2;
      p += strspn (p, " ");
      if (*p != ':')
        return FALSE;
      p += 1 + strspn (p + 1, " ");
    }
  if (!g_ascii_isdigit (*p))
    return FALSE;
  p = read_number (p, &value);
  p += strspn (p, " }]");
  if (*p != '\0' && *p != '(')
    return FALSE;
  add (facts, line, text, "target", metric != NULL ? metric : "output", "==", value, "count");
  return TRUE;
}

/**
 * cs_thresholds_find_expected:
 * @text: what the comment of a command expects
 * @measured: whether the command measures, and does not tell how something is set
 *
 * Like cs_thresholds_find(), for text that says what a command should print: there a number is a
 * bound also without a sign.
 */
void
cs_thresholds_find_expected (const char *text, guint line, gboolean measured, GPtrArray *facts)
{
  guint before = facts->len;

  cs_thresholds_find (text, line, "target", "output", facts);
  if (measured && facts->len == before && !find_at_least (text, line, facts) &&
      !find_single (text, line, facts))
    find_counted (text, line, facts);
  for (guint i = before; i < facts->len; i++)
    cs_fact_set_literal (g_ptr_array_index (facts, i), "source", "comment");
}

/**
 * cs_thresholds_add_equal:
 * @from: where the words begin that say what is measured
 * @to: their end
 * @number: (not nullable): a digit
 */
void
cs_thresholds_add_equal (const char *text,
                         guint line,
                         const char *from,
                         const char *to,
                         const char *number,
                         const char *source,
                         GPtrArray *facts)
{
  g_autofree char *metric = metric_before (from, to, NULL), *unit = NULL;
  double value;

  read_unit (read_number (number, &value), &unit);
  cs_fact_set_literal (add (facts, line, text, "target", metric, "==", value, unit), "source",
                       source);
}
