/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printing: text from outside never reaches the terminal as commands. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-print.h"

#include "cs-error.h"

#include "cs-clock.h"
#include "cs-watch-clock.h"

#include <string.h>
#include <unistd.h>

#define MICROS_PER_MINUTE (60 * G_USEC_PER_SEC)

/* What a terminal obeys or what changes the order of what people see: C0, DEL, C1, and the marks
 * for writing direction (Unicode TR 36, 2.5). */
static gboolean
is_steering (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
print_escaped (FILE *file, const char *text, const char *allowed)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_steering (c) || (c < 0x80 && strchr (allowed, (int) c) != NULL))
        fwrite (p, 1, (gsize) (g_utf8_next_char (p) - p), file);
      else
        fprintf (file, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
    }
}

void
ctl_print_text (FILE *file, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  print_escaped (file, valid, "");
}

/* The bytes at the end that begin a UTF-8 character and do not end it. */
static gsize
count_unfinished (const char *data, gsize length)
{
  for (gsize n = 1; n <= MIN (length, 3); n++)
    {
      const char *p = data + length - n;

      if (((guchar) *p & 0xc0) == 0x80)
        continue;
      return g_utf8_get_char_validated (p, (gssize) n) == (gunichar) -2 ? n : 0;
    }
  return 0;
}

gsize
ctl_print_output (FILE *file, const char *data, gsize length, gboolean last)
{
  gsize done = 0;

  if (!isatty (fileno (file)))
    {
      fwrite (data, 1, length, file);
      return length;
    }
  if (!last)
    length -= count_unfinished (data, length);
  while (done < length)
    {
      gsize part = strnlen (data + done, length - done);
      g_autofree char *valid = part > 0 ? g_utf8_make_valid (data + done, (gssize) part) : NULL;

      if (valid != NULL)
        print_escaped (file, valid, "\n\t\r");
      else
        fputs ("\\x00", file);
      done += valid != NULL ? part : 1;
    }
  return done;
}

void
ctl_print (FILE *file, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  for (const char *p = format; *p != '\0'; p++)
    {
      if (*p == '%' && p[1] == 's')
        {
          ctl_print_text (file, va_arg (arguments, const char *));
          p++;
        }
      else
        fputc (*p, file);
    }
  va_end (arguments);
}

char *
ctl_format_time (gint64 at)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("?");
}

char *
ctl_format_duration (gint64 micros)
{
  double seconds = (double) micros / G_USEC_PER_SEC;

  if (micros < MICROS_PER_MINUTE)
    return g_strdup_printf ("%.1f s", seconds);
  return g_strdup_printf ("%d min %02d s", (int) (micros / MICROS_PER_MINUTE), (int) seconds % 60);
}

void
ctl_print_json (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, TRUE);

  fputs (text, stdout);
  fputc ('\n', stdout);
}

void
ctl_set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

void
ctl_set_time (JsonObject *object, const char *member, gint64 at)
{
  g_autofree char *text = at != 0 ? cs_clock_format (at) : NULL;

  ctl_set_text (object, member, text);
}

/* A day means its beginning, in UTC. */
gboolean
ctl_parse_time (const char *text, gint64 *at, GError **error)
{
  g_autofree char *day = g_strdup_printf ("%sT00:00:00Z", text);

  return cs_clock_parse (day, at, NULL) || cs_clock_parse (text, at, error);
}

gboolean
ctl_parse_seconds (const char *text, const char *option, guint *seconds, GError **error)
{
  gint64 time = 0;

  if (text != NULL && !cs_watch_parse_time (text, &time, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no time for %s: write 30s, 5m or 1h (at most a week)", text, option);
      return FALSE;
    }
  *seconds = (guint) (time / G_USEC_PER_SEC);
  return TRUE;
}
