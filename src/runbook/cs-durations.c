/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "5 minutes", "1-2 Std.", "30 sec": words to seconds. */

#include "cs-durations.h"

#include <string.h>

/* Beginnings of words are enough, longest first; "exact" ones must end there. */
static const struct
{
  const char *word;
  gboolean exact;
  double seconds;
} UNITS[] = {
  { "milli", FALSE, 0 }, /* "5 milliseconds" is a measured value, not a plan */
  { "seconds", FALSE, 1 },  { "second", FALSE, 1 },   { "secondes", FALSE, 1 },
  { "sekunde", FALSE, 1 },  { "segundo", FALSE, 1 },  { "secs", TRUE, 1 },
  { "sec", TRUE, 1 },       { "sek", TRUE, 1 },       { "s", TRUE, 1 },
  { "minute", FALSE, 60 },  { "minuto", FALSE, 60 },  { "minuut", TRUE, 60 },
  { "minuten", TRUE, 60 },  { "minuti", TRUE, 60 },   { "mins", TRUE, 60 },
  { "min", TRUE, 60 },      { "m", TRUE, 60 },        { "stunde", FALSE, 3600 },
  { "std", TRUE, 3600 },    { "hour", FALSE, 3600 },  { "hrs", TRUE, 3600 },
  { "hr", TRUE, 3600 },     { "heure", FALSE, 3600 }, { "hora", FALSE, 3600 },
  { "ore", TRUE, 3600 },    { "ora", TRUE, 3600 },    { "uur", TRUE, 3600 },
  { "uren", TRUE, 3600 },   { "h", TRUE, 3600 },      { "day", FALSE, 86400 },
  { "tag", FALSE, 86400 },  { "jour", FALSE, 86400 }, { "día", FALSE, 86400 },
  { "dia", FALSE, 86400 },  { "giorn", FALSE, 86400 }, { "dagen", TRUE, 86400 },
  { "dag", TRUE, 86400 },   { "d", TRUE, 86400 },     { "week", FALSE, 604800 },
  { "woche", FALSE, 604800 }, { "semaine", FALSE, 604800 }, { "semana", FALSE, 604800 },
  { "settiman", FALSE, 604800 }, { "分钟", FALSE, 60 }, { "小时", FALSE, 3600 },
  { "秒", FALSE, 1 },       { "天", FALSE, 86400 },   { "分", FALSE, 60 },
  { "時間", FALSE, 3600 },
};

static double
unit_seconds (const char *text, const char **end)
{
  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    {
      gsize length;
      const char *p;

      if (g_ascii_tolower (*text) != *UNITS[i].word)
        continue;
      length = strlen (UNITS[i].word);
      if (g_ascii_strncasecmp (text, UNITS[i].word, length) != 0)
        continue;
      p = text + length;
      if (UNITS[i].exact && g_unichar_isalnum (g_utf8_get_char (p)))
        continue;
      if ((guchar) *text < 0x80)
        {
          while (g_unichar_isalpha (g_utf8_get_char (p)))
            p = g_utf8_next_char (p);
        }
      *end = p;
      return UNITS[i].seconds;
    }
  return 0;
}

static const char *
read_number (const char *p, double *value)
{
  double scale = 1;

  *value = 0;
  while (g_ascii_isdigit (*p))
    *value = *value * 10 + (*p++ - '0');
  if ((*p != '.' && *p != ',') || !g_ascii_isdigit (p[1]))
    return p;
  for (p++; g_ascii_isdigit (*p); p++)
    {
      scale /= 10;
      *value += (*p - '0') * scale;
    }
  return p;
}

/* The sign between both ends of a range: "-", "–", "to", "bis", "à", "a". */
static const char *
skip_range_sign (const char *p)
{
  static const char *const SIGNS[] = { "-", "–", "—", "~", "to ", "bis ", "à ", "a ", "tot " };
  const char *start = p + strspn (p, " ");

  for (guint i = 0; i < G_N_ELEMENTS (SIGNS); i++)
    {
      if (*start == *SIGNS[i] && g_str_has_prefix (start, SIGNS[i]))
        {
          start += strlen (SIGNS[i]);
          start += strspn (start, " ");
          return g_ascii_isdigit (*start) ? start : NULL;
        }
    }
  return NULL;
}

static gboolean
read_duration (const char *text, CsDuration *duration, const char **end)
{
  double least, most, seconds;
  const char *p = read_number (text, &least), *second;

  most = least;
  second = skip_range_sign (p);
  if (second != NULL)
    p = read_number (second, &most);
  p += strspn (p, " -+");
  seconds = unit_seconds (p, end);
  if (seconds <= 0 || most > 100000)
    return FALSE;
  duration->least = (gint64) (least * seconds + 0.5);
  duration->most = (gint64) (most * seconds + 0.5);
  return TRUE;
}

/* "30 h 15 min": what follows directly adds up. */
static void
add_rest (CsDuration *duration, const char **end)
{
  const char *p = *end + strspn (*end, " ");
  CsDuration rest;
  const char *rest_end;

  if (!g_ascii_isdigit (*p) || !read_duration (p, &rest, &rest_end) || rest.most >= duration->most)
    return;
  duration->least += rest.least;
  duration->most += rest.most;
  *end = rest_end;
}

/**
 * cs_duration_find:
 * @text: words
 * @duration: (out): the first span of time that they name, in seconds
 * @start: (out) (optional): where it begins
 * @end: (out) (optional): where it ends
 *
 * Returns: whether they name one
 */
gboolean
cs_duration_find (const char *text, CsDuration *duration, const char **start, const char **end)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      const char *after;

      if (!g_ascii_isdigit (*p) || (p > text && (g_ascii_isalnum (p[-1]) || p[-1] == '.')))
        continue;
      if (!read_duration (p, duration, &after))
        continue;
      add_rest (duration, &after);
      if (start != NULL)
        *start = p;
      if (end != NULL)
        *end = after;
      return TRUE;
    }
  return FALSE;
}
