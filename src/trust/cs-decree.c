/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone with the right to it decides about people and rules: signed, for one place in one
 * stream. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-decree.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-signature.h"

#include <string.h>

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"

/* Members of the body that are not content. */
#define BY "by"
#define KEY "key-used"
#define DECREE "decree"

/**
 * cs_decree_new:
 * @content: (transfer full): what is decided
 *
 * See #CsDecree. It is of now, to the second.
 *
 * Returns: (transfer full): a decree
 */
CsDecree *
cs_decree_new (const char *stream,
               const char *head,
               const char *kind,
               const char *by,
               const char *key,
               JsonObject *content)
{
  CsDecree *self = g_new0 (CsDecree, 1);
  gint64 now = cs_clock_now ();

  self->stream = g_strdup (stream);
  self->head = g_strdup (head);
  self->kind = g_strdup (kind);
  self->by = g_strdup (by);
  self->key = g_strdup (key);
  self->at = now - now % G_USEC_PER_SEC;
  self->content = content;
  return self;
}

/** cs_decree_free: frees a decree. */
void
cs_decree_free (CsDecree *self)
{
  if (self == NULL)
    return;
  g_free (self->stream);
  g_free (self->head);
  g_free (self->kind);
  g_free (self->by);
  g_free (self->key);
  g_clear_pointer (&self->content, json_object_unref);
  g_free (self);
}

static JsonArray *
build_subjects (const CsDecree *self)
{
  JsonArray *subjects = json_array_new ();
  JsonObject *subject = json_object_new ();
  JsonObject *digest = json_object_new ();

  json_object_set_string_member (digest, "sha256", self->head);
  json_object_set_string_member (subject, "name", self->stream);
  json_object_set_object_member (subject, "digest", digest);
  json_array_add_object_element (subjects, subject);
  return subjects;
}

/**
 * cs_decree_to_payload:
 *
 * Writes the decree as an in-toto Statement v1 in canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the bytes; %NULL with %CS_ERROR_INVALID
 */
GBytes *
cs_decree_to_payload (const CsDecree *self, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *predicate = json_object_new ();
  g_autofree char *at = cs_clock_format (self->at);
  char *text;

  json_node_take_object (node, object);
  json_object_set_string_member (object, "_type", STATEMENT_TYPE);
  json_object_set_array_member (object, "subject", build_subjects (self));
  json_object_set_string_member (object, "predicateType", CS_DECREE_PREDICATE);
  json_object_set_object_member (object, "predicate", predicate);
  json_object_set_string_member (predicate, "kind", self->kind);
  json_object_set_string_member (predicate, "by", self->by);
  json_object_set_string_member (predicate, "key", self->key);
  json_object_set_string_member (predicate, "at", at);
  json_object_set_object_member (predicate, "content", json_object_ref (self->content));
  text = cs_json_to_canonical (node, error);
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

static gboolean
read_members (CsDecree *self, JsonObject *object)
{
  JsonArray *subjects = cs_json_get_array (object, "subject");
  JsonObject *predicate = cs_json_get_object (object, "predicate");
  JsonObject *content = cs_json_get_object (predicate, "content");
  JsonNode *node = subjects != NULL && json_array_get_length (subjects) == 1
                     ? json_array_get_element (subjects, 0)
                     : NULL;
  JsonObject *subject =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *at = cs_json_get_string (predicate, "at");

  self->stream = g_strdup (cs_json_get_string (subject, "name"));
  self->head = g_strdup (cs_json_get_string (cs_json_get_object (subject, "digest"), "sha256"));
  self->kind = g_strdup (cs_json_get_string (predicate, "kind"));
  self->by = g_strdup (cs_json_get_string (predicate, "by"));
  self->key = g_strdup (cs_json_get_string (predicate, "key"));
  self->content = content != NULL ? json_object_ref (content) : NULL;
  return self->stream != NULL && cs_digest_is_valid (self->head) && self->kind != NULL &&
         self->by != NULL && self->key != NULL && self->content != NULL && at != NULL &&
         cs_clock_parse (at, &self->at, NULL);
}

/**
 * cs_decree_from_payload:
 * @payload: the payload of an envelope
 *
 * Reads a decree, which is written in one way only. Nothing is verified.
 *
 * Returns: (transfer full): the decree; %NULL with %CS_ERROR_INVALID
 */
CsDecree *
cs_decree_from_payload (GBytes *payload, GError **error)
{
  g_autoptr (CsDecree) self = g_new0 (CsDecree, 1);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) again = NULL;
  JsonObject *object;
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);

  node = cs_json_parse (text != NULL ? text : "", (gssize) size, error);
  if (node == NULL)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (g_strcmp0 (cs_json_get_string (object, "_type"), STATEMENT_TYPE) == 0 &&
      g_strcmp0 (cs_json_get_string (object, "predicateType"), CS_DECREE_PREDICATE) == 0 &&
      read_members (self, object))
    again = cs_decree_to_payload (self, NULL);
  if (again != NULL && g_bytes_equal (again, payload))
    return g_steal_pointer (&self);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "What was signed is no decision, contradicts itself or is not canonical");
  return NULL;
}

