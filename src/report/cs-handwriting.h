/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's own handwriting, beside a signature: strokes of a pen, or a picture. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_HANDWRITING_UNITS: how many of its units are a pixel of the pad on which it was drawn */
#define CS_HANDWRITING_UNITS 10
/** CS_HANDWRITING_MAX_SIZE: bytes that a file of it may have */
#define CS_HANDWRITING_MAX_SIZE (1024 * 1024)
/** CS_HANDWRITING_MAX_PRESSURE: the hardest that a pen can be pressed */
#define CS_HANDWRITING_MAX_PRESSURE 1000
/** CS_HANDWRITING_MAX_POINTS: more than anyone's name needs */
#define CS_HANDWRITING_MAX_POINTS 20000

typedef struct _CsHandwriting CsHandwriting;

CsHandwriting *cs_handwriting_new (guint width, guint height);
CsHandwriting *cs_handwriting_new_from_bytes (GBytes *bytes, GError **error);
void cs_handwriting_free (CsHandwriting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsHandwriting, cs_handwriting_free)

/* Drawing it, stroke by stroke. pressure: 0 to CS_HANDWRITING_MAX_PRESSURE, -1: not known. */
void cs_handwriting_begin_stroke (CsHandwriting *self);
gboolean
cs_handwriting_add_point (CsHandwriting *self, double x, double y, gint64 time, int pressure);
void cs_handwriting_undo (CsHandwriting *self);
guint cs_handwriting_get_n_strokes (CsHandwriting *self);
gboolean cs_handwriting_is_empty (CsHandwriting *self);

/* The file as it is stored and signed. (transfer full) */
GBytes *cs_handwriting_to_bytes (CsHandwriting *self);

char *cs_handwriting_digest (GBytes *bytes); /* what a statement names it by */

G_END_DECLS
