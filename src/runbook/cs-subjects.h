/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a runbook that people can decide about differently. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/* The line nearest to @line where a block, check, sign-off or phase (CS_OVERRULE_…) begins; 0 if
 * the runbook has none. */
guint cs_subjects_find_nearest (CsRunbook *runbook, const char *what, guint line);

G_END_DECLS
