/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the bounds that a runbook names to bounds of a watch. */

#pragma once

#include "cs-criterion.h"
#include "cs-probe.h"
#include "cs-runbook.h"

G_BEGIN_DECLS

/* The bounds of a runbook that are about running software, in document order: of CsCriterion,
 * without id and probe (transfer full). What a runbook expects of its own steps is not among
 * them. */
GPtrArray *cs_suggestions_find (CsRunbook *runbook);

/* A bound for this probe: which of its numbers is compared follows from the words and the unit of
 * the bound. INVALID if the probe measures nothing of the kind. (transfer full) */
CsCriterion *
cs_suggestion_attach (const CsCriterion *suggestion, const CsProbe *probe, GError **error);

G_END_DECLS
