/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that secrets stand in a runbook in clear text, and moves them to the keyring. */

#pragma once

#include "cs-reading.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SECRET_BAR (cs_secret_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsSecretBar, cs_secret_bar, CS, SECRET_BAR, AdwBin)

/* entry: where the runbook is in the library. */
void cs_secret_bar_show (CsSecretBar *self,
                         CsWorkspace *workspace,
                         CsLibraryEntry *entry,
                         CsReading *reading);

G_END_DECLS
