/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a team's database holds, and who may do what with it. */

#include "cs-pg-schema.h"

#include "cs-error.h"

#include <string.h>

#define FORBID(table)                                                                  \
  "CREATE TRIGGER " table "_append_only BEFORE UPDATE OR DELETE ON countersign." table \
  " FOR EACH ROW EXECUTE FUNCTION countersign.refuse ();"                              \
  "CREATE TRIGGER " table "_not_emptied BEFORE TRUNCATE ON countersign." table         \
  " FOR EACH STATEMENT EXECUTE FUNCTION countersign.refuse ();"

/* Collation "C" is the order of bytes on every server and in every version of one. A record's seq
 * is taken after its transaction has its number, so that a snapshot tells which seqs are still on
 * their way (cs-pg-follower.c); and a record that does not follow its stream is refused whoever
 * writes it. */
static const char tables[] =
  "CREATE SCHEMA countersign;"
  "CREATE TABLE countersign.about (key text PRIMARY KEY, value text NOT NULL);"
  "CREATE SEQUENCE countersign.record_seq AS bigint;"
  "CREATE TABLE countersign.records ("
  " seq bigint NOT NULL,"
  " stream text COLLATE \"C\" NOT NULL,"
  " n bigint NOT NULL CHECK (n >= 0),"
  " at bigint NOT NULL,"
  " actor text NOT NULL,"
  " kind text NOT NULL,"
  " body text NOT NULL,"
  " previous text NOT NULL CHECK (length (previous) = 64),"
  " hash text NOT NULL CHECK (length (hash) = 64),"
  " PRIMARY KEY (stream, n));"
  "CREATE UNIQUE INDEX records_seq ON countersign.records (seq);"
  "CREATE TABLE countersign.blobs ("
  " digest text COLLATE \"C\" PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),"
  " size bigint NOT NULL CHECK (size >= 0));"
  "CREATE TABLE countersign.blob_parts ("
  " digest text COLLATE \"C\" NOT NULL,"
  " part integer NOT NULL CHECK (part >= 0),"
  " bytes bytea NOT NULL,"
  " PRIMARY KEY (digest, part));"
  "ALTER TABLE countersign.blob_parts ALTER COLUMN bytes SET STORAGE EXTERNAL;"
  "CREATE TABLE countersign.record_blobs ("
  " stream text COLLATE \"C\" NOT NULL,"
  " n bigint NOT NULL,"
  " digest text COLLATE \"C\" NOT NULL REFERENCES countersign.blobs (digest),"
  " PRIMARY KEY (stream, n, digest));"
  "CREATE TABLE countersign.record_index ("
  " seq bigint PRIMARY KEY,"
  " at bigint NOT NULL,"
  " actor text NOT NULL,"
  " kind text NOT NULL,"
  " area text NOT NULL,"
  " words tsvector NOT NULL);"
  "CREATE INDEX record_index_at ON countersign.record_index (at);"
  "CREATE INDEX record_index_actor ON countersign.record_index (actor, seq);"
  "CREATE INDEX record_index_kind ON countersign.record_index (kind, seq);"
  "CREATE INDEX record_index_area ON countersign.record_index (area, seq);"
  "CREATE INDEX record_index_words ON countersign.record_index USING gin (words);"
  "CREATE TABLE countersign.index_marks (seq bigint PRIMARY KEY);";

static const char rules[] =
  "CREATE FUNCTION countersign.refuse () RETURNS trigger LANGUAGE plpgsql AS $$"
  " BEGIN RAISE EXCEPTION 'The journal is append-only: no % of %', TG_OP, TG_TABLE_NAME"
  " USING ERRCODE = '42501'; END $$;"
  "CREATE FUNCTION countersign.follow () RETURNS trigger LANGUAGE plpgsql AS $$"
  " DECLARE before text := repeat ('0', 64);"
  " BEGIN"
  "  IF NEW.n > 0 THEN"
  "   SELECT hash INTO before FROM countersign.records"
  "   WHERE stream = NEW.stream AND n = NEW.n - 1;"
  "  END IF;"
  "  IF before IS DISTINCT FROM NEW.previous THEN"
  "   RAISE EXCEPTION 'The journal is append-only: records follow one another'"
  "   USING ERRCODE = '" CS_PG_BROKEN_CHAIN "';"
  "  END IF;"
  "  PERFORM pg_current_xact_id ();"
  "  NEW.seq := nextval ('countersign.record_seq');"
  "  RETURN NEW;"
  " END $$;"
  "CREATE TRIGGER records_in_order BEFORE INSERT ON countersign.records"
  " FOR EACH ROW EXECUTE FUNCTION countersign.follow ();" FORBID ("about") FORBID ("records")
    FORBID ("blobs") FORBID ("blob_parts") FORBID ("record_blobs") FORBID ("record_index")
      FORBID ("index_marks");

