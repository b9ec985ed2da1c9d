/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands do that a runner must know: never end, ask, destroy, go elsewhere. */

#pragma once

#include "cs-mark.h"
#include "cs-words.h"

G_BEGIN_DECLS

gboolean cs_act_is_endless (const CsCommand *command);
const char *cs_act_get_interaction (const CsCommand *command);
const char *cs_act_get_destruction (const CsCommand *command);
gboolean cs_act_loses_data (const char *destruction);
char *cs_act_dup_hop (const CsCommand *command);

void cs_acts_find (const char *start,
                   const char *end,
                   guint line,
                   GPtrArray *marks,
                   CsCommandFunc also,
                   gpointer user_data);

G_END_DECLS
