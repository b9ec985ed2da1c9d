/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be remembered beside a step: words, and a file or a picture from the clipboard. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_NOTE_DIALOG (cs_note_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsNoteDialog, cs_note_dialog, CS, NOTE_DIALOG, AdwMessageDialog)

void cs_note_dialog_present (GtkWidget *origin,
                             CsWorkspace *workspace,
                             CsDeployment *deployment,
                             CsStepState *step,
                             const char *text);

G_END_DECLS
