/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source of a runbook, with what was recognised in it marked in the margin. */

#pragma once

#include "cs-reading.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_RUNBOOK_SOURCE (cs_runbook_source_get_type ())
G_DECLARE_FINAL_TYPE (CsRunbookSource, cs_runbook_source, CS, RUNBOOK_SOURCE, AdwBin)

void cs_runbook_source_show (CsRunbookSource *self, CsReading *reading);
guint cs_runbook_source_get_line (CsRunbookSource *self); /* of the cursor, from 1 */
void cs_runbook_source_go_to_line (CsRunbookSource *self, guint line);
/* Says what stands in the line of the cursor. */
void cs_runbook_source_explain (CsRunbookSource *self);
void cs_runbook_source_close_popovers (CsRunbookSource *self);

G_END_DECLS
