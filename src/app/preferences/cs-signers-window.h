/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys counted at some moment, as ssh-keygen reads it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SIGNERS_WINDOW (cs_signers_window_get_type ())
G_DECLARE_FINAL_TYPE (CsSignersWindow, cs_signers_window, CS, SIGNERS_WINDOW, AdwWindow)

void cs_signers_window_present (GtkWindow *parent, CsWorkspace *workspace);

G_END_DECLS
