/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of record bodies that name blobs. */

#include "cs-blob-names.h"

#include "cs-digest.h"

#include <string.h>

/* Members that name blobs, wherever they stand in a body: as they are written in canonical JSON. A
 * quote inside a string has a backslash before it, so this text is nowhere but where such a member
 * is. A new kind of record that names a blob uses one of them, or adds its own here. */
static const char *const MEMBERS[] = {
  "output",      /* block-finished: what the command printed */
  "envelope",    /* signed: the signed statement */
  "runbook",     /* opened: the source that the deployment is pinned to */
  "source",      /* runbook-added: the source */
  "handwriting", /* signed: a picture of it */
};

/* Whether the name of such a member, with its quotes, ends right before @colon. */
static gboolean
follows_member (const char *body, const char *colon)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MEMBERS); i++)
    {
      gsize length = strlen (MEMBERS[i]);
      const char *begin = colon - length - 2;

      if (colon - body > (gssize) length + 2 && (begin[-1] == '{' || begin[-1] == ',') &&
          *begin == '"' && memcmp (begin + 1, MEMBERS[i], length) == 0 && colon[-1] == '"')
        return TRUE;
    }
  return FALSE;
}

/* The bytes behind the last one of the text are never looked at: a digest and its closing quote
 * have to fit. */
static gboolean
is_name (const char *value, gsize left)
{
  if (left <= CS_DIGEST_LENGTH || value[CS_DIGEST_LENGTH] != '"')
    return FALSE;
  for (gsize i = 0; i < CS_DIGEST_LENGTH; i++)
    if (!g_ascii_isdigit (value[i]) && (value[i] < 'a' || value[i] > 'f'))
      return FALSE;
  return TRUE;
}

/**
 * cs_blob_names_next:
 * @body: the body of a record, in canonical form
 * @rest: (inout): where to go on; @body at first
 * @end: the end of @body
 *
 * Returns: (transfer none) (nullable): where the next digest of a blob stands that the body names,
 * %CS_DIGEST_LENGTH bytes and no NUL; one that is named twice comes twice
 */
const char *
cs_blob_names_next (const char *body, const char **rest, const char *end)
{
  const char *colon;

  while ((colon = memchr (*rest, ':', (gsize) (end - *rest))) != NULL)
    {
      const char *value = colon + 2;

      *rest = colon + 1;
      if (end - colon > CS_DIGEST_LENGTH + 2 && colon[1] == '"' && follows_member (body, colon) &&
          is_name (value, (gsize) (end - value)))
        return value;
    }
  return NULL;
}

/**
 * cs_blob_names_find:
 * @body: (array length=length): the body of a record, in canonical form
 * @length: its bytes
 *
 * Reads from what a record's hash covers which blobs it names.
 *
 * Returns: (transfer full) (element-type utf8): their digests, each once
 */
GPtrArray *
cs_blob_names_find (const char *body, gsize length)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *rest = body;
  const char *named;

  while ((named = cs_blob_names_next (body, &rest, body + length)) != NULL)
    {
      g_autofree char *name = g_strndup (named, CS_DIGEST_LENGTH);

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  return names;
}
