/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of a record, from the columns that the journal stores. */

#include "cs-record-hash.h"

#include "cs-json.h"

/**
 * cs_record_hash:
 * @digest: a digest that holds no bytes yet; it is left so
 * @scratch: memory that the call may write to
 * @body: (array length=body_length): the record's body as canonical JSON
 * @previous: the hash of the record before it, or %CS_RECORD_NO_PREVIOUS
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
 *
 * Returns: (transfer full): 64 lower-case hexadecimal characters
 */
char *
cs_record_hash (CsDigest *digest,
                GString *scratch,
                const char *stream,
                gint64 n,
                gint64 at,
                const char *actor,
                const char *kind,
                const char *body,
                gsize body_length,
                const char *previous)
{
  g_string_assign (scratch, previous);
  g_string_append (scratch, "{\"actor\":");
  cs_json_append_string (scratch, actor);
  g_string_append_printf (scratch, ",\"at\":%" G_GINT64_FORMAT ",\"body\":", at);
  g_string_append_len (scratch, body, (gssize) body_length);
  g_string_append (scratch, ",\"kind\":");
  cs_json_append_string (scratch, kind);
  g_string_append_printf (scratch, ",\"n\":%" G_GINT64_FORMAT ",\"stream\":", n);
  cs_json_append_string (scratch, stream);
  g_string_append_c (scratch, '}');
  cs_digest_update (digest, scratch->str, scratch->len);
  return cs_digest_finish (digest);
}
