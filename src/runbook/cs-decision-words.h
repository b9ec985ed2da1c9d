/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words with which a runbook asks for a decision, or forbids to go on. */

#pragma once

#include "cs-byte-search.h"

G_BEGIN_DECLS

gboolean cs_decision_is_title (const char *lower);
gboolean cs_decision_may_be_gate (CsBytes bytes);
gboolean cs_decision_is_gate (const char *lower);
gboolean cs_decision_is_alternative_outcome (const char *first, const char *second);
gboolean cs_decision_is_call_out (const char *text, gsize length);

G_END_DECLS
