/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records of a team's journal are found by. */

/* As in the journal on one computer, an append writes just the record, and what it is found by
 * follows in larger portions (cs-journal-index.c). Here several programs may do so at once and a
 * record may appear below one that is in the index already; so what is missing is looked for above
 * a mark, below which no record can be missing. */

#include "cs-pg-index.h"

#include "cs-append.h"

#include <string.h>

/** MAX_WORD: bytes of a word; PostgreSQL takes 2,046 */
#define MAX_WORD 255

/** MAX_WORDS_SIZE: bytes of all words of a record; PostgreSQL takes less than 1 MiB */
#define MAX_WORDS_SIZE (700 * 1024)

/** MARK_STEP: how many records make a new mark worth a row */
#define MARK_STEP 1000

/* Words as the full-text index of SQLite takes them: letters and digits, without case and
 * diacritics. */
static GPtrArray *
split_words (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  g_autofree char *plain = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *p = plain;; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        {
          if (word->len < MAX_WORD - 6)
            g_string_append_unichar (word, c);
        }
      else if (!g_unichar_ismark (c) && word->len > 0)
        {
          g_ptr_array_add (words, g_strdup (word->str));
          g_string_truncate (word, 0);
        }
      if (c == '\0')
        break;
    }
  return words;
}

/**
 * cs_pg_index_write_words:
 * @text: what cs_append_collect_words() gave
 *
 * Returns: (transfer full): its words, each once, as an array in text; they hold nothing that would
 * have to be quoted
 */
char *
cs_pg_index_write_words (const char *text)
{
  g_autoptr (GPtrArray) words = split_words (text);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) array = g_string_new ("{");

  for (guint i = 0; i < words->len && array->len < MAX_WORDS_SIZE; i++)
    if (g_hash_table_add (seen, g_ptr_array_index (words, i)))
      g_string_append_printf (array, "%s\"%s\"", array->len > 1 ? "," : "",
                              (const char *) g_ptr_array_index (words, i));
  g_string_append_c (array, '}');
  return g_string_free (g_steal_pointer (&array), FALSE);
}

/**
 * cs_pg_index_to_query:
 * @words: any text
 *
 * Makes a tsquery in which each word of @words stands for every word that begins so, and all must
 * occur (https://www.postgresql.org/docs/15/datatype-textsearch.html).
 *
 * Returns: (transfer full) (nullable): the query; %NULL if there is no word to look for
 */
char *
cs_pg_index_to_query (const char *words)
{
  g_autoptr (GPtrArray) parts = split_words (words);
  g_autoptr (GString) query = g_string_new (NULL);

  for (guint i = 0; i < MIN (parts->len, 32); i++)
    g_string_append_printf (query, "%s'%s':*", i > 0 ? " & " : "",
                            (const char *) g_ptr_array_index (parts, i));
  return query->len > 0 ? g_string_free (g_steal_pointer (&query), FALSE) : NULL;
}

static gboolean
insert_row (CsPgConnection *connection, PGresult *rows, int row, GError **error)
{
  g_autoptr (CsRecord) record = cs_pg_read_record (connection, rows, row, NULL);
  g_autofree char *text = record != NULL ? cs_append_collect_words (record) : g_strdup ("");
  g_autofree char *words = cs_pg_index_write_words (text);
  g_autofree char *area = g_strdup (PQgetvalue (rows, row, 1));
  const char *values[] = { PQgetvalue (rows, row, 0),
                           PQgetvalue (rows, row, 3),
                           PQgetvalue (rows, row, 4),
                           PQgetvalue (rows, row, 5),
                           area,
                           words };
  g_autoptr (PGresult) done = NULL;

  *strchrnul (area, '/') = '\0';
  done = cs_pg_connection_run (connection, CS_PG_INSERT_INDEX, values, error);
  return done != NULL;
}

static gboolean
set_mark (CsPgConnection *connection, gint64 seq, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, seq);
  const char *values[] = { text };
  g_autoptr (PGresult) done = cs_pg_connection_run (connection, CS_PG_MARK_INDEXED, values, error);

  return done != NULL;
}

static gboolean
add_records (CsPgConnection *connection,
             guint most,
             gint64 settled,
             gboolean *complete,
             GError **error)
{
  g_autoptr (PGresult) mark = cs_pg_connection_run (connection, CS_PG_INDEXED_TO, NULL, error);
  g_autofree char *limit = g_strdup_printf ("%u", most);
  const char *values[2];
  g_autoptr (PGresult) rows = NULL;

  if (mark == NULL)
    return FALSE;
  values[0] = PQgetvalue (mark, 0, 0);
  values[1] = limit;
  rows = cs_pg_connection_run (connection, CS_PG_UNINDEXED, values, error);
  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++)
    if (!insert_row (connection, rows, i, error))
      return FALSE;
  *complete = PQntuples (rows) < (int) most;
  if (*complete && settled > cs_pg_get_int (mark, 0, 0) + MARK_STEP)
    return set_mark (connection, settled, error);
  return TRUE;
}

/* Who takes the same records at the same time would wait for each other's rows. */
static gboolean
take_turn (CsPgConnection *connection, gboolean wait, gboolean *mine, GError **error)
{
  g_autoptr (PGresult) turn = cs_pg_connection_run (
    connection, wait ? CS_PG_INDEX_TURN : CS_PG_INDEX_TRY_TURN, NULL, error);

  *mine = turn != NULL && (wait || *PQgetvalue (turn, 0, 0) == 't');
  return turn != NULL;
}

/**
 * cs_pg_index_check:
 * @complete: (out): whether no record is missing
 *
 * Asks in one message what is mostly so, before somebody's question is answered.
 *
 * Returns: whether it could be asked
 */
gboolean
cs_pg_index_check (CsPgConnection *connection, gboolean *complete, GError **error)
{
  g_autoptr (PGresult) answer = cs_pg_connection_run (connection, CS_PG_IS_INDEXED, NULL, error);

  *complete = answer != NULL && *PQgetvalue (answer, 0, 0) == 't';
  return answer != NULL;
}

/**
 * cs_pg_index_advance:
 * @most: how many records to take
 * @settled: up to which seq no record could appear any more before this call
 * @wait: whether to wait for who does the same at the moment; else it is left to them
 * @complete: (out): whether no record was left
 *
 * Takes up to @most records that are not in the index yet into it, in a transaction of its own.
 *
 * Returns: whether it could; else the index is as before
 */
gboolean
cs_pg_index_advance (CsPgConnection *connection,
                     guint most,
                     gint64 settled,
                     gboolean wait,
                     gboolean *complete,
                     GError **error)
{
  gboolean mine = FALSE;

  *complete = FALSE;
  if (!cs_pg_connection_execute (connection, "BEGIN", error))
    return FALSE;
  if (take_turn (connection, wait, &mine, error) &&
      (!mine || add_records (connection, most, settled, complete, error)) &&
      cs_pg_connection_execute (connection, "COMMIT", error))
    return TRUE;
  cs_pg_connection_execute (connection, "ROLLBACK", NULL);
  return FALSE;
}
