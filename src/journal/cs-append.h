/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of cs_store_append_async(), in the form in which the writer takes it. */

#pragma once

#include "cs-record.h"

G_BEGIN_DECLS

typedef struct
{
  char *kind;
  char *body;       /* canonical JSON */
  GPtrArray *blobs; /* digests */
} CsAppendEntry;

typedef struct
{
  char *stream;
  gint64 expected_n;
  char *actor;
  GPtrArray *entries; /* CsAppendEntry */
} CsAppend;

CsAppend *cs_append_new (const char *stream,
                         gint64 expected_n,
                         const char *actor,
                         GPtrArray *drafts,
                         GError **error);
void cs_append_free (CsAppend *self);
char *cs_append_collect_words (CsRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAppend, cs_append_free)

G_END_DECLS
