/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a breaker does, in words for people. */

#pragma once

#include "cs-breaker.h"

G_BEGIN_DECLS

char *cs_breaker_words_describe (CsBreaker *breaker); /* a sentence or two */
char *cs_breaker_words_dup_short (CsBreaker *breaker); /* for a list; NULL while all is well */

G_END_DECLS
