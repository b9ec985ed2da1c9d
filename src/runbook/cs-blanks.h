/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blanks of a printed form: "Tech Lead: ____ Date: ____". */

#pragma once

#include "cs-byte-search.h"

G_BEGIN_DECLS

/** CsBlank: a place to fill in, and the words before it */
typedef struct
{
  char *label; /* without stars and colon; may be empty */
} CsBlank;

gboolean cs_blanks_may_be_in (const char *text, gsize length, CsBytes bytes);
GArray *cs_blanks_find (const char *text, gsize length, char **rest);
GArray *cs_blanks_find_stand_ins (const char *text, gsize length, char **rest);
gsize cs_blank_length (const char *text, gsize length);

G_END_DECLS
