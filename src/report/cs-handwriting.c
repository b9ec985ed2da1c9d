/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's own handwriting, beside a signature: strokes of a pen, or a picture. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-handwriting-private.h"

#include "cs-digest.h"
#include "cs-error.h"

#include <math.h>
#include <string.h>

/* Pixels that a picture may have on each side: what is decoded takes four bytes for each. */
#define MAX_SIDE 4000
#define PNG_HEADER "\211PNG\r\n\032\n\0\0\0\rIHDR"

/**
 * cs_handwriting_new:
 * @width: of the pad on which it is drawn, in units (%CS_HANDWRITING_UNITS to the pixel)
 * @height: of the pad
 *
 * Returns: (transfer full): an empty one
 */
CsHandwriting *
cs_handwriting_new (guint width, guint height)
{
  CsHandwriting *self = g_new0 (CsHandwriting, 1);

  self->width = MAX (width, 1);
  self->height = MAX (height, 1);
  self->strokes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  return self;
}

/** cs_handwriting_free: frees it. */
void
cs_handwriting_free (CsHandwriting *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->strokes);
  g_clear_pointer (&self->picture, g_bytes_unref);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_free (self);
}

typedef struct
{
  const guint8 *data;
  gsize left;
} Reading;

static cairo_status_t
read_cb (void *closure, unsigned char *data, unsigned int length)
{
  Reading *reading = closure;

  if (length > reading->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reading->data, length);
  reading->data += length;
  reading->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static guint
read_side (const guint8 *data)
{
  return (guint) data[0] << 24 | (guint) data[1] << 16 | (guint) data[2] << 8 | data[3];
}

static CsHandwriting *
read_picture (GBytes *bytes, GError **error)
{
  g_autoptr (CsHandwriting) self = cs_handwriting_new (1, 1);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Reading reading = { data, size };
  guint width = read_side (data + 16), height = read_side (data + 20);

  if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The picture has %u by %u pixels; %d on each side are the most", width, height,
                   MAX_SIDE);
      return NULL;
    }
  self->surface = cairo_image_surface_create_from_png_stream (read_cb, &reading);
  if (cairo_surface_status (self->surface) != CAIRO_STATUS_SUCCESS || reading.left > 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The picture is no whole PNG file: %s",
                   reading.left > 0 ? "more follows it"
                                    : cairo_status_to_string (
                                        cairo_surface_status (self->surface)));
      return NULL;
    }
  self->picture = g_bytes_ref (bytes);
  return g_steal_pointer (&self);
}

/**
 * cs_handwriting_new_from_bytes:
 * @bytes: strokes as cs_handwriting_to_bytes() writes them (SVG 2), or a picture (PNG, ISO 15948)
 *
 * Returns: (transfer full): the handwriting; %NULL with %CS_ERROR_INVALID if it is anything else,
 *   larger than %CS_HANDWRITING_MAX_SIZE, or no whole one
 */
CsHandwriting *
cs_handwriting_new_from_bytes (GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  gsize n_header = sizeof (PNG_HEADER) - 1;

  if (size > CS_HANDWRITING_MAX_SIZE)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A file of %" G_GSIZE_FORMAT " bytes is too large for a handwriting; %d are "
                   "the most",
                   size, CS_HANDWRITING_MAX_SIZE);
      return NULL;
    }
  if (size > n_header + 8 && memcmp (data, PNG_HEADER, n_header) == 0)
    return read_picture (bytes, error);
  return cs_handwriting_parse_strokes (bytes, error);
}

/** cs_handwriting_begin_stroke: the pen is set down; points follow. */
void
cs_handwriting_begin_stroke (CsHandwriting *self)
{
  g_return_if_fail (self != NULL && self->surface == NULL);

  g_ptr_array_add (self->strokes, g_array_new (FALSE, FALSE, sizeof (CsPenPoint)));
}

static guint
to_units (double pixels, guint max)
{
  return (guint) CLAMP (lround (pixels * CS_HANDWRITING_UNITS), 0L, (long) max);
}

/**
 * cs_handwriting_add_point:
 * @x: in pixels of the pad
 * @y: in pixels of the pad
 * @time: in milliseconds, of any clock that does not go back
 * @pressure: 0 to %CS_HANDWRITING_MAX_PRESSURE; -1 if the pen does not tell
 *
 * Draws on to there. What lies outside of the pad is drawn at its edge.
 *
 * Returns: %FALSE if there are as many points as there may be
 */
gboolean
cs_handwriting_add_point (CsHandwriting *self, double x, double y, gint64 time, int pressure)
{
  CsPenPoint point = { to_units (x, self->width), to_units (y, self->height), 0,
                       MIN (pressure, CS_HANDWRITING_MAX_PRESSURE) };
  GArray *stroke;

  g_return_val_if_fail (self->strokes->len > 0, FALSE);

  if (self->n_points == CS_HANDWRITING_MAX_POINTS)
    return FALSE;
  if (self->n_points == 0)
    self->begun = time;
  stroke = self->strokes->pdata[self->strokes->len - 1];
  point.time = (guint) CLAMP (time - self->begun, 0, 3600000);
  if (stroke->len > 0)
    {
      const CsPenPoint *before = &g_array_index (stroke, CsPenPoint, stroke->len - 1);

      if (before->x == point.x && before->y == point.y)
        return TRUE;
      /* A pen that has told how hard it is pressed goes on telling. */
      if (before->pressure < 0 || point.pressure < 0)
        point.pressure = before->pressure;
    }
  g_array_append_val (stroke, point);
  self->n_points++;
  return TRUE;
}

/** cs_handwriting_undo: takes the last stroke back. */
void
cs_handwriting_undo (CsHandwriting *self)
{
  GArray *stroke;

  g_return_if_fail (self != NULL);

  if (self->strokes->len == 0)
    return;
  stroke = self->strokes->pdata[self->strokes->len - 1];
  self->n_points -= stroke->len;
  g_ptr_array_set_size (self->strokes, (int) self->strokes->len - 1);
}

/** cs_handwriting_get_n_strokes: 0 for a picture. */
guint
cs_handwriting_get_n_strokes (CsHandwriting *self)
{
  return self->strokes->len;
}

/** cs_handwriting_is_empty: whether there is nothing to be seen. */
gboolean
cs_handwriting_is_empty (CsHandwriting *self)
{
  return self->surface == NULL && self->n_points == 0;
}

/** cs_handwriting_to_bytes: (transfer full): the file as it is stored: SVG, or the PNG it was. */
GBytes *
cs_handwriting_to_bytes (CsHandwriting *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->picture != NULL ? g_bytes_ref (self->picture)
                               : cs_handwriting_format_strokes (self);
}

/** cs_handwriting_digest: (transfer full): the SHA-256 of a file of it, as statements name it. */
char *
cs_handwriting_digest (GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return cs_digest_of_data (data, size);
}
