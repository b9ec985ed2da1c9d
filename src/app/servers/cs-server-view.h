/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target, with all that is known about it. */

#pragma once

#include "cs-server-test.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SERVER_VIEW (cs_server_view_get_type ())
G_DECLARE_FINAL_TYPE (CsServerView, cs_server_view, CS, SERVER_VIEW, AdwBin)

/* Its buttons activate servers.back, servers.edit and servers.remove of the page around it. */

/* test NULL: shows nothing any more. */
void cs_server_view_show (CsServerView *self, CsWorkspace *workspace, CsServerTest *test);
CsTarget *cs_server_view_get_target (CsServerView *self);

G_END_DECLS
