/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wall-clock time as the journal writes it: microseconds since 1970-01-01T00:00:00Z. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 cs_clock_now (void);
char *cs_clock_format (gint64 at);
gboolean cs_clock_parse (const char *text, gint64 *at, GError **error);

G_END_DECLS
