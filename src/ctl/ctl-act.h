/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all commands that act on a deployment have in common. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* Waits for an intent; next: says what comes then. */
CtlStatus ctl_act_finish (CsDeployment *deployment, GAsyncResult **result, gboolean next);
CsStepState *ctl_act_find_step (CsDeployment *deployment, const char *id, GError **error);
CsBlockState *ctl_act_find_block (CsDeployment *deployment, const char *id, GError **error);
/* A step, or a command in one: then its state and that of its step. */
gboolean ctl_act_find (CsDeployment *deployment,
                       const char *id,
                       CsStepState **step,
                       CsBlockState **block,
                       GError **error);

G_END_DECLS
