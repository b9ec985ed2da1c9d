/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for one run of the Markdown parser, given back at once. */

#pragma once

#include <glib.h>

#include <cmark-gfm.h>

G_BEGIN_DECLS

cmark_mem *cs_parser_memory_begin (void);
void cs_parser_memory_reset (void);
void cs_parser_memory_end (void);

G_END_DECLS
