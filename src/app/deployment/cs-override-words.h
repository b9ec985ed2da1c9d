/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was overridden so that a step could go on. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

char *cs_override_words (CsDeployment *deployment, CsStepState *step);

G_END_DECLS
