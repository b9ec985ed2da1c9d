/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-hashes a range of records and follows the chains through it. */

#pragma once

#include "cs-index-check.h"

G_BEGIN_DECLS

typedef struct _CsChainCheck CsChainCheck;

/** CsBlobReference: a blob, and the first record that names it */
typedef struct
{
  char *digest;
  char *stream; /* NULL if no record does */
  gint64 n;     /* -1 if no record does */
} CsBlobReference;

CsBlobReference *cs_blob_reference_new (const char *digest, const char *stream, gint64 n);
void cs_blob_reference_free (CsBlobReference *self);

/* Called now and then with the number of records checked since the last call. */
typedef void (*CsChainProgress) (gint64 more, gpointer user_data);

CsChainCheck *cs_chain_check_new (CsDatabase *database, guint64 seed, gint64 indexed_to);
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
GHashTable *cs_chain_check_get_references (CsChainCheck *self);
gint64 cs_chain_check_get_n_records (CsChainCheck *self);
guint cs_chain_check_get_n_streams (CsChainCheck *self);
const CsIndexSums *cs_chain_check_get_index_sums (CsChainCheck *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsChainCheck, cs_chain_check_free)

G_END_DECLS
