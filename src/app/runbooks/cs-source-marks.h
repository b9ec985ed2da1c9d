/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks in the margin of a runbook's source: what was recognised there, and why. */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

void cs_source_marks_set_up (GtkSourceView *view);
/* findings: of CsFinding. Gives the index of the first one of the next line. */
guint cs_source_marks_add (GtkTextBuffer *buffer, GPtrArray *findings, guint first);
/* Says what stands in a line (from 1), in a popover beside it. FALSE: nothing does. */
gboolean cs_source_marks_explain (GtkSourceView *view,
                                  GPtrArray *findings,
                                  guint line,
                                  gboolean can_overrule);

G_END_DECLS
