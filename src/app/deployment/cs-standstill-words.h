/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why nothing goes on in a deployment although nothing of it failed, in words. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

char *cs_standstill_words_pause (CsDeployment *deployment);
char *cs_standstill_words_lock (CsDeployment *deployment);

G_END_DECLS
