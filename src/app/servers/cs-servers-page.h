/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The targets: where steps run. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SERVERS_PAGE (cs_servers_page_get_type ())
G_DECLARE_FINAL_TYPE (CsServersPage, cs_servers_page, CS, SERVERS_PAGE, AdwBin)

/* Property "workspace": a CsWorkspace, set once it is open. */
GtkWidget *cs_servers_page_new (void);

/* Opens the dialog that adds a target. */
void cs_servers_page_add (CsServersPage *self);

G_END_DECLS
