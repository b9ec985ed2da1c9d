/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds many strings at once in a stream of bytes. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_MULTI_MATCH_DIGIT: in a string of a folding matcher, any of the ten digits */
#define CS_MULTI_MATCH_DIGIT '\1'

typedef struct _CsMultiMatch CsMultiMatch;

CsMultiMatch *cs_multi_match_new (gboolean fold);
void cs_multi_match_free (CsMultiMatch *self);
void cs_multi_match_add (CsMultiMatch *self, const char *bytes, gsize length, guint id);
void cs_multi_match_compile (CsMultiMatch *self);

guint cs_multi_match_find (const CsMultiMatch *self,
                           guint state,
                           const char *bytes,
                           gsize length,
                           gsize *taken);
gsize cs_multi_match_get_depth (const CsMultiMatch *self, guint state);
gboolean
cs_multi_match_get_match (const CsMultiMatch *self, guint *state, guint *id, gsize *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMultiMatch, cs_multi_match_free)

G_END_DECLS
