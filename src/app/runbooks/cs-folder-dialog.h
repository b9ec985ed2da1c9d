/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds the runbooks of a folder or git checkout to the library. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FOLDER_DIALOG (cs_folder_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsFolderDialog, cs_folder_dialog, CS, FOLDER_DIALOG, AdwWindow)

void cs_folder_dialog_present (GtkWindow *parent, CsWorkspace *workspace, GFile *folder);

G_END_DECLS
