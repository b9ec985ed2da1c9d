/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which records of a team's journal were told about already, and which are new. */

/* Transactions commit in another order than they take their seqs in, so a record can appear below
 * one that was seen already. A record takes its seq after its transaction has its number (see
 * cs-pg-schema.c): once every transaction that had a number when the last seq was S has ended, no
 * record can appear at or below S any more. That S is the settled seq; above it, what was told is
 * remembered one by one. Within a stream the order of seqs is that of n, because a record is
 * written only after the one before it is committed. */

#include "cs-pg-follower.h"

/** WINDOW: how far below the newest seq a transaction may still be on its way when we begin */
#define WINDOW 4096

struct _CsPgFollower
{
  gboolean begun;
  gint64 settled;
  GHashTable *told;    /* seqs above settled */
  GHashTable *streams; /* stream → gint64 n of the newest record of it that was told */

  gint64 pending; /* will be settled … */
  guint64 until;  /* … when no transaction below this number runs; 0: none is pending */
};

static gint64 *
key_new (gint64 seq)
{
  gint64 *key = g_new (gint64, 1);

  *key = seq;
  return key;
}

/** cs_pg_follower_new: (transfer full): for the one thread that appends. */
CsPgFollower *
cs_pg_follower_new (void)
{
  CsPgFollower *self = g_new0 (CsPgFollower, 1);

  self->told = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/** cs_pg_follower_free: */
void
cs_pg_follower_free (CsPgFollower *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->streams);
  g_free (self);
}

static gboolean
read_last_seq (CsPgConnection *connection, gint64 *seq, GError **error)
{
  g_autoptr (PGresult) rows = cs_pg_connection_run (connection, CS_PG_LAST_SEQ, NULL, error);

  if (rows == NULL)
    return FALSE;
  *seq = cs_pg_get_int (rows, 0, 0);
  return TRUE;
}

/**
 * cs_pg_follower_begin:
 *
 * Takes what is there now for told. After the first time it changes nothing: whatever came while
 * there was no connection is still to be told.
 *
 * Returns: whether it could be read
 */
gboolean
cs_pg_follower_begin (CsPgFollower *self, CsPgConnection *connection, GError **error)
{
  g_autoptr (PGresult) rows = NULL;
  g_autofree char *from = NULL;
  const char *values[1];
  gint64 last = 0;

  self->until = 0;
  if (self->begun)
    return TRUE;
  if (!read_last_seq (connection, &last, error))
    return FALSE;
  self->settled = MAX (last - WINDOW, 0);
  values[0] = from = g_strdup_printf ("%" G_GINT64_FORMAT, self->settled);
  rows = cs_pg_connection_run (connection, CS_PG_SEQS_AFTER, values, error);
  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++)
    g_hash_table_add (self->told, key_new (cs_pg_get_int (rows, i, 0)));
  self->begun = TRUE;
  return TRUE;
}

/**
 * cs_pg_follower_begin_behind:
 * @seqs: (element-type gint64): what was told already behind @from; all before it was, too
 *
 * Instead of cs_pg_follower_begin(): what is there now and not among these is still to be told.
 */
void
cs_pg_follower_begin_behind (CsPgFollower *self, gint64 from, GArray *seqs)
{
  self->settled = from;
  for (guint i = 0; i < seqs->len; i++)
    g_hash_table_add (self->told, key_new (g_array_index (seqs, gint64, i)));
  self->begun = TRUE;
}

static void
note_told (CsPgFollower *self, CsRecord *record)
{
  gint64 *n = g_hash_table_lookup (self->streams, cs_record_get_stream (record));

  if (n != NULL)
    *n = cs_record_get_n (record);
  else
    g_hash_table_insert (self->streams, g_strdup (cs_record_get_stream (record)),
                         key_new (cs_record_get_n (record)));
}

static gboolean
is_settled_cb (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) key <= *(gint64 *) user_data;
}

