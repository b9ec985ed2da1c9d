/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a runbook may be run: "2:00 AM - 5:00 AM CET", "Tuesday or Wednesday (not Friday)". */

#include "cs-time-window.h"

#include <string.h>

#define MINUTES_A_DAY (24 * 60)

/* How far the next opening is looked for, and in which steps. */
#define HORIZON_MINUTES (14 * MINUTES_A_DAY)
#define STEP_MINUTES 15

typedef struct
{
  guint from; /* minutes since midnight */
  guint to;   /* the same; not after from: on the next day */
} Hours;

struct _CsTimeWindow
{
  guint allowed;   /* days, 1 << (0 = Monday); 0: all that are not forbidden */
  guint forbidden; /* days, the same */
  GArray *hours;   /* Hours; empty: all day */
  GTimeZone *zone; /* NULL: not said */
};

static const struct
{
  const char *name; /* in lower case; its beginning is enough where a dot or nothing follows */
  guint day;
} DAYS[] = {
  { "monday", 0 }, { "mondays", 0 }, { "mon", 0 }, { "montag", 0 }, { "montags", 0 },
  { "tuesday", 1 }, { "tuesdays", 1 }, { "tue", 1 }, { "tues", 1 }, { "dienstag", 1 },
  { "dienstags", 1 }, { "wednesday", 2 }, { "wednesdays", 2 }, { "wed", 2 }, { "mittwoch", 2 },
  { "mittwochs", 2 }, { "thursday", 3 }, { "thursdays", 3 }, { "thu", 3 }, { "thur", 3 },
  { "thurs", 3 }, { "donnerstag", 3 }, { "donnerstags", 3 }, { "friday", 4 }, { "fridays", 4 },
  { "fri", 4 }, { "freitag", 4 }, { "freitags", 4 }, { "saturday", 5 }, { "saturdays", 5 },
  { "sat", 5 }, { "samstag", 5 }, { "samstags", 5 }, { "sonnabend", 5 }, { "sunday", 6 },
  { "sundays", 6 }, { "sun", 6 }, { "sonntag", 6 }, { "sonntags", 6 },
};

static const struct
{
  const char *name;
  guint days;
} GROUPS[] = {
  { "weekday", 0x1f },   { "weekdays", 0x1f },    { "werktags", 0x1f }, { "wochentags", 0x1f },
  { "weekend", 0x60 },   { "weekends", 0x60 },    { "wochenende", 0x60 },
  { "wochenenden", 0x60 },
};

/* What people write for a zone; in summer they mean the clock on the wall all the same. */
static const struct
{
  const char *name;
  const char *identifier;
} ZONES[] = {
  { "UTC", "UTC" },
  { "GMT", "UTC" },
  { "CET", "Europe/Berlin" },
  { "CEST", "Europe/Berlin" },
  { "MEZ", "Europe/Berlin" },
  { "MESZ", "Europe/Berlin" },
  { "BST", "Europe/London" },
  { "EET", "Europe/Athens" },
  { "EEST", "Europe/Athens" },
  { "EST", "America/New_York" },
  { "EDT", "America/New_York" },
  { "CDT", "America/Chicago" },
  { "MST", "America/Denver" },
  { "MDT", "America/Denver" },
  { "PST", "America/Los_Angeles" },
  { "PDT", "America/Los_Angeles" },
  { "JST", "Asia/Tokyo" },
};

/* What turns the days behind it around, up to the end of the brackets or of the sentence. */
static const char *const NEGATIONS[] = { "not", "never", "no", "avoid", "avoiding", "except",
                                         "nicht", "nie", "kein", "keine", "außer", "vermeiden" };

/** cs_time_window_new: (transfer full): a window that is always open. */
CsTimeWindow *
cs_time_window_new (void)
{
  CsTimeWindow *self = g_new0 (CsTimeWindow, 1);

  self->hours = g_array_new (FALSE, FALSE, sizeof (Hours));
  return self;
}

/** cs_time_window_free: frees a window. */
void
cs_time_window_free (CsTimeWindow *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->hours);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_free (self);
}

static guint
days_of (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (DAYS); i++)
    if (strcmp (DAYS[i].name, word) == 0)
      return 1u << DAYS[i].day;
  for (guint i = 0; i < G_N_ELEMENTS (GROUPS); i++)
    if (strcmp (GROUPS[i].name, word) == 0)
      return GROUPS[i].days;
  return 0;
}

