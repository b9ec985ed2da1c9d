/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills a runbook from its source. */

#pragma once

#include "cs-model.h"

G_BEGIN_DECLS

void cs_importer_fill (CsRunbook *runbook);

G_END_DECLS