/* Asked before the records are read: their snapshot is then at least as new. */
static gboolean
read_bounds (CsPgConnection *connection, gint64 *last, guint64 *xmin, guint64 *xmax, GError **error)
{
  g_autoptr (PGresult) rows = NULL;

  if (!read_last_seq (connection, last, error))
    return FALSE;
  rows = cs_pg_connection_run (connection, CS_PG_SNAPSHOT, NULL, error);
  if (rows == NULL)
    return FALSE;
  *xmin = g_ascii_strtoull (PQgetvalue (rows, 0, 0), NULL, 10);
  *xmax = g_ascii_strtoull (PQgetvalue (rows, 0, 1), NULL, 10);
  return TRUE;
}

static void
take_rows (CsPgFollower *self, CsPgConnection *connection, PGresult *rows, GPtrArray *records)
{
  for (int i = 0; i < PQntuples (rows); i++)
    {
      gint64 seq = cs_pg_get_int (rows, i, 0);
      g_autoptr (GError) damage = NULL;
      CsRecord *record = NULL;

      if (g_hash_table_contains (self->told, &seq))
        continue;
      g_hash_table_add (self->told, key_new (seq));
      if (records != NULL)
        record = cs_pg_read_record (connection, rows, i, &damage);
      if (record != NULL)
        {
          note_told (self, record);
          g_ptr_array_add (records, record);
        }
      else if (damage != NULL)
        g_warning ("%s", damage->message);
    }
}

/**
 * cs_pg_follower_collect:
 * @heard: whether anybody listens; asked in this thread
 * @records: (element-type CsRecord): takes what was not told yet, in the order of seq; nothing if
 * nobody listens
 *
 * Reads what others have appended. What is appended after somebody began to listen is told to them.
 * A damaged record is left to verification to name.
 *
 * Returns: whether it could be read
 */
gboolean
cs_pg_follower_collect (CsPgFollower *self,
                        CsPgConnection *connection,
                        CsPgHeardFunc heard,
                        gpointer user_data,
                        GPtrArray *records,
                        GError **error)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, self->settled);
  const char *values[] = { from };
  g_autoptr (PGresult) rows = NULL;
  gboolean told = heard (user_data);
  gint64 last = 0;
  guint64 xmin = 0;
  guint64 xmax = 0;

  if (!read_bounds (connection, &last, &xmin, &xmax, error))
    return FALSE;
  if (last == self->settled)
    return TRUE;
  rows =
    cs_pg_connection_run (connection, told ? CS_PG_READ_AFTER : CS_PG_SEQS_AFTER, values, error);
  if (rows == NULL)
    return FALSE;
  /* Whoever began to listen meanwhile may have appended among these, too. */
  if (!told && heard (user_data))
    return cs_pg_follower_collect (self, connection, heard, user_data, records, error);
  /* Nothing is told that a server without power could forget. */
  if (told && PQntuples (rows) > 0 && !cs_pg_connection_flush (connection, CS_PG_FLUSH_SEEN, error))
    return FALSE;
  take_rows (self, connection, rows, told ? records : NULL);
  if (self->until != 0 && xmin >= self->until)
    {
      self->settled = self->pending;
      self->until = 0;
      g_hash_table_foreach_remove (self->told, is_settled_cb, &self->settled);
    }
  if (self->until == 0)
    {
      self->pending = last;
      self->until = xmax;
    }
  return TRUE;
}

/**
 * cs_pg_follower_take:
 * @records: (element-type CsRecord): what this program has just appended to one stream
 *
 * Takes them for told, if nothing of their stream can be missing before them: they follow what was
 * told. Else the caller collects, which gives them too, in order.
 *
 * Returns: whether they are taken
 */
gboolean
cs_pg_follower_take (CsPgFollower *self, GPtrArray *records)
{
  CsRecord *first = g_ptr_array_index (records, 0);
  const gint64 *n = g_hash_table_lookup (self->streams, cs_record_get_stream (first));

  if (cs_record_get_n (first) > 0 && (n == NULL || *n != cs_record_get_n (first) - 1))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);

      g_hash_table_add (self->told, key_new (cs_record_get_seq (record)));
      note_told (self, record);
    }
  return TRUE;
}

/** cs_pg_follower_get_settled: up to which seq no record can appear any more. */
gint64
cs_pg_follower_get_settled (CsPgFollower *self)
{
  return self->settled;
}
