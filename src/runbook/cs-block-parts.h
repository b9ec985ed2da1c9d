/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a block of commands the parts that are run one by one. */

#pragma once

#include "cs-classify.h"
#include "cs-model.h"

G_BEGIN_DECLS

void cs_block_find_parts (CsBlock *block,
                          CsClassified *classified,
                          const char *heading,
                          GPtrArray *facts);
void cs_block_name_parts (CsBlock *block);
void cs_block_drop_way_back (CsBlock *block);
void cs_block_join_choice (CsBlock *block, const char *choice);

G_END_DECLS
