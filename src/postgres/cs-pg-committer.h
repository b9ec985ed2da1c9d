/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings appends into a team's journal, as many as wait in one transaction. */

#pragma once

#include "cs-pg-append.h"
#include "cs-pg-link.h"
#include "cs-store-writer.h"

G_BEGIN_DECLS

typedef struct _CsPgCommitter CsPgCommitter;

CsPgCommitter *cs_pg_committer_new (CsPgLink *link, const char *blobs);
void cs_pg_committer_free (CsPgCommitter *self);
void cs_pg_committer_run (CsPgCommitter *self,
                          CsStoreWriter *writer,
                          CsPgAppend **appends,
                          guint n_appends);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgCommitter, cs_pg_committer_free)

G_END_DECLS
