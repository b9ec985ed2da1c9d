/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes to tick, as people write them: "[ ]", "[x]", "☐". */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cs_box_may_start (char c);
gboolean cs_box_parse (const char *text, gsize length, gboolean *done, gsize *box_end);
gboolean cs_box_parse_item (const char *text, gsize length, gboolean *done, gsize *box_end);
gsize cs_box_find (const char *text, gsize from, gsize length, gboolean *done, gsize *words);
gsize cs_box_skip_list_marks (const char *text, gsize length);

G_END_DECLS
