/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which variables a document uses anywhere: $NAME, ${NAME}. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

/** CsVariableUses: looked for once, when it is first asked; begin with the source alone */
typedef struct
{
  CsSource *source;
  GHashTable *names; /* set of char*; NULL: not yet looked for */
} CsVariableUses;

gboolean cs_variable_uses_hold (CsVariableUses *self, const char *name, gsize length);
void cs_variable_uses_clear (CsVariableUses *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsVariableUses, cs_variable_uses_clear)

G_END_DECLS
