/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent remembers of journals: the last head of each stream that it was shown. */

#pragma once

#include "cs-target.h"

G_BEGIN_DECLS

/**
 * CsWitnessedHead:
 * @stream: of a journal
 * @n: number of the last record that the agent was shown
 * @hash: its digest
 * @at: when it was shown, in RFC 3339
 * @by: by whom
 */
typedef struct
{
  char *stream;
  gint64 n;
  char *hash;
  char *at;
  char *by;
} CsWitnessedHead;

void cs_witnessed_head_free (CsWitnessedHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsWitnessedHead, cs_witnessed_head_free)

/* What an agent answers about a head; NULL if that is none. */
CsWitnessedHead *cs_witnessed_head_parse (const char *stream, JsonNode *node);

/* GPtrArray of CsWitnessedHead, of those streams that the agent was shown. Nobody signs for it. */
void cs_witness_ask_async (CsTarget *target,
                           const char *const *streams,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
GPtrArray *cs_witness_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
