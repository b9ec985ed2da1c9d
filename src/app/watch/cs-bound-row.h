/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound of a watch in one line: what it says, and what is the case. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_BOUND_ROW (cs_bound_row_get_type ())
G_DECLARE_FINAL_TYPE (CsBoundRow, cs_bound_row, CS, BOUND_ROW, AdwBin)

GtkWidget *cs_bound_row_new (CsWatchDesk *desk, CsDeployment *deployment);
void cs_bound_row_show (CsBoundRow *self, const CsCriterion *criterion);

G_END_DECLS
