/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person types into a search field, as an FTS5 expression. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cs_search_to_match (const char *words);

G_END_DECLS