static JsonObject *
copy_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) copy = NULL;
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = cs_json_to_canonical (node, NULL);
  copy = text != NULL ? cs_json_parse (text, -1, NULL) : NULL;
  return copy != NULL ? json_node_dup_object (copy) : json_object_new ();
}

/**
 * cs_decree_to_body:
 * @envelope: with the decree as its payload, signed
 *
 * Returns: (transfer full): the body of the record: what is decided, who decided, and the proof
 */
JsonNode *
cs_decree_to_body (const CsDecree *self, CsEnvelope *envelope)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *body = copy_object (self->content);

  json_object_set_string_member (body, BY, self->by);
  json_object_set_string_member (body, KEY, self->key);
  json_object_set_member (body, DECREE, cs_envelope_to_json (envelope));
  json_node_take_object (node, body);
  return node;
}

static gboolean
says_the_same (JsonObject *body, const CsDecree *decree)
{
  g_autoptr (JsonObject) content = copy_object (body);
  g_autoptr (JsonNode) said = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) meant = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  json_object_remove_member (content, BY);
  json_object_remove_member (content, KEY);
  json_object_remove_member (content, DECREE);
  json_node_set_object (said, content);
  json_node_set_object (meant, decree->content);
  one = cs_json_to_canonical (said, NULL);
  two = cs_json_to_canonical (meant, NULL);
  return one != NULL && g_strcmp0 (one, two) == 0 &&
         g_strcmp0 (cs_json_get_string (body, BY), decree->by) == 0 &&
         g_strcmp0 (cs_json_get_string (body, KEY), decree->key) == 0;
}

static gboolean
verify (const CsDecree *self, CsEnvelope *envelope, GError **error)
{
  g_autoptr (CsSignature) signature = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autofree char *fingerprint = NULL;

  if (cs_envelope_get_n_signatures (envelope) != 1)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "It must carry exactly one signature");
      return FALSE;
    }
  signature = cs_signature_parse_armored (cs_envelope_get_signature (envelope, 0), error);
  if (signature == NULL)
    return FALSE;
  fingerprint = cs_signature_dup_fingerprint (signature);
  if (g_strcmp0 (fingerprint, self->key) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "It says the key %s, and %s signed it",
                   self->key, fingerprint);
      return FALSE;
    }
  if (cs_signature_is_foreign (signature))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                   "Decisions about people and rules need a key of another kind: ed25519 "
                   "(also on a security key), ecdsa or rsa");
      return FALSE;
    }
  message = cs_envelope_get_signed_bytes (envelope);
  return cs_signature_verify (signature, CS_DECREE_NAMESPACE, message, error);
}

/**
 * cs_decree_open:
 * @body: of a record
 * @stream: the record's
 * @kind: the record's
 * @previous: the hash of the record before it
 *
 * Reads what was decided and checks that the key named in it signed exactly this for exactly this
 * place. Whose key that is, and who may decide, is another question.
 *
 * Returns: (transfer full): the decree; %NULL with %CS_ERROR_AUTH or %CS_ERROR_INVALID
 */
CsDecree *
cs_decree_open (JsonObject *body,
                const char *stream,
                const char *kind,
                const char *previous,
                GError **error)
{
  JsonNode *node = json_object_get_member (body, DECREE);
  g_autoptr (CsEnvelope) envelope = NULL;
  g_autoptr (CsDecree) self = NULL;

  if (node == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "Nobody has signed it");
      return NULL;
    }
  envelope = cs_envelope_new_from_json (node, error);
  if (envelope != NULL)
    self = cs_decree_from_payload (cs_envelope_get_payload (envelope), error);
  if (self == NULL)
    return NULL;
  if (g_strcmp0 (cs_envelope_get_payload_type (envelope), CS_ENVELOPE_TYPE_IN_TOTO) != 0 ||
      g_strcmp0 (self->stream, stream) != 0 || g_strcmp0 (self->kind, kind) != 0 ||
      g_strcmp0 (self->head, previous) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "It was signed for another place");
      return NULL;
    }
  if (!says_the_same (body, self))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                   "The record says something else than what was signed");
      return NULL;
    }
  return verify (self, envelope, error) ? g_steal_pointer (&self) : NULL;
}
