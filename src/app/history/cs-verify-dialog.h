/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proves that the journal is whole, with progress, and says what came out. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_VERIFY_DIALOG (cs_verify_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsVerifyDialog, cs_verify_dialog, CS, VERIFY_DIALOG, AdwWindow)

/* Opens over the window that parent is in, and begins at once. */
void cs_verify_dialog_present (GtkWidget *parent, CsWorkspace *workspace);

G_END_DECLS
