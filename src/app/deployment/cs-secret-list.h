/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that a command needs, to be entered above it. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SECRET_LIST (cs_secret_list_get_type ())
G_DECLARE_FINAL_TYPE (CsSecretList, cs_secret_list, CS, SECRET_LIST, AdwBin)

/* NULL if the command refers to none. */
GtkWidget *
cs_secret_list_new (CsWorkspace *workspace, CsDeployment *deployment, CsBlock *block);

G_END_DECLS
