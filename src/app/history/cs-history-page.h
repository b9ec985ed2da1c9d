/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every record of the journal, searched and looked into. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_HISTORY_PAGE (cs_history_page_get_type ())
G_DECLARE_FINAL_TYPE (CsHistoryPage, cs_history_page, CS, HISTORY_PAGE, AdwBin)

/* Property "workspace": a CsWorkspace, set once it is open. */
GtkWidget *cs_history_page_new (void);

/* Shows the record with this seq. */
void cs_history_page_show_record (CsHistoryPage *self, gint64 seq);
/* Shows what answers these words, whatever was filtered before. */
void cs_history_page_search (CsHistoryPage *self, const char *words);

G_END_DECLS
