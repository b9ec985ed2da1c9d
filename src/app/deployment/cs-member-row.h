/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One member of a fleet under a command: how far it is there, and its last line. */

#pragma once

#include "cs-states.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_MEMBER_ROW (cs_member_row_get_type ())
G_DECLARE_FINAL_TYPE (CsMemberRow, cs_member_row, CS, MEMBER_ROW, AdwBin)

GtkWidget *cs_member_row_new (void);

/* One row shows one member after the other as its list scrolls. heading NULL: none stands above. */
void cs_member_row_bind (CsMemberRow *self, CsBlockState *member, const char *heading);
void cs_member_row_unbind (CsMemberRow *self);

G_END_DECLS
