/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of a record, from the columns that the journal stores. */

#include "cs-record-hash.h"

#include "cs-json.h"

/* As printf does, which takes as long as hashing the record. */
static void
append_number (GString *out, gint64 number)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0)
    *--p = '-';
  g_string_append_len (out, p, digits + sizeof digits - p);
}

#define APPEND_LITERAL(out, text) g_string_append_len (out, text, sizeof text - 1)

/**
 * cs_record_hash:
 * @digest: a digest that holds no bytes yet; it is left so
 * @scratch: memory that the call may write to
 * @body: (array length=body_length): the record's body as canonical JSON
 * @previous: the hash of the record before it, or %CS_RECORD_NO_PREVIOUS
 * @hash: (out caller-allocates) (array fixed-size=65): takes 64 lower-case hexadecimal characters
 * and a NUL
 *
 * Computes SHA-256 over the 64 ASCII characters of @previous, followed without any separator by the
 * UTF-8 text that RFC 8785 (JCS) gives the object
 *
 *     {"actor":…,"at":…,"body":…,"kind":…,"n":…,"stream":…}
 *
 * with `at` as whole microseconds since 1970 in UTC. Nothing follows it: no newline, no NUL. For a
 * record in `record.json`, as cs_record_to_json() gives it, anyone can compute the same:
 *
 *     { jq -j .previous record.json
 *       jq -jcS '{actor, at, body, kind, n, stream}' record.json; } | sha256sum
 *
 * (jq sorts and writes as RFC 8785 does for all but exotic keys and numbers with fractions.)
 */
void
cs_record_hash (CsDigest *digest,
                GString *scratch,
                const char *stream,
                gint64 n,
                gint64 at,
                const char *actor,
                const char *kind,
                const char *body,
                gsize body_length,
                const char *previous,
                char *hash)
{
  g_string_assign (scratch, previous);
  APPEND_LITERAL (scratch, "{\"actor\":");
  cs_json_append_string (scratch, actor);
  APPEND_LITERAL (scratch, ",\"at\":");
  append_number (scratch, at);
  APPEND_LITERAL (scratch, ",\"body\":");
  g_string_append_len (scratch, body, (gssize) body_length);
  APPEND_LITERAL (scratch, ",\"kind\":");
  cs_json_append_string (scratch, kind);
  APPEND_LITERAL (scratch, ",\"n\":");
  append_number (scratch, n);
  APPEND_LITERAL (scratch, ",\"stream\":");
  cs_json_append_string (scratch, stream);
  g_string_append_c (scratch, '}');
  cs_digest_update (digest, scratch->str, scratch->len);
  cs_digest_write (digest, hash);
}
