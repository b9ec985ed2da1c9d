/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed into the terminal of a run, on its way from the agent to the supervisor. */

/* It goes through a pipe of the run's directory, so it is never on a disk, and an agent that was
 * started again finds the supervisor in the same place. */

#include "cs-run-keys.h"

#include <limits.h>
#include <string.h>

/** HEADER: bytes before what is typed: at, columns, rows, length */
#define HEADER (sizeof (gint64) + 3 * sizeof (guint16))
G_STATIC_ASSERT (HEADER + CS_RUN_KEYS_MAX <= PIPE_BUF);

static void
append (GByteArray *out, const void *data, gsize length)
{
  g_byte_array_append (out, data, (guint) length);
}

/**
 * cs_run_keys_write:
 *
 * Returns: (transfer full): the bytes for the pipe, few enough to go as a whole
 */
GBytes *
cs_run_keys_write (const CsRunKeys *self)
{
  GByteArray *out = g_byte_array_new ();

  append (out, &self->at, sizeof self->at);
  append (out, &self->columns, sizeof self->columns);
  append (out, &self->rows, sizeof self->rows);
  append (out, &self->length, sizeof self->length);
  append (out, self->data, self->length);
  return g_byte_array_free_to_bytes (out);
}

/**
 * cs_run_keys_take:
 * @from: what has come through the pipe
 *
 * Takes the first of what was written off @from, and wipes it there.
 *
 * Returns: whether it has come whole
 */
gboolean
cs_run_keys_take (CsRunKeys *self, GByteArray *from)
{
  const guint8 *data = from->data;
  gsize whole;

  if (from->len < HEADER)
    return FALSE;
  memcpy (&self->at, data, sizeof self->at);
  memcpy (&self->columns, data + 8, sizeof self->columns);
  memcpy (&self->rows, data + 10, sizeof self->rows);
  memcpy (&self->length, data + 12, sizeof self->length);
  self->length = MIN (self->length, CS_RUN_KEYS_MAX);
  whole = HEADER + self->length;
  if (from->len < whole)
    return FALSE;
  memcpy (self->data, data + HEADER, self->length);
  explicit_bzero (from->data, whole);
  g_byte_array_remove_range (from, 0, (guint) whole);
  return TRUE;
}
