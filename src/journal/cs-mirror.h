/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of a journal that lies elsewhere, to read from while that can't be reached. */

#pragma once

#include "cs-store-reader.h"

G_BEGIN_DECLS

typedef struct _CsMirror CsMirror;

CsMirror *cs_mirror_open (const char *path, GError **error);
void cs_mirror_close (CsMirror *self);
void cs_mirror_discard (CsMirror *self);

gboolean cs_mirror_add (CsMirror *self, GPtrArray *records, GError **error);
gboolean cs_mirror_set_complete (CsMirror *self, GError **error);
gboolean cs_mirror_is_complete (CsMirror *self);
GArray *cs_mirror_list_seqs (CsMirror *self, gint64 window, gint64 *from, GError **error);
GPtrArray *cs_mirror_answer (CsMirror *self,
                             const CsReadRequest *request,
                             GCancellable *cancellable,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMirror, cs_mirror_close)

G_END_DECLS
