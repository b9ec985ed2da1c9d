/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing a handwriting: on the pad, on the printed sheet. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-handwriting-drawing.h"

#include "cs-handwriting-private.h"

/* Of a line, in pixels: with a pen that is hardly pressed, and what the hardest adds. */
#define THIN 1.2
#define THICK 2.4
/* Of one that tells no pressure. */
#define USUAL_PRESSURE 350

/** cs_handwriting_get_aspect: width by height. */
double
cs_handwriting_get_aspect (CsHandwriting *self)
{
  if (self->surface != NULL)
    return (double) cairo_image_surface_get_width (self->surface) /
           cairo_image_surface_get_height (self->surface);
  return (double) self->width / self->height;
}

static double
get_line_width (int pressure)
{
  double part = (double) (pressure >= 0 ? pressure : USUAL_PRESSURE) / CS_HANDWRITING_MAX_PRESSURE;

  return CS_HANDWRITING_UNITS * (THIN + THICK * part);
}

static void
draw_stroke (cairo_t *cr, GArray *stroke)
{
  const CsPenPoint *points = (const CsPenPoint *) (gpointer) stroke->data;

  for (guint i = 0; i < stroke->len; i++)
    {
      const CsPenPoint *from = &points[i > 0 ? i - 1 : 0];

      cairo_set_line_width (cr, get_line_width (points[i].pressure));
      cairo_move_to (cr, from->x, from->y);
      cairo_line_to (cr, points[i].x, points[i].y);
      cairo_stroke (cr);
    }
}

/**
 * cs_handwriting_draw:
 * @cr: where to
 * @x: of the rectangle
 * @y: of the rectangle
 * @width: of the rectangle
 * @height: of the rectangle
 *
 * Draws it as large as it fits into the rectangle, at its left edge: strokes in the colour that is
 * set, thicker where the pen was pressed, a picture as it is.
 */
void
cs_handwriting_draw (CsHandwriting *self,
                     cairo_t *cr,
                     double x,
                     double y,
                     double width,
                     double height)
{
  double aspect = cs_handwriting_get_aspect (self);
  double scale;

  g_return_if_fail (self != NULL && width > 0 && height > 0);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  if (self->surface != NULL)
    {
      scale = MIN (width / cairo_image_surface_get_width (self->surface),
                   height / cairo_image_surface_get_height (self->surface));
      cairo_scale (cr, scale, scale);
      cairo_set_source_surface (cr, self->surface, 0, 0);
      cairo_paint (cr);
    }
  else
    {
      scale = MIN (width, height * aspect) / self->width;
      cairo_scale (cr, scale, scale);
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      for (guint i = 0; i < self->strokes->len; i++)
        draw_stroke (cr, self->strokes->pdata[i]);
    }
  cairo_restore (cr);
}
