/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks in the margin of a runbook's source: what was recognised there, and why. */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

void cs_source_marks_set_up (GtkSourceView *view);
/* findings: of CsFinding; replaces the marks of the view's buffer. */
void cs_source_marks_show (GtkSourceView *view, GPtrArray *findings);
/* Says what stands in a line (from 1), in a popover beside it. FALSE: nothing does. */
gboolean cs_source_marks_explain (GtkSourceView *view,
                                  GPtrArray *findings,
                                  guint line,
                                  gboolean can_overrule);

G_END_DECLS
