/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of a record, from the columns that the journal stores. */

#include "cs-record-hash.h"

#include "cs-json.h"

#include <string.h>

/* What surrounds the names and the body, with the numbers at their longest. */
#define FRAME 256
#define LONGEST_ESCAPE 6

/* As printf does, which takes as long as hashing the record. */
static char *
write_number (char *to, gint64 number)
{
  char digits[24];
  char *p = digits + sizeof digits;
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0)
    *--p = '-';
  memcpy (to, p, (gsize) (digits + sizeof digits - p));
  return to + (digits + sizeof digits - p);
}

static char *
write_bytes (char *to, const char *bytes, gsize length)
{
  memcpy (to, bytes, length);
  return to + length;
}

static char *
write_string (char *to, const char *text, gsize length)
{
  g_autoptr (GString) quoted = NULL;
  gsize plain = 0;

  while (plain < length && (guchar) text[plain] >= 0x20 && text[plain] != '"' &&
         text[plain] != '\\')
    plain++;
  if (plain == length)
    {
      *to++ = '"';
      to = write_bytes (to, text, length);
      *to++ = '"';
      return to;
    }
  quoted = g_string_new (NULL);
  cs_json_append_string (quoted, text);
  return write_bytes (to, quoted->str, quoted->len);
}

#define WRITE_LITERAL(to, text) write_bytes (to, text, sizeof text - 1)

/**
 * cs_record_frame:
 * @before: takes what comes before the body
 * @between: takes what comes between the body and n
 * @after: takes what comes after n
 *
 * For who knows the end of the stream and computes the hash as cs_record_hash() does: SHA-256 over
 * the hash of the record before, @before, the body, @between, n and @after.
 */
void
cs_record_frame (const char *stream,
                 gint64 at,
                 const char *actor,
                 const char *kind,
                 GString *before,
                 GString *between,
                 GString *after)
{
  g_string_assign (before, "{\"actor\":");
  cs_json_append_string (before, actor);
  g_string_append_printf (before, ",\"at\":%" G_GINT64_FORMAT ",\"body\":", at);
  g_string_assign (between, ",\"kind\":");
  cs_json_append_string (between, kind);
  g_string_append (between, ",\"n\":");
  g_string_assign (after, ",\"stream\":");
  cs_json_append_string (after, stream);
  g_string_append_c (after, '}');
}

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
  gsize actor_length = strlen (actor);
  gsize kind_length = strlen (kind);
  gsize stream_length = strlen (stream);
  gsize previous_length = strlen (previous);
  gsize room = FRAME + previous_length + body_length +
               LONGEST_ESCAPE * (actor_length + kind_length + stream_length);
  char *p;

  if (scratch->len < room)
    g_string_set_size (scratch, room);
  p = write_bytes (scratch->str, previous, previous_length);
  p = WRITE_LITERAL (p, "{\"actor\":");
  p = write_string (p, actor, actor_length);
  p = WRITE_LITERAL (p, ",\"at\":");
  p = write_number (p, at);
  p = WRITE_LITERAL (p, ",\"body\":");
  p = write_bytes (p, body, body_length);
  p = WRITE_LITERAL (p, ",\"kind\":");
  p = write_string (p, kind, kind_length);
  p = WRITE_LITERAL (p, ",\"n\":");
  p = write_number (p, n);
  p = WRITE_LITERAL (p, ",\"stream\":");
  p = write_string (p, stream, stream_length);
  *p++ = '}';
  cs_digest_update (digest, scratch->str, (gsize) (p - scratch->str));
  cs_digest_write (digest, hash);
}
