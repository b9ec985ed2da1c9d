/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook: in words, and line by line. */

#pragma once

#include "cs-runbook.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_COMPARISON_VIEW (cs_comparison_view_get_type ())
G_DECLARE_FINAL_TYPE (CsComparisonView, cs_comparison_view, CS, COMPARISON_VIEW, AdwBin)

/* Compares in a worker thread and shows the result. */
void cs_comparison_view_show (CsComparisonView *self, CsRunbook *before, CsRunbook *after);

G_END_DECLS
