/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what was recognised in a line and why, and offers to overrule it. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The action by which buttons of the popover ask: (line, what, value); an empty value takes the
 * overruling back. */
#define CS_FINDING_ACTION "runbook.overrule"
#define CS_FINDING_ACTION_TYPE "(uss)"

/* findings: of CsFinding, all of one line. */
GtkWidget *cs_finding_popover_new (GPtrArray *findings, gboolean can_overrule);
const char *cs_finding_popover_get_choice (const char *what, const char *value);

G_END_DECLS
