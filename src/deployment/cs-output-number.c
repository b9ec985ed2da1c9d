/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds on numbers that a command should print: "Query: <50ms". */

#include "cs-output-number.h"

#include "cs-output-pattern.h"
#include "cs-unit.h"

#include <string.h>

#define MAX_UNIT 16

typedef struct
{
  double value;
  char unit[MAX_UNIT]; /* "": none that is known */
} Quantity;

typedef struct
{
  char op[3]; /* "<", "<=", ">", ">=" */
  Quantity limit;
  char *label; /* what is measured, in lower case; "" if it is not said */
} Bound;

/* "1,234.5", "12,5" */
static const char *
read_number (const char *p, double *value)
{
  g_autoptr (GString) digits = g_string_new (NULL);

  while (g_ascii_isdigit (*p) || (*p == ',' && digits->len > 0 && g_ascii_isdigit (p[1]) &&
                                  g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3]) &&
                                  !g_ascii_isdigit (p[4])))
    {
      if (*p != ',')
        g_string_append_c (digits, *p);
      p++;
    }
  if ((*p == '.' || *p == ',') && g_ascii_isdigit (p[1]))
    {
      g_string_append_c (digits, '.');
      for (p++; g_ascii_isdigit (*p); p++)
        g_string_append_c (digits, *p);
    }
  *value = g_ascii_strtod (digits->str, NULL);
  return p;
}

/* A number with its unit; NULL if none stands here. */
static const char *
read_quantity (const char *p, Quantity *quantity)
{
  gboolean negative = *p == '-' && g_ascii_isdigit (p[1]);
  const char *unit, *end;

  p += negative ? 1 : 0;
  if (!g_ascii_isdigit (*p))
    return NULL;
  p = read_number (p, &quantity->value);
  quantity->value = negative ? -quantity->value : quantity->value;
  *quantity->unit = '\0';
  unit = p + (*p == ' ' ? 1 : 0);
  end = unit + (*unit == '%' ? 1 : 0);
  while (end == unit || *unit != '%')
    {
      if (*end == '\0' || !g_unichar_isalpha (g_utf8_get_char (end)))
        break;
      end = g_utf8_next_char (end);
    }
  if (end == unit || end - unit >= MAX_UNIT)
    return p;
  memcpy (quantity->unit, unit, (gsize) (end - unit));
  quantity->unit[end - unit] = '\0';
  if (cs_unit_is_known (quantity->unit))
    return end;
  *quantity->unit = '\0';
  return p;
}

/* Words in lower case, one space between two, without marks around. */
static char *
fold_label (const char *text, gsize length)
{
  g_autofree char *lower = g_utf8_strdown (text, (gssize) length);
  g_auto (GStrv) words = g_strsplit_set (lower, " \t", -1);
  GString *label = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (label, "%s%s", label->len > 0 ? " " : "", words[i]);
  while (label->len > 0 && strchr (" :=(-*|.", label->str[label->len - 1]) != NULL)
    g_string_truncate (label, label->len - 1);
  g_string_erase (label, 0, (gssize) strspn (label->str, " -*|("));
  return g_string_free (label, FALSE);
}

static gboolean
parse_bound (const char *text, Bound *bound)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *number = g_utf8_next_char (p);
      gboolean equal = c == 0x2264 || c == 0x2265 || *number == '=';

      if (c != '<' && c != '>' && c != 0x2264 && c != 0x2265)
        continue;
      number += *number == '=' ? 1 : 0;
      number += strspn (number, " ");
      if (read_quantity (number, &bound->limit) == NULL)
        continue;
      bound->op[0] = c == '<' || c == 0x2264 ? '<' : '>';
      bound->op[1] = equal ? '=' : '\0';
      bound->op[2] = '\0';
      bound->label = fold_label (text, (gsize) (p - text));
      return TRUE;
    }
  return FALSE;
}

static gboolean
holds (const char *op, double value, double limit)
{
  if (op[1] == '=' && value == limit)
    return TRUE;
  return *op == '<' ? value < limit : value > limit;
}