static gboolean
is_negation (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (NEGATIONS); i++)
    if (strcmp (NEGATIONS[i], word) == 0)
      return TRUE;
  return FALSE;
}

/* "Monday - Thursday": all from the one to the other. */
static guint
fill_range (guint first, guint last)
{
  guint days = first;

  for (guint day = first; day != last;)
    {
      day = day == 1u << 6 ? 1 : day << 1;
      days |= day;
    }
  return days;
}

static gboolean
is_single (guint days)
{
  return days != 0 && (days & (days - 1)) == 0;
}

static gboolean
is_range_mark (const char *text, gsize length)
{
  g_autofree char *between = g_strndup (text, length);

  g_strstrip (between);
  return strcmp (between, "-") == 0 || strcmp (between, "–") == 0 || strcmp (between, "to") == 0 ||
         strcmp (between, "bis") == 0 || strcmp (between, "through") == 0;
}

static gboolean
add_days (CsTimeWindow *self, const char *lower)
{
  static const char *const ENDS = ").;!";
  gboolean negated = FALSE, found = FALSE;
  const char *behind = NULL;
  guint before = 0;

  for (const char *p = lower; *p != '\0';)
    {
      const char *end = p;
      g_autofree char *word = NULL;
      guint days;

      while (*end != '\0' && g_unichar_isalpha (g_utf8_get_char (end)))
        end = g_utf8_next_char (end);
      if (end == p)
        {
          negated = negated && strchr (ENDS, *p) == NULL;
          p = g_utf8_next_char (p);
          continue;
        }
      word = g_strndup (p, (gsize) (end - p));
      days = days_of (word);
      negated = negated || is_negation (word);
      if (is_single (days) && is_single (before) &&
          is_range_mark (behind, (gsize) (p - behind)))
        days = fill_range (before, days);
      if (negated)
        self->forbidden |= days;
      else
        self->allowed |= days;
      found = found || days != 0;
      before = days != 0 ? days : before;
      behind = days != 0 ? end : behind;
      p = end;
    }
  return found;
}

/* One or two times: "2", "2:00 AM", "02.30", "14h", "14 Uhr". -1 if none stands here. half: 0, or
 * the "a" or "p" that was said. */
static int
read_time (const char *p, const char **end, char *half, gboolean *clear)
{
  guint64 hour = 0, minute = 0;
  gsize n = strspn (p, "0123456789");

  if (n == 0 || n > 2)
    return -1;
  hour = g_ascii_strtoull (p, NULL, 10);
  p += n;
  if ((*p == ':' || *p == '.') && g_ascii_isdigit (p[1]) && g_ascii_isdigit (p[2]) &&
      !g_ascii_isdigit (p[3]))
    {
      minute = g_ascii_strtoull (p + 1, NULL, 10);
      *clear = TRUE;
      p += 3;
    }
  *end = p;
  p += strspn (p, " ");
  if ((*p == 'a' || *p == 'p') && (p[1] == 'm' || (p[1] == '.' && p[2] == 'm')))
    {
      *half = *p;
      *clear = TRUE;
      *end = p + (p[1] == 'm' ? 2 : 4);
    }
  else if (g_str_has_prefix (p, "uhr"))
    {
      *clear = TRUE;
      *end = p + 3;
    }
  return hour <= 24 && minute < 60 ? (int) (hour * 60 + minute) : -1;
}

static int
apply_half (int minutes, char half)
{
  if (half == 'p' && minutes < 12 * 60)
    return minutes + 12 * 60;
  if (half == 'a' && minutes >= 12 * 60)
    return minutes - 12 * 60;
  return minutes;
}

static gsize
range_mark (const char *p)
{
  static const char *const MARKS[] = { "-", "–", "—", "to ", "bis ", "until ", "and ", "und " };
  gsize space = strspn (p, " ");

  for (guint i = 0; i < G_N_ELEMENTS (MARKS); i++)
    if (g_str_has_prefix (p + space, MARKS[i]))
      {
        gsize length = space + strlen (MARKS[i]);

        return length + strspn (p + length, " ");
      }
  return 0;
}

