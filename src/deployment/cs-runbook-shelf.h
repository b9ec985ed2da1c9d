/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks that are in use: many deployments are of the same few. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

CsRunbook *cs_runbook_shelf_find (const char *digest, CsOverrules *overrules);
void cs_runbook_shelf_put (CsRunbook *runbook);

G_END_DECLS
