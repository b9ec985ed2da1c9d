/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A button with a menu at the end of a row. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* name: what it is called, in tooltip and for assistive technology. */
GtkWidget *cs_menu_suffix_new (const char *icon, const char *name, GMenuModel *menu);

G_END_DECLS