/* Whoever appends waits for the one before in the same stream, then knows its end, and computes the
 * hash that the caller would have computed (cs-record-hash.c): so one message is enough, however
 * many append to the stream, and the caller checks the hash. A token tells who lost the connection
 * before the answer what became of the call; it proves nothing and is no part of the record.
 * expected: the n that it must get; -1: any; -2: the one after that of the same call. */
static const char appending[] =
  "ALTER TABLE countersign.records ADD COLUMN token bigint;"
  "CREATE FUNCTION countersign.stream_key (stream_ text) RETURNS bigint LANGUAGE sql IMMUTABLE AS"
  " $$ SELECT hashtextextended (stream_, 6072735140) $$;"
  "CREATE FUNCTION countersign.append (stream_ text, expected bigint, at_ bigint, actor_ text,"
  " kind_ text, body_ text, token_ bigint, before_ text, between_ text, after_ text, blobs_ text[],"
  " OUT seq_ bigint, OUT n_ bigint, OUT previous_ text, OUT hash_ text) LANGUAGE plpgsql AS $$"
  " DECLARE last_token bigint;"
  " BEGIN"
  "  PERFORM pg_advisory_xact_lock (countersign.stream_key (stream_));"
  "  SELECT n + 1, hash, token INTO n_, previous_, last_token FROM countersign.records"
  "  WHERE stream = stream_ ORDER BY n DESC LIMIT 1;"
  "  IF NOT FOUND THEN"
  "   n_ := 0;"
  "   previous_ := repeat ('0', 64);"
  "  END IF;"
  "  IF expected >= 0 AND expected <> n_"
  "  OR expected = -2 AND last_token IS DISTINCT FROM token_ THEN"
  "   RETURN;"
  "  END IF;"
  "  hash_ := encode (sha256 (convert_to (previous_ || before_ || body_ || between_ || n_"
  "  || after_, 'UTF8')), 'hex');"
  "  INSERT INTO countersign.records"
  "  (stream, n, at, actor, kind, body, previous, hash, token)"
  "  VALUES (stream_, n_, at_, actor_, kind_, body_, previous_, hash_, token_)"
  "  RETURNING seq INTO seq_;"
  "  IF blobs_ IS NOT NULL THEN"
  "   INSERT INTO countersign.record_blobs (stream, n, digest)"
  "   SELECT stream_, n_, digest FROM unnest (blobs_) digest;"
  "  END IF;"
  " END $$;";

static const char grants[] =
  "DO $$ BEGIN"
  " IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" CS_PG_WRITER_ROLE "') THEN"
  "  CREATE ROLE " CS_PG_WRITER_ROLE " NOLOGIN;"
  " END IF; END $$;"
  "REVOKE ALL ON SCHEMA countersign FROM PUBLIC;"
  "GRANT USAGE ON SCHEMA countersign TO " CS_PG_WRITER_ROLE ";"
  "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA countersign TO " CS_PG_WRITER_ROLE ";"
  "REVOKE INSERT ON countersign.about FROM " CS_PG_WRITER_ROLE ";"
  "GRANT USAGE, SELECT ON SEQUENCE countersign.record_seq TO " CS_PG_WRITER_ROLE ";";

/* The steps from an empty database to the newest format, each for good. */
static const char *const steps[][3] = {
  { tables, rules, grants },
  { appending },
};

#define FORMAT ((gint64) G_N_ELEMENTS (steps))

static gboolean
put_about (CsPgConnection *connection, const char *key, const char *value, GError **error)
{
  const char *values[] = { key, value };
  g_autoptr (PGresult) result =
    PQexecParams (connection->pg, "INSERT INTO countersign.about (key, value) VALUES ($1, $2)", 2,
                  NULL, values, NULL, NULL, 0);

  return PQresultStatus (result) == PGRES_COMMAND_OK ||
         cs_pg_connection_fail (connection, result, error);
}

/* Formats that a workspace had stay recorded: nothing in it is ever changed. */
static gboolean
take_steps (CsPgConnection *connection, gint64 from, GError **error)
{
  for (gint64 i = from; i < FORMAT; i++)
    {
      g_autofree char *key =
        i == 0 ? g_strdup ("format") : g_strdup_printf ("format-%" G_GINT64_FORMAT, i + 1);
      g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, i + 1);

      for (guint j = 0; j < G_N_ELEMENTS (steps[i]) && steps[i][j] != NULL; j++)
        if (!cs_pg_connection_execute (connection, steps[i][j], error))
          return FALSE;
      if (!put_about (connection, key, value, error))
        return FALSE;
    }
  return TRUE;
}

/* Two who create at once wait for each other here, and the second one finds what the first one
 * made. */
