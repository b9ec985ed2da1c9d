/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a phase or step takes, as its author says it. */

#pragma once

#include "cs-markdown.h"

G_BEGIN_DECLS

gint64 cs_estimate_of_title (const char *words, gboolean has_commands);
gint64 cs_estimate_of_lines (CsSource *source, CsMarkdown *markdown, guint from, guint to);
gboolean cs_estimate_is_line (const char *text, gsize length);

gboolean cs_estimate_is_unreadable (const char *key, const char *value);

G_END_DECLS
