/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record in full: what, who, when, where, its body and its place in the chain. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal ::close: the person has seen enough. */
#define CS_TYPE_RECORD_VIEW (cs_record_view_get_type ())
G_DECLARE_FINAL_TYPE (CsRecordView, cs_record_view, CS, RECORD_VIEW, AdwBin)

void cs_record_view_set_workspace (CsRecordView *self, CsWorkspace *workspace);
void cs_record_view_set_record (CsRecordView *self, CsRecord *record);
CsRecord *cs_record_view_get_record (CsRecordView *self);

G_END_DECLS
