/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What code says beside its commands: bounds, alternatives, gates. */

#pragma once

#include "cs-classify.h"
#include "cs-model.h"

G_BEGIN_DECLS

void cs_code_facts_find (CsBlock *block, CsClassified *classified, GPtrArray *facts);

G_END_DECLS
