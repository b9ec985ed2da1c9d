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
static char *
read_name (const char *value, gsize left)
{
  g_autofree char *name = NULL;

  if (left <= CS_DIGEST_LENGTH || value[CS_DIGEST_LENGTH] != '"')
    return NULL;
  name = g_strndup (value, CS_DIGEST_LENGTH);
  return cs_digest_is_valid (name) ? g_steal_pointer (&name) : NULL;
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
  const char *end = body + length;
  const char *colon = body;

  while ((colon = memchr (colon, ':', (gsize) (end - colon))) != NULL)
    {
      g_autofree char *name = NULL;

      if (end - colon > CS_DIGEST_LENGTH + 2 && colon[1] == '"' && follows_member (body, colon))
        name = read_name (colon + 2, (gsize) (end - colon - 2));
      if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
      colon++;
    }
  return names;
}
