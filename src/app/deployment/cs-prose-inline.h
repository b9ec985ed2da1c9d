/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inlines of a Markdown paragraph as Pango markup. */

#pragma once

#include <cmark-gfm.h>
#include <glib.h>

G_BEGIN_DECLS

char *cs_prose_inlines_to_markup (cmark_node *parent);

G_END_DECLS
