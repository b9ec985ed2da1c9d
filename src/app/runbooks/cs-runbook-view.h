/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook: what was understood of it beside the words as they were written. */

#pragma once

#include "cs-reading.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_RUNBOOK_VIEW (cs_runbook_view_get_type ())
G_DECLARE_FINAL_TYPE (CsRunbookView, cs_runbook_view, CS, RUNBOOK_VIEW, AdwBin)

void cs_runbook_view_show (CsRunbookView *self,
                           CsWorkspace *workspace,
                           CsLibraryEntry *entry,
                           CsReading *reading);

G_END_DECLS
