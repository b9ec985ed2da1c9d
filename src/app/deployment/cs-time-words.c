/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and durations as people say them. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-time-words.h"

#include "cs-clock.h"
#include "cs-estimates.h"

#include <glib/gi18n.h>
#include <string.h>

static char *
format_local (gint64 at, const char *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, format) : g_strdup ("");
}

/**
 * cs_time_words_duration:
 * @seconds: how long, as planned
 *
 * Returns: (transfer full): such as "5 min"
 */
char *
cs_time_words_duration (gint64 seconds)
{
  if (seconds < 60)
    return g_strdup_printf (C_ ("duration", "%d s"), (int) seconds);
  if (seconds < 3600 || (seconds < 7200 && seconds % 3600 != 0))
    return g_strdup_printf (C_ ("duration", "%d min"), (int) ((seconds + 30) / 60));
  if (seconds % 3600 == 0)
    return g_strdup_printf (C_ ("duration", "%d h"), (int) (seconds / 3600));

  return g_strdup_printf (C_ ("duration", "%d h %d min"), (int) (seconds / 3600),
                          (int) (seconds % 3600 / 60));
}

/**
 * cs_time_words_clock:
 * @seconds: how long, as measured
 *
 * Returns: (transfer full): such as "4:10", or "1:02:30"
 */
char *
cs_time_words_clock (gint64 seconds)
{
  int all = (int) MAX (seconds, 0);

  if (all >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", all / 3600, all % 3600 / 60, all % 60);

  return g_strdup_printf ("%d:%02d", all / 60, all % 60);
}

/**
 * cs_time_words_span:
 * @microseconds: how long something took that is over
 *
 * Returns: (transfer full): such as "0.3 s", "12 s" or "4:10"
 */
char *
cs_time_words_span (gint64 microseconds)
{
  double seconds = MAX (microseconds, 0) / (double) G_USEC_PER_SEC;

  /* What is rounded up to ten seconds, or to sixty, is told as such. */
  if (seconds < 9.95)
    return g_strdup_printf (C_ ("duration", "%.1f s"), seconds);
  if (seconds < 59.5)
    return g_strdup_printf (C_ ("duration", "%d s"), (int) (seconds + 0.5));

  return cs_time_words_clock ((gint64) (seconds + 0.5));
}

/**
 * cs_time_words_says:
 * @title: of a phase or step
 * @estimate: seconds that it should take; -1 if nobody said
 *
 * Returns: whether the title says so itself
 */
gboolean
cs_time_words_says (const char *title, gint64 estimate)
{
  return estimate >= 0 && cs_estimate_of_title (title, TRUE) == estimate;
}

/**
 * cs_time_words_strip:
 * @title: of a phase or step
 * @estimate: seconds that it should take; -1 if nobody said
 *
 * Returns: (transfer full): the title without a bracket at its end that says nothing but the
 *   estimate, for where that stands beside it: "Back Up" for "Back Up (5 minutes)"
 */
char *
cs_time_words_strip (const char *title, gint64 estimate)
{
  const char *bracket = strrchr (title, '(');
  const char *inside = bracket != NULL ? bracket + 1 : title;

  /* "(first 5 minutes)" says more. */
  inside += strspn (inside, "~≈ ");
  if (bracket == NULL || !g_str_has_suffix (title, ")") || !g_ascii_isdigit (*inside) ||
      !cs_time_words_says (inside, estimate))
    return g_strdup (title);
  return g_strchomp (g_strndup (title, (gsize) (bracket - title)));
}

/**
 * cs_time_words_moment:
 * @at: UTC microseconds
 *
 * Returns: (transfer full): the local time today, date and time otherwise
 */
char *
cs_time_words_moment (gint64 at)
{
  g_autofree char *day = format_local (at, "%F");
  g_autofree char *today = format_local (cs_clock_now (), "%F");

  if (g_str_equal (day, today))
    return format_local (at, "%H:%M");

  /* Translators: date and time, as g_date_time_format() takes them */
  return format_local (at, _("%e %b %Y, %H:%M"));
}

/**
 * cs_time_words_date:
 * @at: UTC microseconds
 *
 * Returns: (transfer full): the local date, as on a form: "2026-11-20"
 */
char *
cs_time_words_date (gint64 at)
{
  return format_local (at, "%F");
}

/**
 * cs_time_words_time:
 * @at: UTC microseconds
 *
 * Returns: (transfer full): the local time with its zone, as on a form: "02:14 CET"
 */
char *
cs_time_words_time (gint64 at)
{
  return format_local (at, "%H:%M %Z");
}
