/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What records are found by: words, people, kinds, areas, times; derived from the records. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

gboolean cs_journal_index_advance (CsDatabase *database,
                                   guint most,
                                   gboolean *complete,
                                   GError **error);

G_END_DECLS
