/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One act in the journal: immutable, chained to the one before it in its stream. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_RECORD_NO_PREVIOUS: what record 0 of a stream has as its previous hash: 64 zeros */
#define CS_RECORD_NO_PREVIOUS "0000000000000000000000000000000000000000000000000000000000000000"

#define CS_TYPE_RECORD (cs_record_get_type ())
G_DECLARE_FINAL_TYPE (CsRecord, cs_record, CS, RECORD, GObject)

CsRecord *cs_record_new (gint64 seq,
                         const char *stream,
                         gint64 n,
                         gint64 at,
                         const char *actor,
                         const char *kind,
                         JsonNode *body,
                         const char *previous,
                         const char *hash);
CsRecord *cs_record_new_from_text (gint64 seq,
                                   const char *stream,
                                   gint64 n,
                                   gint64 at,
                                   const char *actor,
                                   const char *kind,
                                   const char *text,
                                   gsize length,
                                   const char *previous,
                                   const char *hash);

gint64 cs_record_get_seq (CsRecord *self);
const char *cs_record_get_stream (CsRecord *self);
gint64 cs_record_get_n (CsRecord *self);
gint64 cs_record_get_at (CsRecord *self);
const char *cs_record_get_actor (CsRecord *self);
const char *cs_record_get_kind (CsRecord *self);
JsonNode *cs_record_get_body_node (CsRecord *self);
JsonObject *cs_record_get_body (CsRecord *self);
const char *cs_record_get_previous (CsRecord *self);
const char *cs_record_get_hash (CsRecord *self);

char *cs_record_compute_hash (CsRecord *self, GError **error);
JsonNode *cs_record_to_json (CsRecord *self);

/**
 * CsDraft:
 *
 * What is to become a record: its kind and body, and the digests of the blobs that the body names
 * (so that the journal can check that each is there before it records them).
 */
typedef struct _CsDraft CsDraft;

CsDraft *cs_draft_new (const char *kind, JsonNode *body);
void cs_draft_add_blob (CsDraft *self, const char *digest);
void cs_draft_free (CsDraft *self);
const char *cs_draft_get_kind (CsDraft *self);
JsonNode *cs_draft_get_body (CsDraft *self);
GPtrArray *cs_draft_get_blobs (CsDraft *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDraft, cs_draft_free)

G_END_DECLS
