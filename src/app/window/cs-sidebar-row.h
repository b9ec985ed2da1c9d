/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in the sidebar: icon, title, and how much waits there. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_SIDEBAR_ROW (cs_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (CsSidebarRow, cs_sidebar_row, CS, SIDEBAR_ROW, GtkListBoxRow)

/* Properties: "page" (its name), "title", "icon-name", "count" (the badge; 0: none). */
const char *cs_sidebar_row_get_page (CsSidebarRow *self);
const char *cs_sidebar_row_get_title (CsSidebarRow *self);
void cs_sidebar_row_set_count (CsSidebarRow *self, guint count);

G_END_DECLS
