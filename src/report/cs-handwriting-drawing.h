/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing a handwriting: on the pad, on the printed sheet. */

#pragma once

#include "cs-handwriting.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Width by height. */
double cs_handwriting_get_aspect (CsHandwriting *self);
/* In the colour that is set, as large as it fits into the rectangle, which it does not leave. */
void cs_handwriting_draw (CsHandwriting *self,
                          cairo_t *cr,
                          double x,
                          double y,
                          double width,
                          double height);

G_END_DECLS
