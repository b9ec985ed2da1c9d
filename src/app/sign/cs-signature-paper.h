/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The paper of the signature pad: takes strokes of pen, finger, pointer and keys. */

#pragma once

#include "cs-handwriting.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Signal "changed": there is another handwriting on it. */
#define CS_TYPE_SIGNATURE_PAPER (cs_signature_paper_get_type ())
G_DECLARE_FINAL_TYPE (CsSignaturePaper, cs_signature_paper, CS, SIGNATURE_PAPER, GtkWidget)

void cs_signature_paper_undo (CsSignaturePaper *self);
/* NULL: nothing (transfer full). */
void cs_signature_paper_set_handwriting (CsSignaturePaper *self, CsHandwriting *handwriting);
CsHandwriting *cs_signature_paper_get_handwriting (CsSignaturePaper *self); /* NULL: nothing */

G_END_DECLS
