/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Within one week", "Week 1", "First 30 minutes": until when something is to be done. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 cs_due_words_find (const char *words);
gboolean cs_due_words_announce_criteria (const char *lower);
const char *cs_due_words_skip_signs (const char *words);

G_END_DECLS