/* Some mean 1024 × 1024 by "MB". NULL where there is no doubt. */
static const char *
other_reading (const char *unit)
{
  static const char *const DOUBTFUL[][2] = {
    { "kb", "KiB" }, { "mb", "MiB" }, { "gb", "GiB" }, { "tb", "TiB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (DOUBTFUL); i++)
    if (g_ascii_strcasecmp (unit, DOUBTFUL[i][0]) == 0)
      return DOUBTFUL[i][1];
  return NULL;
}

static CsVerdict
compare_as (const char *op,
            const Quantity *limit,
            const char *limit_unit,
            double found,
            const char *found_unit)
{
  double value;

  if ((*limit_unit == '\0') != (*found_unit == '\0') ||
      !cs_unit_convert (found, found_unit, limit_unit, &value))
    return CS_VERDICT_OPEN;
  return holds (op, value, limit->value) ? CS_VERDICT_MET : CS_VERDICT_NOT_MET;
}

/* Where it depends on what a "MB" is, nobody knows. */
static CsVerdict
compare (const Bound *bound, const Quantity *found)
{
  const Quantity *limit = &bound->limit;
  const char *other = other_reading (limit->unit);
  CsVerdict verdict = compare_as (bound->op, limit, limit->unit, found->value, found->unit);

  if (g_ascii_strcasecmp (limit->unit, found->unit) == 0)
    return verdict;
  if (other != NULL &&
      compare_as (bound->op, limit, other, found->value, found->unit) != verdict)
    return CS_VERDICT_OPEN;
  other = other_reading (found->unit);
  if (other != NULL &&
      compare_as (bound->op, limit, limit->unit, found->value, other) != verdict)
    return CS_VERDICT_OPEN;
  return verdict;
}

/* The number that a line gives for what is measured: "rows ..... 3". */
static gboolean
find_labelled (const char *line, const char *label, Quantity *quantity)
{
  g_autofree char *lower = fold_label (line, strlen (line));
  gsize length = strlen (label);

  for (const char *p = strstr (lower, label); p != NULL; p = strstr (p + 1, label))
    {
      const char *value = p + length;
      gboolean begins = p == lower || !g_ascii_isalnum (p[-1]);

      value += strspn (value, " :=|.\t");
      if (begins && value > p + length && read_quantity (value, quantity) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* A bound that says of what holds for each line that gives that. */
static CsVerdict
judge_labelled (const Bound *bound, GPtrArray *lines, guint *line)
{
  CsVerdict verdict = CS_VERDICT_OPEN;

  for (guint i = 0; i < lines->len; i++)
    {
      CsVerdict one;
      Quantity found;

      if (!find_labelled (g_ptr_array_index (lines, i), bound->label, &found))
        continue;
      one = compare (bound, &found);
      if (*line == 0 || one != CS_VERDICT_MET)
        *line = i + 1;
      if (one != CS_VERDICT_MET)
        return one;
      verdict = one;
    }
  return verdict;
}

/* A number without a unit may be anything. */
static gboolean
may_be_meant (const Bound *bound, const Quantity *found)
{
  double ignored;

  return *found->unit == '\0' ||
         (*bound->limit.unit != '\0' &&
          cs_unit_convert (found->value, found->unit, bound->limit.unit, &ignored));
}

/* Of a bound that does not, the one number that there is can be meant alone. */
static CsVerdict
judge_single (const Bound *bound, GPtrArray *lines, guint *line)
{
  Quantity single = { .value = 0 };
  guint n = 0;
  guint where = 0;

  for (guint i = 0; i < lines->len; i++)
    {
      const char *text = g_ptr_array_index (lines, i);

      for (const char *p = text; *p != '\0';)
        {
          Quantity found;
          gboolean inside =
            p > text && (g_ascii_isalnum (p[-1]) || strchr ("._:/-", p[-1]) != NULL);
          const char *end = g_ascii_isdigit (*p) && !inside ? read_quantity (p, &found) : NULL;

          if (end != NULL && may_be_meant (bound, &found))
            {
              single = found;
              where = i + 1;
              n++;
            }
          p = end != NULL ? end : g_utf8_next_char (p);
        }
    }
  if (n != 1)
    return CS_VERDICT_OPEN;
  *line = where;
  return compare (bound, &single);
}

static CsVerdict
judge_bound (const char *text, GPtrArray *lines, guint *line)
{
  Bound bound = { .label = NULL };
  g_autofree char *label = NULL;

  if (!parse_bound (text, &bound))
    return CS_VERDICT_OPEN;
  label = bound.label;
  return *label != '\0' ? judge_labelled (&bound, lines, line)
                        : judge_single (&bound, lines, line);
}

static CsVerdict
judge_words (const char *text, GPtrArray *lines)
{
  g_autoptr (CsOutputPattern) pattern = cs_output_pattern_new (text, FALSE);
  gsize end = 0;

  for (guint i = 0; pattern != NULL && i < lines->len; i++)
    if (cs_output_pattern_match (pattern, g_ptr_array_index (lines, i), 0, &end) == CS_MATCH_SURE)
      return CS_VERDICT_MET;
  return CS_VERDICT_OPEN;
}

/**
 * cs_output_number_judge:
 * @text: what is expected, with a bound on a number: `Query: <50ms`, `type: range, rows: <10`
 * @lines: (element-type utf8): the lines of an output, without spaces around
 * @line: (out): the line that decided, from 1; 0 if none did
 *
 * Compares numbers across units (ms and s, MB and GiB). A bound that says what is measured holds
 * for every line that says the same; one that does not, only for the one number of an output. Where
 * it is not certain which number is meant, or in which unit it is, a person judges.
 *
 * Returns: the verdict; %CS_VERDICT_OPEN if a person has to say
 */
CsVerdict
cs_output_number_judge (const char *text, GPtrArray *lines, guint *line)
{
  g_auto (GStrv) parts = g_strsplit (text, ", ", -1);
  CsVerdict verdict = CS_VERDICT_MET;

  *line = 0;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      Bound bound = { .label = NULL };
      gboolean has_bound = parse_bound (parts[i], &bound);
      CsVerdict one = has_bound ? judge_bound (parts[i], lines, line)
                                : judge_words (parts[i], lines);

      g_free (bound.label);
      if (one == CS_VERDICT_NOT_MET)
        return one;
      if (one == CS_VERDICT_OPEN)
        verdict = one;
    }
  return verdict;
}
