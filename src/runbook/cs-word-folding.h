/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words made comparable: neither case nor accents count. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cs_fold_words (const char *text);
char *cs_lower_words (const char *text, gssize length);
gboolean cs_is_word_at (const char *text,
                        const char *at,
                        gsize length,
                        gboolean open_start,
                        gboolean open_end);

G_END_DECLS
