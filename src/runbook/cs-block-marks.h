/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks a block with everything that must be known before it is run. */

#pragma once

#include "cs-classify.h"
#include "cs-model.h"

G_BEGIN_DECLS

void cs_block_find_marks (CsBlock *block, CsClassified *classified);
void cs_block_apply_marks (CsBlock *block);

G_END_DECLS
