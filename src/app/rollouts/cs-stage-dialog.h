/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what a stage of a rollout is: for whom, how long it is watched, and who signs for it. */

#pragma once

#include "cs-company-list.h"
#include "cs-watch.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "done" (JsonObject *): what cs_stage_new_from_json() takes. */
#define CS_TYPE_STAGE_DIALOG (cs_stage_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsStageDialog, cs_stage_dialog, CS, STAGE_DIALOG, AdwWindow)

/* stage: NULL: a new one; companies and watch: NULL if there are none. */
CsStageDialog *cs_stage_dialog_new (GtkWindow *parent,
                                    JsonObject *stage,
                                    CsCompanyList *companies,
                                    CsWatch *watch);

G_END_DECLS
