/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words from outside, for labels that show a line of them. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cs_short_words (const char *words);

G_END_DECLS
