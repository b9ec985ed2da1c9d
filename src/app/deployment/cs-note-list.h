/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people have noted at a step, and the way to note more. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_NOTE_LIST (cs_note_list_get_type ())
G_DECLARE_FINAL_TYPE (CsNoteList, cs_note_list, CS, NOTE_LIST, AdwBin)

GtkWidget *
cs_note_list_new (CsWorkspace *workspace, CsDeployment *deployment, CsStepState *step);

G_END_DECLS
