/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a day, or any. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "changed": another day was chosen. */
#define CS_TYPE_DAY_BUTTON (cs_day_button_get_type ())
G_DECLARE_FINAL_TYPE (CsDayButton, cs_day_button, CS, DAY_BUTTON, AdwBin)

void cs_day_button_set_title (CsDayButton *self, const char *title, const char *any);
void cs_day_button_set_day (CsDayButton *self, GDateTime *day);
GDateTime *cs_day_button_get_day (CsDayButton *self); /* its first moment here; NULL: any */

G_END_DECLS
