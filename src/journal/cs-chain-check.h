/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-hashes a range of records and follows the chains through it. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

typedef struct _CsChainCheck CsChainCheck;

/** CsLooseBlob: a blob that a record's body names, but that the journal does not tie to it */
typedef struct
{
  char *stream;
  gint64 n;
  char *digest;
} CsLooseBlob;

/* Called now and then with the number of records checked since the last call. */
typedef void (*CsChainProgress) (gint64 more, gpointer user_data);

CsChainCheck *cs_chain_check_new (CsDatabase *database);
void cs_chain_check_free (CsChainCheck *self);

gboolean cs_chain_check_run (CsChainCheck *self,
                             gint64 first,
                             gint64 last,
                             CsChainProgress progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             GError **error);
void cs_chain_check_join (CsChainCheck *self, CsChainCheck *earlier);

GPtrArray *cs_chain_check_get_findings (CsChainCheck *self);
GPtrArray *cs_chain_check_get_loose_blobs (CsChainCheck *self);
gint64 cs_chain_check_get_n_records (CsChainCheck *self);
guint cs_chain_check_get_n_streams (CsChainCheck *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsChainCheck, cs_chain_check_free)

G_END_DECLS
