/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One act in the journal: immutable, chained to the one before it in its stream. */

#include "cs-record.h"

#include "cs-json.h"
#include "cs-record-hash.h"

struct _CsRecord
{
  GObject parent_instance;

  gint64 seq;
  char *stream;
  gint64 n;
  gint64 at;
  char *actor;
  char *kind;
  char *text;     /* (nullable): the body in canonical form */
  JsonNode *body; /* (atomic): read from the text when somebody asks for it */
  char *previous;
  char *hash;
};

struct _CsDraft
{
  char *kind;
  JsonNode *body;
  GPtrArray *blobs;
};

G_DEFINE_FINAL_TYPE (CsRecord, cs_record, G_TYPE_OBJECT)

static void
cs_record_finalize (GObject *object)
{
  CsRecord *self = CS_RECORD (object);

  g_free (self->stream);
  g_free (self->actor);
  g_free (self->kind);
  g_free (self->text);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self->previous);
  g_free (self->hash);
  G_OBJECT_CLASS (cs_record_parent_class)->finalize (object);
}

static void
cs_record_class_init (CsRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_record_finalize;
}

static void
cs_record_init (CsRecord *self)
{
}

static CsRecord *
record_new (gint64 seq,
            const char *stream,
            gint64 n,
            gint64 at,
            const char *actor,
            const char *kind,
            const char *previous,
            const char *hash)
{
  CsRecord *self = g_object_new (CS_TYPE_RECORD, NULL);

  self->seq = seq;
  self->stream = g_strdup (stream);
  self->n = n;
  self->at = at;
  self->actor = g_strdup (actor);
  self->kind = g_strdup (kind);
  self->previous = g_strdup (previous);
  self->hash = g_strdup (hash);
  return self;
}

/**
 * cs_record_new:
 * @seq: its place among all records of the store, from 1
 * @stream: the stream that it belongs to
 * @n: its place in the stream, from 0
 * @at: UTC microseconds since 1970
 * @actor: who did it
 * @kind: what was done
 * @body: (transfer none): an object; becomes immutable, since records are shared between threads
 * @previous: the hash of record @n − 1, or %CS_RECORD_NO_PREVIOUS
 * @hash: its own hash, as it is stored
 *
 * Returns: (transfer full): the record
 */
CsRecord *
cs_record_new (gint64 seq,
               const char *stream,
               gint64 n,
               gint64 at,
               const char *actor,
               const char *kind,
               JsonNode *body,
               const char *previous,
               const char *hash)
{
  CsRecord *self;

  g_return_val_if_fail (body != NULL && JSON_NODE_HOLDS_OBJECT (body), NULL);

  self = record_new (seq, stream, n, at, actor, kind, previous, hash);
  self->body = json_node_ref (body);
  json_node_seal (self->body);
  return self;
}

/**
 * cs_record_new_from_text:
 * @text: the body as canonical JSON, for which cs_json_is_canonical() is true; an object
 * @length: how many bytes
 *
 * The other parameters are those of cs_record_new(). The body is read only when somebody asks for
 * it: most records of a long list are counted, hashed or shown by what stands beside their bodies.
 *
 * Returns: (transfer full): the record
 */
CsRecord *
cs_record_new_from_text (gint64 seq,
                         const char *stream,
                         gint64 n,
                         gint64 at,
                         const char *actor,
                         const char *kind,
                         const char *text,
                         gsize length,
                         const char *previous,
                         const char *hash)
{
  CsRecord *self;

  g_return_val_if_fail (text != NULL && length > 0 && *text == '{', NULL);

  self = record_new (seq, stream, n, at, actor, kind, previous, hash);
  self->text = g_strndup (text, length);
  return self;
}

/** cs_record_get_seq: its place among all records of the store, from 1; grows in the order of time.
 */
gint64
cs_record_get_seq (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), -1);
  return self->seq;
}

/** cs_record_get_stream: the stream that it belongs to, e.g. `people`. */
const char *
cs_record_get_stream (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return self->stream;
}

/** cs_record_get_n: its place in its stream, from 0, without gaps. */
gint64
cs_record_get_n (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), -1);
  return self->n;
}

/** cs_record_get_at: when it was appended, in UTC microseconds since 1970. */
gint64
cs_record_get_at (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), 0);
  return self->at;
}

/** cs_record_get_actor: who did it. */
const char *
cs_record_get_actor (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return self->actor;
}

/** cs_record_get_kind: what was done, e.g. `step-started`. */
const char *
cs_record_get_kind (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return self->kind;
}

/** cs_record_get_body_node: (transfer none): the body, immutable; always holds an object. */
JsonNode *
cs_record_get_body_node (CsRecord *self)
{
  JsonNode *body;

  g_return_val_if_fail (CS_IS_RECORD (self), NULL);

  body = g_atomic_pointer_get (&self->body);
  if (body == NULL)
    {
      g_autoptr (JsonNode) read = cs_json_parse (self->text, -1, NULL);

      /* Canonical text is valid, and sealed when read. Records are shared between threads: the
       * first one that has read the body gives it to all. */
      g_assert (read != NULL);
      if (g_atomic_pointer_compare_and_exchange (&self->body, NULL, read))
        body = g_steal_pointer (&read);
      else
        body = g_atomic_pointer_get (&self->body);
    }
  return body;
}

