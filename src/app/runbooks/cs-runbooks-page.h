/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of the workspace: a library and a view of each. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_RUNBOOKS_PAGE (cs_runbooks_page_get_type ())
G_DECLARE_FINAL_TYPE (CsRunbooksPage, cs_runbooks_page, CS, RUNBOOKS_PAGE, AdwBin)

/* Property "workspace": a CsWorkspace, set once it is open. */
GtkWidget *cs_runbooks_page_new (void);

/* Shows the runbook of the library with this digest. */
void cs_runbooks_page_show_runbook (CsRunbooksPage *self, const char *digest);

G_END_DECLS
