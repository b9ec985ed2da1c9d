/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one stream says, as a list that follows it: the fold of its records. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

#define CS_TYPE_STREAM_LIST (cs_stream_list_get_type ())
G_DECLARE_DERIVABLE_TYPE (CsStreamList, cs_stream_list, CS, STREAM_LIST, GObject)

/**
 * CsStreamListClass:
 * @item_type: of the items of the GListModel
 * @stream: which stream is folded
 * @fold: changes the items as a record says, through cs_stream_list_add() and its kin; FALSE if the
 *   record makes no sense (it then changes nothing, and a warning names it). Each record comes
 *   once, in order.
 */
struct _CsStreamListClass
{
  GObjectClass parent_class;

  GType item_type;
  const char *stream;
  gboolean (*fold) (CsStreamList *self, CsRecord *record);
};

/* Folds the whole stream into a new list of this type; the list follows the store from then on. */
void cs_stream_list_load_async (GType type,
                                CsStore *store,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gpointer cs_stream_list_load_finish (GAsyncResult *result, GError **error);

/* Reads what is not folded yet: after a CONFLICT, before deciding again. */
void cs_stream_list_catch_up_async (CsStreamList *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cs_stream_list_catch_up_finish (CsStreamList *self, GAsyncResult *result, GError **error);

/* Folds records that an append gave; those that are folded already change nothing. */
void cs_stream_list_fold (CsStreamList *self, GPtrArray *records);

CsStore *cs_stream_list_get_store (CsStreamList *self);
gint64 cs_stream_list_get_next_n (CsStreamList *self); /* what an append may expect */

/* For fold. */
GPtrArray *cs_stream_list_get_items (CsStreamList *self);
void cs_stream_list_add (CsStreamList *self, gpointer item);    /* transfer full; at the end */
void cs_stream_list_remove (CsStreamList *self, guint position);
void cs_stream_list_changed (CsStreamList *self, guint position);

G_END_DECLS
