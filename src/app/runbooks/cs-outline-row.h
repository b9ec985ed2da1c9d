/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widget for one line of a runbook's outline. */

#pragma once

#include "cs-outline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_OUTLINE_ROW (cs_outline_row_get_type ())
G_DECLARE_FINAL_TYPE (CsOutlineRow, cs_outline_row, CS, OUTLINE_ROW, GtkWidget)

GtkWidget *cs_outline_row_new (void);
/* row NULL: shows nothing (any more). */
void cs_outline_row_bind (CsOutlineRow *self, GtkTreeListRow *row);

G_END_DECLS
