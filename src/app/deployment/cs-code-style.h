/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How code looks in a source view: its language, and colours that follow light and dark. */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

void cs_code_style_apply (GtkSourceView *view, const char *language, const char *text);
void cs_code_style_set_language (GtkSourceBuffer *buffer, const char *language);
void cs_code_style_set_text (GtkSourceView *view, const char *text);

G_END_DECLS
