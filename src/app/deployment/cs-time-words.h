/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and durations as people say them. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cs_time_words_duration (gint64 seconds);
char *cs_time_words_clock (gint64 seconds);
char *cs_time_words_span (gint64 microseconds);
char *cs_time_words_strip (const char *title, gint64 estimate);
gboolean cs_time_words_says (const char *title, gint64 estimate);
char *cs_time_words_moment (gint64 at);
char *cs_time_words_date (gint64 at);
char *cs_time_words_time (gint64 at);

G_END_DECLS
