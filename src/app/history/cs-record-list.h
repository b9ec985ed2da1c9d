/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records that answer a query, newest first, fetched page by page and kept up to date. */

#pragma once

#include "cs-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A GListModel of CsRecord. Property (notify): "loading". Signal ::failed (const GError *error): a
 * page could not be read; what was there stays. */
#define CS_TYPE_RECORD_LIST (cs_record_list_get_type ())
G_DECLARE_FINAL_TYPE (CsRecordList, cs_record_list, CS, RECORD_LIST, GObject)

CsRecordList *cs_record_list_new (CsStore *store);

void cs_record_list_set_query (CsRecordList *self, const CsQuery *query);
void cs_record_list_load_more (CsRecordList *self);
gboolean cs_record_list_get_loading (CsRecordList *self);
gboolean cs_record_list_get_complete (CsRecordList *self);

G_END_DECLS
