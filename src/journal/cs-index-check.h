/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the indexes of the journal with its records. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

/**
 * CsIndexKey: what records are found by, each through an index of its own
 */
typedef enum
{
  CS_INDEX_KEY_STREAM,
  CS_INDEX_KEY_AT,
  CS_INDEX_KEY_ACTOR,
  CS_INDEX_KEY_KIND,
  CS_INDEX_KEY_AREA,
  CS_INDEX_KEY_ROW, /* all of these but the stream, in the row that an index leads to */
  CS_N_INDEX_KEYS,
} CsIndexKey;

/**
 * CsIndexSums:
 * @seed: anything that who wrote the journal could not know
 * @indexed_to: up to which seq records are in the derived indexes
 * @counts: how many entries an index must have
 * @sums: the sum of their hashes, in whatever order they come
 *
 * What the indexes must hold, as the records say.
 */
typedef struct
{
  guint64 seed;
  gint64 indexed_to;
  guint64 counts[CS_N_INDEX_KEYS];
  guint64 sums[CS_N_INDEX_KEYS];
} CsIndexSums;

void cs_index_sums_add (CsIndexSums *self,
                        gint64 seq,
                        const char *stream,
                        gint64 n,
                        gint64 at,
                        const char *actor,
                        const char *kind);
void cs_index_sums_join (CsIndexSums *self, const CsIndexSums *other);

gboolean cs_index_check_read (CsDatabase *database,
                              gint64 last,
                              CsIndexSums *found,
                              GPtrArray *findings,
                              GCancellable *cancellable,
                              GError **error);
void cs_index_check_compare (CsDatabase *database,
                             const CsIndexSums *expected,
                             const CsIndexSums *found,
                             GPtrArray *findings);

G_END_DECLS
