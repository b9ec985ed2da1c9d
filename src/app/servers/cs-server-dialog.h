/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a target: this computer, or a server over SSH; a new one, or one to be changed. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal ::done (CsTarget *target): it is recorded. */
#define CS_TYPE_SERVER_DIALOG (cs_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsServerDialog, cs_server_dialog, CS, SERVER_DIALOG, AdwWindow)

/* target NULL: a new one. */
CsServerDialog *
cs_server_dialog_new (GtkWindow *parent, CsWorkspace *workspace, CsTarget *target);

G_END_DECLS
