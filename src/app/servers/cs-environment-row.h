/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person chooses the environment that a target serves. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_ENVIRONMENT_ROW (cs_environment_row_get_type ())
G_DECLARE_FINAL_TYPE (CsEnvironmentRow, cs_environment_row, CS, ENVIRONMENT_ROW, AdwComboRow)

/* NULL: any. */
void cs_environment_row_set (CsEnvironmentRow *self, const char *environment);
const char *cs_environment_row_get (CsEnvironmentRow *self);

G_END_DECLS
