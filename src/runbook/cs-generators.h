/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What generators of sites add to Markdown: boxes of indented text, fences of another shape. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

gboolean cs_generator_opens_box (const char *line, gsize length);
char *cs_generator_dup_fence (CsSource *source, guint line);
gboolean cs_generator_closes_fence (const char *line, gsize length);

G_END_DECLS
