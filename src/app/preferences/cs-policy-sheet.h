/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which a manager decides what an environment asks for. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* environment NULL: one that is to be named. */
void cs_policy_sheet_present (GtkWindow *parent, CsWorkspace *workspace, const char *environment);

G_END_DECLS
