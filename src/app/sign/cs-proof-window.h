/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof of a signature: what was signed, by whom, and how anyone can verify it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PROOF_WINDOW (cs_proof_window_get_type ())
G_DECLARE_FINAL_TYPE (CsProofWindow, cs_proof_window, CS, PROOF_WINDOW, AdwWindow)

void cs_proof_window_present (GtkWidget *origin,
                              CsWorkspace *workspace,
                              CsDeployment *deployment,
                              CsSignoffState *signoff);

G_END_DECLS
