/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a runbook as widgets: Markdown to labels, lists and tables. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *cs_prose_new_widget (const char *markdown);
char *cs_prose_to_markup (const char *markdown);

G_END_DECLS
