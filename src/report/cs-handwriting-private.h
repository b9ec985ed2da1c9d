/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of handwriting: for reading and drawing it. */

#pragma once

#include "cs-handwriting.h"

#include <cairo.h>

G_BEGIN_DECLS

/* In units of the pad; milliseconds since the first one; -1: the pen does not tell. */
typedef struct
{
  guint x;
  guint y;
  guint time;
  int pressure;
} CsPenPoint;

struct _CsHandwriting
{
  guint width; /* of the pad; without meaning for a picture */
  guint height;
  GPtrArray *strokes; /* GArray of CsPenPoint */
  guint n_points;
  gint64 begun; /* when the first point was set, by the clock of the pen */
  GBytes *picture;
  cairo_surface_t *surface; /* the picture, decoded; NULL: these are strokes */
};

/* Strokes as SVG, which is written in one way only. */
GBytes *cs_handwriting_format_strokes (const CsHandwriting *self);
CsHandwriting *cs_handwriting_parse_strokes (GBytes *bytes, GError **error);

G_END_DECLS
