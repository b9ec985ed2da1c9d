/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saves what the history page has found: where to, how far, done. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

void cs_history_saving_begin (GtkWidget *origin, CsWorkspace *workspace, const CsQuery *query);

G_END_DECLS