/* "2-4 AM", "2:00 AM - 5:00 AM", "22:00–02:00": but not "2-4 days". */
static gboolean
add_hours (CsTimeWindow *self, const char *lower)
{
  gboolean found = FALSE;

  for (const char *p = lower; *p != '\0';)
    {
      char first_half = 0, second_half = 0;
      gboolean clear = FALSE;
      const char *end = p, *stop = p;
      int first = p == lower || !g_ascii_isalnum (p[-1]) ? read_time (p, &end, &first_half, &clear)
                                                         : -1;
      gsize mark = first >= 0 ? range_mark (end) : 0;
      int second = mark > 0 ? read_time (end + mark, &stop, &second_half, &clear) : -1;
      Hours hours;

      if (second < 0 || !clear)
        {
          p = g_utf8_next_char (p);
          continue;
        }
      first_half = first_half == 0 ? second_half : first_half;
      hours.from = (guint) apply_half (first, first_half) % MINUTES_A_DAY;
      hours.to = (guint) apply_half (second, second_half);
      g_array_append_val (self->hours, hours);
      found = TRUE;
      p = stop;
    }
  return found;
}

static void
add_zone (CsTimeWindow *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t(),;", -1);

  for (guint i = 0; words[i] != NULL && self->zone == NULL; i++)
    {
      if (strchr (words[i], '/') != NULL && g_ascii_isupper (*words[i]))
        self->zone = g_time_zone_new_identifier (words[i]);
      for (guint k = 0; k < G_N_ELEMENTS (ZONES) && self->zone == NULL; k++)
        if (strcmp (words[i], ZONES[k].name) == 0)
          self->zone = g_time_zone_new_identifier (ZONES[k].identifier);
    }
}

/**
 * cs_time_window_add:
 * @text: what a line says, in English or German
 *
 * Takes days, hours and the time zone from a line. Several lines of hours are several windows of a
 * day, several lines of days are days to choose from; a day that must not be is forbidden whatever
 * others allow.
 *
 * Returns: %FALSE if the line says nothing that a clock could tell ("low-traffic window")
 */
gboolean
cs_time_window_add (CsTimeWindow *self, const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  gboolean days = add_days (self, lower);
  gboolean hours = add_hours (self, lower);

  if (hours)
    add_zone (self, text);
  return days || hours;
}

/** cs_time_window_is_empty: whether it is always open. */
gboolean
cs_time_window_is_empty (const CsTimeWindow *self)
{
  return self->allowed == 0 && self->forbidden == 0 && self->hours->len == 0;
}

static gboolean
day_is_open (const CsTimeWindow *self, guint day)
{
  guint bit = 1u << (day % 7);

  return (self->forbidden & bit) == 0 && (self->allowed == 0 || (self->allowed & bit) != 0);
}

/* A window over midnight belongs to the day on which it opens. */
static gboolean
is_open (const CsTimeWindow *self, guint day, guint minute)
{
  if (self->hours->len == 0)
    return day_is_open (self, day);
  for (guint i = 0; i < self->hours->len; i++)
    {
      const Hours *hours = &g_array_index (self->hours, Hours, i);
      gboolean over_midnight = hours->to <= hours->from;

      if (minute >= hours->from && (over_midnight || minute < hours->to) &&
          day_is_open (self, day))
        return TRUE;
      if (over_midnight && minute < hours->to && day_is_open (self, day + 6))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_time_window_holds:
 * @at: a moment (UTC microseconds)
 * @zone: (nullable): whose clock counts where the text names none; %NULL: this computer's
 *
 * Days and hours are those of the clock on the wall, also when it is put forward or back.
 *
 * Returns: whether the moment is inside
 */
gboolean
cs_time_window_holds (const CsTimeWindow *self, gint64 at, GTimeZone *zone)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) there =
    g_date_time_to_timezone (utc, self->zone != NULL ? self->zone : zone != NULL ? zone
                                                                                 : local);

  return is_open (self, (guint) g_date_time_get_day_of_week (there) - 1,
                  (guint) (g_date_time_get_hour (there) * 60 + g_date_time_get_minute (there)));
}

/**
 * cs_time_window_get_next:
 * @at: a moment (UTC microseconds)
 * @zone: (nullable): as for cs_time_window_holds()
 *
 * Returns: when it opens next, to a quarter of an hour (UTC microseconds); @at if it is open; 0 if
 *   it does not open within two weeks
 */
gint64
cs_time_window_get_next (const CsTimeWindow *self, gint64 at, GTimeZone *zone)
{
  gint64 step = (gint64) STEP_MINUTES * 60 * G_USEC_PER_SEC;

  if (cs_time_window_holds (self, at, zone))
    return at;
  for (gint64 next = at - at % step + step; next < at + (HORIZON_MINUTES / STEP_MINUTES) * step;
       next += step)
    if (cs_time_window_holds (self, next, zone))
      return next;
  return 0;
}
