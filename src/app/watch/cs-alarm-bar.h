/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm that is to be dealt with first, on every page, with what can be done about it. */

#pragma once

#include "cs-watch-desk.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property "narrow": at phone width. */
#define CS_TYPE_ALARM_BAR (cs_alarm_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsAlarmBar, cs_alarm_bar, CS, ALARM_BAR, AdwBin)

/* deployment: whose page it stands on, so that it need not be shown; NULL: none. */
void cs_alarm_bar_set_desk (CsAlarmBar *self, CsWatchDesk *desk, CsDeployment *deployment);

G_END_DECLS