/** cs_record_get_body: (transfer none): the body as an object, immutable. */
JsonObject *
cs_record_get_body (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return json_node_get_object (cs_record_get_body_node (self));
}

/** cs_record_get_previous: the hash of the record before it, or %CS_RECORD_NO_PREVIOUS. */
const char *
cs_record_get_previous (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return self->previous;
}

/** cs_record_get_hash: its hash as it is stored; cs_record_compute_hash() tells whether it is true.
 */
const char *
cs_record_get_hash (CsRecord *self)
{
  g_return_val_if_fail (CS_IS_RECORD (self), NULL);
  return self->hash;
}

/**
 * cs_record_compute_hash:
 *
 * Computes what the record's hash must be: SHA-256 over the 64 ASCII characters of the previous
 * hash followed directly by the canonical JSON (RFC 8785) of `{actor, at, body, kind, n, stream}`.
 *
 * Returns: (transfer full): 64 lower-case hexadecimal characters; %NULL with %CS_ERROR_INVALID if
 * the body has no canonical form
 */
char *
cs_record_compute_hash (CsRecord *self, GError **error)
{
  g_autoptr (CsDigest) digest = cs_digest_new ();
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autofree char *written = NULL;
  char hash[CS_DIGEST_LENGTH + 1];
  const char *body;

  g_return_val_if_fail (CS_IS_RECORD (self), NULL);

  if (self->text == NULL)
    written = cs_json_to_canonical (self->body, error);
  body = self->text != NULL ? self->text : written;
  if (body == NULL)
    return NULL;
  cs_record_hash (digest, scratch, self->stream, self->n, self->at, self->actor, self->kind, body,
                  strlen (body), self->previous, hash);
  return g_strdup (hash);
}

/**
 * cs_record_to_json:
 *
 * Returns: (transfer full): an object with `stream`, `n`, `at` (UTC microseconds), `actor`, `kind`,
 * `body`, `previous` and `hash`: all that is needed to check the record without this program
 */
JsonNode *
cs_record_to_json (CsRecord *self)
{
  JsonObject *object;
  JsonNode *node;

  g_return_val_if_fail (CS_IS_RECORD (self), NULL);

  object = json_object_new ();
  json_object_set_string_member (object, "stream", self->stream);
  json_object_set_int_member (object, "n", self->n);
  json_object_set_int_member (object, "at", self->at);
  json_object_set_string_member (object, "actor", self->actor);
  json_object_set_string_member (object, "kind", self->kind);
  json_object_set_member (object, "body", json_node_copy (cs_record_get_body_node (self)));
  json_object_set_string_member (object, "previous", self->previous);
  json_object_set_string_member (object, "hash", self->hash);
  node = json_node_alloc ();
  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

/**
 * cs_draft_new:
 * @kind: what was done
 * @body: (transfer none): what belongs to it; an object. It is read when the draft is appended
 *
 * Returns: (transfer full): what is to become a record
 */
CsDraft *
cs_draft_new (const char *kind, JsonNode *body)
{
  CsDraft *self;

  g_return_val_if_fail (kind != NULL, NULL);
  g_return_val_if_fail (body != NULL, NULL);

  self = g_new0 (CsDraft, 1);
  self->kind = g_strdup (kind);
  self->body = json_node_ref (body);
  self->blobs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * cs_draft_add_blob:
 * @digest: the name of a blob that is stored already and that the body names
 *
 * Ties a blob to the record: appending fails if it is not stored, and verification checks it. The
 * member of the body that names it is one of those in cs-blob-names.c, so that the record's hash
 * covers the name.
 */
void
cs_draft_add_blob (CsDraft *self, const char *digest)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (digest != NULL);

  if (!g_ptr_array_find_with_equal_func (self->blobs, digest, g_str_equal, NULL))
    g_ptr_array_add (self->blobs, g_strdup (digest));
}

/** cs_draft_free: */
void
cs_draft_free (CsDraft *self)
{
  if (self == NULL)
    return;
  g_free (self->kind);
  json_node_unref (self->body);
  g_ptr_array_unref (self->blobs);
  g_free (self);
}

/** cs_draft_get_kind: what was done. */
const char *
cs_draft_get_kind (CsDraft *self)
{
  return self->kind;
}

/** cs_draft_get_body: (transfer none): what belongs to it. */
JsonNode *
cs_draft_get_body (CsDraft *self)
{
  return self->body;
}

/** cs_draft_get_blobs: (transfer none) (element-type utf8): digests, each once. */
GPtrArray *
cs_draft_get_blobs (CsDraft *self)
{
  return self->blobs;
}
