/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of the history: what stands in each column of a record. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkListItemFactory *cs_history_columns_new_time (void);
GtkListItemFactory *cs_history_columns_new_person (void);
GtkListItemFactory *cs_history_columns_new_what (CsWorkspace *workspace);
GtkListItemFactory *cs_history_columns_new_place (CsWorkspace *workspace);

G_END_DECLS
