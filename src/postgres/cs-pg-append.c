/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One append on its way into a team's journal. */

#include "cs-pg-append.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-record-hash.h"
#include "cs-store.h"

#include <string.h>

/** FOLLOW: as expected: the record before must be of the same call */
#define FOLLOW "-2"

/* What an entry has become. */
typedef struct
{
  gint64 seq; /* 0: the stream ended elsewhere */
  gint64 n;
  char previous[CS_DIGEST_LENGTH + 1];
  char hash[CS_DIGEST_LENGTH + 1];
} Place;

/** cs_pg_append_new: (transfer full): @task (transfer full) has a CsAppend as its data. */
CsPgAppend *
cs_pg_append_new (GTask *task)
{
  CsPgAppend *self = g_new0 (CsPgAppend, 1);

  self->task = task;
  self->at = cs_clock_now ();
  self->token = (gint64) (((guint64) g_random_int () << 31) ^ g_random_int ());
  self->places = g_array_new (FALSE, TRUE, sizeof (Place));
  g_array_set_size (self->places, cs_pg_append_get_order (self)->entries->len);
  return self;
}

/** cs_pg_append_free: */
void
cs_pg_append_free (CsPgAppend *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->task);
  g_array_unref (self->places);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/** cs_pg_append_answer: gives the caller its records, or its error. */
void
cs_pg_append_answer (CsPgAppend *self)
{
  if (self->records != NULL)
    g_task_return_pointer (self->task, g_steal_pointer (&self->records),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  g_clear_object (&self->task);
}

/** cs_pg_append_is_open: whether it is neither written nor refused. */
gboolean
cs_pg_append_is_open (CsPgAppend *self)
{
  return self->records == NULL && self->error == NULL;
}

/** cs_pg_append_get_order: (transfer none): what is to be appended. */
CsAppend *
cs_pg_append_get_order (CsPgAppend *self)
{
  return g_task_get_task_data (self->task);
}

/* An array as text; digests hold nothing that would have to be quoted. */
static char *
write_digests (GPtrArray *digests)
{
  GString *array;

  if (digests->len == 0)
    return NULL;
  array = g_string_new ("{");
  for (guint i = 0; i < digests->len; i++)
    g_string_append_printf (array, "%s%s", i > 0 ? "," : "",
                            (const char *) g_ptr_array_index (digests, i));
  g_string_append_c (array, '}');
  return g_string_free (array, FALSE);
}

/** cs_pg_append_send: puts a statement for each entry into the open pipeline. */
gboolean
cs_pg_append_send (CsPgAppend *self, CsPgConnection *connection)
{
  CsAppend *order = cs_pg_append_get_order (self);
  g_autofree char *expected = g_strdup_printf ("%" G_GINT64_FORMAT, order->expected_n);
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, self->at);
  g_autofree char *token = g_strdup_printf ("%" G_GINT64_FORMAT, self->token);
  g_autoptr (GString) before = g_string_new (NULL);
  g_autoptr (GString) between = g_string_new (NULL);
  g_autoptr (GString) after = g_string_new (NULL);
  gboolean ok = TRUE;

  self->sent = TRUE;
  for (guint i = 0; ok && i < order->entries->len; i++)
    {
      CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
      g_autofree char *digests = write_digests (entry->blobs);
      const char *values[] = { order->stream,
                               i == 0 ? expected : FOLLOW,
                               at,
                               order->actor,
                               entry->kind,
                               entry->body,
                               token,
                               NULL,
                               NULL,
                               NULL,
                               digests };

      cs_record_frame (order->stream, self->at, order->actor, entry->kind, before, between, after);
      values[7] = before->str;
      values[8] = between->str;
      values[9] = after->str;
      ok = PQsendQueryPrepared (connection->pg, cs_pg_connection_name (CS_PG_APPEND),
                                G_N_ELEMENTS (values), values, NULL, NULL, 0) == 1;
    }
  return ok;
}

static void
set_place (Place *place, PGresult *rows, int row)
{
  place->seq = cs_pg_get_int (rows, row, 0);
  place->n = cs_pg_get_int (rows, row, 1);
  g_strlcpy (place->previous, PQgetvalue (rows, row, 2), sizeof place->previous);
  g_strlcpy (place->hash, PQgetvalue (rows, row, 3), sizeof place->hash);
}

/** cs_pg_append_take_row: what the server answers for an entry. */
void
cs_pg_append_take_row (CsPgAppend *self, guint entry, PGresult *row)
{
  if (PQntuples (row) == 1)
    set_place (&g_array_index (self->places, Place, entry), row, 0);
}

/* From what is stored, so that the record is what a reader will get. */
static CsRecord *
make_record (CsPgAppend *self, guint i, CsDigest *digest, GString *scratch)
{
  CsAppend *order = cs_pg_append_get_order (self);
  CsAppendEntry *entry = g_ptr_array_index (order->entries, i);
  Place *place = &g_array_index (self->places, Place, i);
  gsize length = strlen (entry->body);
  char hash[CS_DIGEST_LENGTH + 1];

  cs_record_hash (digest, scratch, order->stream, place->n, self->at, order->actor, entry->kind,
                  entry->body, length, place->previous, hash);
  if (strcmp (hash, place->hash) != 0)
    return NULL;
  return cs_record_new_from_text (place->seq, order->stream, place->n, self->at, order->actor,
                                  entry->kind, entry->body, length, place->previous, hash);
}

/**
 * cs_pg_append_complete:
 *
 * Once what the server said is durable: makes the records of it, or the error. The server is not
 * trusted with the hashes.
 */
void
cs_pg_append_complete (CsPgAppend *self, CsDigest *digest, GString *scratch)
{
  CsAppend *order = cs_pg_append_get_order (self);
  Place *first = &g_array_index (self->places, Place, 0);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  self->sent = FALSE;
  if (first->seq == 0)
    {
      g_set_error (&self->error, CS_ERROR, CS_ERROR_CONFLICT,
                   "Someone else was first in “%s”: its next record is %" G_GINT64_FORMAT
                   ", not %" G_GINT64_FORMAT,
                   order->stream, first->n, order->expected_n);
      return;
    }
  for (guint i = 0; i < self->places->len; i++)
    {
      CsRecord *record = make_record (self, i, digest, scratch);

      if (record == NULL)
        {
          g_set_error (&self->error, CS_ERROR, CS_ERROR_CORRUPT,
                       "The server has written another record to “%s” than the one it was sent. "
                       "Verify the journal, and ask who runs the server",
                       order->stream);
          return;
        }
      g_ptr_array_add (records, record);
    }
  self->records = g_steal_pointer (&records);
}

/**
 * cs_pg_append_settle:
 *
 * After a connection was lost with no answer: asks whether the records are there. The caller has
 * made sure that the old session has ended. If they are not, the append is as if it had never been
 * sent; else it is for the caller to complete it.
 *
 * Returns: whether it could be asked
 */
gboolean
cs_pg_append_settle (CsPgAppend *self, CsPgConnection *connection, GError **error)
{
  g_autofree char *token = g_strdup_printf ("%" G_GINT64_FORMAT, self->token);
  const char *values[] = { cs_pg_append_get_order (self)->stream, token };
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_FIND_APPEND, values, error);

  if (rows == NULL)
    return FALSE;
  self->sent = PQntuples (rows) == (int) self->places->len;
  for (guint i = 0; self->sent && i < self->places->len; i++)
    set_place (&g_array_index (self->places, Place, i), rows, (int) i);
  return TRUE;
}