static gboolean
fill (CsPgConnection *connection, const char *id, GError **error)
{
  g_autoptr (PGresult) there = NULL;

  if (!cs_pg_connection_execute (connection, "SELECT pg_advisory_xact_lock (6072735140)", error))
    return FALSE;
  there = PQexec (connection->pg, "SELECT to_regnamespace ('countersign') IS NOT NULL");
  if (PQresultStatus (there) != PGRES_TUPLES_OK)
    return cs_pg_connection_fail (connection, there, error);
  if (*PQgetvalue (there, 0, 0) == 't')
    {
      g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
                   "The database “%s” holds a workspace already. Join it, or choose another one",
                   cs_pg_server_get_name (connection->server));
      return FALSE;
    }
  return take_steps (connection, 0, error) && put_about (connection, "workspace", id, error);
}

/**
 * cs_pg_schema_create:
 * @id: what tells this workspace from every other
 *
 * Makes the schema `countersign` and the role %CS_PG_WRITER_ROLE, all or nothing.
 *
 * Returns: whether it could; else %CS_ERROR_EXISTS, or %CS_ERROR_REFUSED if the user may not make
 * schemas or roles
 */
gboolean
cs_pg_schema_create (CsPgConnection *connection, const char *id, GError **error)
{
  if (!cs_pg_connection_execute (connection, "BEGIN", error))
    return FALSE;
  if (fill (connection, id, error) && cs_pg_connection_execute (connection, "COMMIT", error))
    return TRUE;
  cs_pg_connection_execute (connection, "ROLLBACK", NULL);
  return FALSE;
}

static gboolean
upgrade (CsPgConnection *connection, gint64 *format, GError **error)
{
  g_autoptr (PGresult) rows = NULL;

  if (!cs_pg_connection_execute (connection, "SELECT pg_advisory_xact_lock (6072735140)", error))
    return FALSE;
  rows = PQexec (connection->pg, "SELECT max (value::integer) FROM countersign.about"
                                 " WHERE starts_with (key, 'format')");
  if (PQresultStatus (rows) != PGRES_TUPLES_OK)
    return cs_pg_connection_fail (connection, rows, error);
  *format = cs_pg_get_int (rows, 0, 0);
  if (*format <= FORMAT)
    return take_steps (connection, *format, error);
  g_set_error (error, CS_ERROR, CS_ERROR_TOO_NEW,
               "The workspace “%s” was made by a newer version. Update Countersign",
               cs_pg_server_get_name (connection->server));
  return FALSE;
}

/**
 * cs_pg_schema_upgrade:
 * @format: (out): which format the workspace had
 *
 * Brings a workspace to the format of this version, all or nothing; for the one who made it.
 *
 * Returns: whether it has that now; else %CS_ERROR_NOT_FOUND, %CS_ERROR_TOO_NEW or
 * %CS_ERROR_REFUSED
 */
gboolean
cs_pg_schema_upgrade (CsPgConnection *connection, gint64 *format, GError **error)
{
  if (!cs_pg_connection_execute (connection, "BEGIN", error))
    return FALSE;
  if (upgrade (connection, format, error) && cs_pg_connection_execute (connection, "COMMIT", error))
    return TRUE;
  cs_pg_connection_execute (connection, "ROLLBACK", NULL);
  return FALSE;
}

/**
 * cs_pg_schema_check:
 *
 * Returns: (transfer full): the workspace's id, if the database holds a workspace that this version
 * can use; else %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_TOO_NEW, %CS_ERROR_WAITING if it has to
 * be upgraded, or %CS_ERROR_REFUSED
 */
char *
cs_pg_schema_check (CsPgConnection *connection, GError **error)
{
  g_autoptr (PGresult) rows = PQexec (
    connection->pg, "SELECT (SELECT max (value::integer) FROM countersign.about"
                    " WHERE starts_with (key, 'format')),"
                    " (SELECT value FROM countersign.about WHERE key = 'workspace'),"
                    " has_table_privilege ('countersign.records', 'INSERT')");

  if (PQresultStatus (rows) != PGRES_TUPLES_OK)
    {
      cs_pg_connection_fail (connection, rows, error);
      return NULL;
    }
  if (cs_pg_get_int (rows, 0, 0) > FORMAT)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_TOO_NEW,
                   "The workspace “%s” was made by a newer version. Update Countersign",
                   cs_pg_server_get_name (connection->server));
      return NULL;
    }
  if (cs_pg_get_int (rows, 0, 0) < FORMAT)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_WAITING,
                   "The workspace “%s” was made by an older version. Have who runs the server call "
                   "“countersignctl workspace upgrade” once",
                   cs_pg_server_get_name (connection->server));
      return NULL;
    }
  if (strcmp (PQgetvalue (rows, 0, 2), "t") != 0)
    {
      g_set_error (
        error, CS_ERROR, CS_ERROR_REFUSED,
        "You may not write to the workspace “%s”. Ask who runs the server for the role %s",
        cs_pg_server_get_name (connection->server), CS_PG_WRITER_ROLE);
      return NULL;
    }
  return g_strdup (PQgetvalue (rows, 0, 1));
}
