/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone with the right to it decides about people and rules: signed, for one place in one
 * stream. */

#pragma once

#include "cs-envelope.h"

G_BEGIN_DECLS

/** CS_DECREE_NAMESPACE: what decrees are signed for, so that none can serve as a sign-off */
#define CS_DECREE_NAMESPACE "decree@countersign"
/** CS_DECREE_PREDICATE: the predicate type of a decree */
#define CS_DECREE_PREDICATE "https://countersign.github.io/decree/v1"

/**
 * CsDecree:
 * @stream: where it is recorded
 * @head: the hash of the record before it there: a decree can't be used again elsewhere or later
 * @kind: the record's
 * @by: who decides: a person's id
 * @key: fingerprint of the key
 * @at: what the signer saw as date and time (UTC microseconds)
 * @content: what is decided; the record's body has the same members
 */
typedef struct
{
  char *stream;
  char *head;
  char *kind;
  char *by;
  char *key;
  gint64 at;
  JsonObject *content;
} CsDecree;

CsDecree *cs_decree_new (const char *stream,
                         const char *head,
                         const char *kind,
                         const char *by,
                         const char *key,
                         JsonObject *content);
void cs_decree_free (CsDecree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDecree, cs_decree_free)

GBytes *cs_decree_to_payload (const CsDecree *self, GError **error); /* canonical JSON */
CsDecree *cs_decree_from_payload (GBytes *payload, GError **error);

/* The body of its record, and back. */
JsonNode *cs_decree_to_body (const CsDecree *self, CsEnvelope *envelope);
CsDecree *cs_decree_open (JsonObject *body,
                          const char *stream,
                          const char *kind,
                          const char *previous,
                          GError **error);

G_END_DECLS
