/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person types into a search field, as an FTS5 expression. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

char *cs_search_to_match (CsDatabase *database, const char *words);

G_END_DECLS
