/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A button that says how many diagnostics a runbook has, and lists them. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_DIAGNOSTICS_BUTTON (cs_diagnostics_button_get_type ())
G_DECLARE_FINAL_TYPE (CsDiagnosticsButton, cs_diagnostics_button, CS, DIAGNOSTICS_BUTTON, AdwBin)

/* diagnostics: of CsFinding, the gravest first. Without any the button is not seen. */
void cs_diagnostics_button_show (CsDiagnosticsButton *self, GListModel *diagnostics);

G_END_DECLS
