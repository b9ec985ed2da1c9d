/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wall-clock time as the journal writes it: microseconds since 1970-01-01T00:00:00Z. */

#include "cs-clock.h"

#include "cs-error.h"

/**
 * cs_clock_now:
 *
 * Returns: the time now, in UTC microseconds since 1970
 */
gint64
cs_clock_now (void)
{
  return g_get_real_time ();
}

/**
 * cs_clock_format:
 * @at: UTC microseconds since 1970
 *
 * Writes a time as RFC 3339 does, always with six digits after the point and `Z`, so that the text
 * sorts as the time does.
 *
 * Returns: (transfer full): e.g. `2026-11-20T02:14:07.000250Z`
 */
char *
cs_clock_format (gint64 at)
{
  gint64 seconds = at / G_USEC_PER_SEC;
  gint64 micro = at % G_USEC_PER_SEC;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *head = NULL;

  if (micro < 0)
    {
      micro += G_USEC_PER_SEC;
      seconds--;
    }
  time = g_date_time_new_from_unix_utc (seconds);
  g_return_val_if_fail (time != NULL, NULL);
  head = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%06" G_GINT64_FORMAT "Z", head, micro);
}

/**
 * cs_clock_parse:
 * @text: an RFC 3339 time with a zone
 * @at: (out): UTC microseconds since 1970
 *
 * Returns: whether @text is such a time; else %CS_ERROR_INVALID
 */
gboolean
cs_clock_parse (const char *text, gint64 *at, GError **error)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  if (time == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is not a time such as 2026-11-20T02:14:07Z", text);
      return FALSE;
    }
  *at = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return TRUE;
}
