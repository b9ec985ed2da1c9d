/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a phase, step, command or sign-off as an icon. */

#pragma once

#include "cs-states.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property "status": a CsStatus. */
#define CS_TYPE_STATUS_ICON (cs_status_icon_get_type ())
G_DECLARE_FINAL_TYPE (CsStatusIcon, cs_status_icon, CS, STATUS_ICON, AdwBin)

const char *cs_status_get_words (CsStatus status);
void cs_status_icon_set_status (CsStatusIcon *self, CsStatus status);

G_END_DECLS
