/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells on the desktop what a watch calls people for, whether there is a window or not. */

#pragma once

#include "cs-watch-desk.h"

G_BEGIN_DECLS

/* For as long as the desk is there. */
void cs_watch_notices_attach (CsWatchDesk *desk, GApplication *application);

G_END_DECLS
