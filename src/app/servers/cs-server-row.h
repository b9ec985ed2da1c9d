/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target in the list of servers, with what its last test said. */

#pragma once

#include "cs-server-test.h"
#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_SERVER_ROW (cs_server_row_get_type ())
G_DECLARE_FINAL_TYPE (CsServerRow, cs_server_row, CS, SERVER_ROW, GtkListBoxRow)

GtkWidget *cs_server_row_new (CsWorkspace *workspace, CsServerTest *test);
CsServerTest *cs_server_row_get_test (CsServerRow *self);

G_END_DECLS
