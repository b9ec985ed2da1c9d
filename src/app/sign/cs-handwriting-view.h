/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows a signer's handwriting, on paper. */

#pragma once

#include "cs-handwriting.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_HANDWRITING_VIEW (cs_handwriting_view_get_type ())
G_DECLARE_FINAL_TYPE (CsHandwritingView, cs_handwriting_view, CS, HANDWRITING_VIEW, GtkWidget)

/* NULL, or what can't be read: it hides. */
void cs_handwriting_view_set_bytes (CsHandwritingView *self, GBytes *bytes);

G_END_DECLS
