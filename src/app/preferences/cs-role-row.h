/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A role to be filled in: any words, with those that are well known at hand. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_ROLE_ROW (cs_role_row_get_type ())
G_DECLARE_FINAL_TYPE (CsRoleRow, cs_role_row, CS, ROLE_ROW, AdwEntryRow)

GtkWidget *cs_role_row_new (void);

G_END_DECLS
