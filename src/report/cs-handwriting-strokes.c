/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strokes of a pen as an SVG picture: any browser shows it, and it keeps time and pressure. */

/* One path is one stroke. Its points are those of the path; data-time has for each the milliseconds
 * since the first point of all, and data-pressure, which pens that can't tell leave out, how hard
 * it was pressed, of 1000. There is one way to write it: what differs in a byte is refused. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-handwriting-private.h"

#include "cs-error.h"

#include <string.h>

#define HEAD "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
#define STYLE                                                                      \
  "\" fill=\"none\" stroke=\"#000\" stroke-width=\"20\" stroke-linecap=\"round\" " \
  "stroke-linejoin=\"round\">\n"
#define TAIL "</svg>\n"
/* A pad is no larger than that, in units. */
#define MAX_COORDINATE 100000
/* One hour: nobody takes longer for a name. */
#define MAX_TIME 3600000

static void
append_stroke (GString *text, GArray *stroke)
{
  const CsPenPoint *points = (const CsPenPoint *) (gpointer) stroke->data;

  g_string_append (text, "<path d=\"");
  for (guint i = 0; i < stroke->len; i++)
    g_string_append_printf (text, "%c%u %u", i == 0 ? 'M' : 'L', points[i].x, points[i].y);
  /* A dot: nothing would be seen of a path that goes nowhere. */
  g_string_append (text, stroke->len == 1 ? "h0\" data-time=\"" : "\" data-time=\"");
  for (guint i = 0; i < stroke->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", points[i].time);
  if (points[0].pressure >= 0)
    g_string_append (text, "\" data-pressure=\"");
  for (guint i = 0; i < stroke->len && points[0].pressure >= 0; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "", MAX (points[i].pressure, 0));
  g_string_append (text, "\"/>\n");
}

GBytes *
cs_handwriting_format_strokes (const CsHandwriting *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, HEAD "%u %u" STYLE, self->width, self->height);
  for (guint i = 0; i < self->strokes->len; i++)
    append_stroke (text, self->strokes->pdata[i]);
  g_string_append (text, TAIL);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

static gboolean
skip (const char **at, const char *literal)
{
  gsize length = strlen (literal);

  if (strncmp (*at, literal, length) != 0)
    return FALSE;
  *at += length;
  return TRUE;
}

static gboolean
read_number (const char **at, guint max, guint *number)
{
  char *end;
  guint64 value;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  value = g_ascii_strtoull (*at, &end, 10);
  *at = end;
  *number = (guint) MIN (value, G_MAXUINT);
  return value <= max;
}

static gboolean
read_points (const char **at, const CsHandwriting *self, GArray *stroke)
{
  CsPenPoint point = { 0, 0, 0, -1 };

  for (;;)
    {
      if (!skip (at, stroke->len == 0 ? "M" : "L") ||
          !read_number (at, self->width, &point.x) || !skip (at, " ") ||
          !read_number (at, self->height, &point.y))
        return FALSE;
      g_array_append_val (stroke, point);
      if (stroke->len > CS_HANDWRITING_MAX_POINTS)
        return FALSE;
      if (**at != 'L')
        return stroke->len > 1 || skip (at, "h0");
    }
}

/* One for each point. */
static gboolean
read_row (const char **at, GArray *stroke, guint max, gboolean is_time)
{
  for (guint i = 0; i < stroke->len; i++)
    {
      CsPenPoint *point = &g_array_index (stroke, CsPenPoint, i);
      guint number;

      if ((i > 0 && !skip (at, " ")) || !read_number (at, max, &number))
        return FALSE;
      if (is_time)
        point->time = number;
      else
        point->pressure = (int) number;
    }
  return TRUE;
}

static gboolean
read_stroke (const char **at, CsHandwriting *self)
{
  g_autoptr (GArray) stroke = g_array_new (FALSE, FALSE, sizeof (CsPenPoint));

  if (!read_points (at, self, stroke) || !skip (at, "\" data-time=\"") ||
      !read_row (at, stroke, MAX_TIME, TRUE))
    return FALSE;
  if (skip (at, "\" data-pressure=\"") &&
      !read_row (at, stroke, CS_HANDWRITING_MAX_PRESSURE, FALSE))
    return FALSE;
  self->n_points += stroke->len;
  g_ptr_array_add (self->strokes, g_steal_pointer (&stroke));
  return skip (at, "\"/>\n") && self->n_points <= CS_HANDWRITING_MAX_POINTS;
}

static CsHandwriting *
read_all (const char *text)
{
  g_autoptr (CsHandwriting) self = NULL;
  const char *at = text;
  guint width, height;

  if (!skip (&at, HEAD) || !read_number (&at, MAX_COORDINATE, &width) || !skip (&at, " ") ||
      !read_number (&at, MAX_COORDINATE, &height) || width == 0 || height == 0 ||
      !skip (&at, STYLE))
    return NULL;
  self = cs_handwriting_new (width, height);
  while (skip (&at, "<path d=\""))
    if (!read_stroke (&at, self))
      return NULL;
  return strcmp (at, TAIL) == 0 && self->strokes->len > 0 ? g_steal_pointer (&self) : NULL;
}

CsHandwriting *
cs_handwriting_parse_strokes (GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_autoptr (CsHandwriting) self = read_all (text);
  g_autoptr (GBytes) again = self != NULL ? cs_handwriting_format_strokes (self) : NULL;

  if (again != NULL && g_bytes_equal (again, bytes))
    return g_steal_pointer (&self);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "This is no handwriting as Countersign draws it; give a picture as a PNG file");
  return NULL;
}
