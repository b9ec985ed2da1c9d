/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a team's database holds, and who may do what with it. */

#include "cs-pg-schema.h"

#include "cs-error.h"

#include <string.h>

#define FORMAT 1

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

/* Two who create at once wait for each other here, and the second one finds what the first one
 * made. */
static gboolean
fill (CsPgConnection *connection, const char *id, GError **error)
{
  g_autoptr (PGresult) there = NULL;
  g_autofree char *format = g_strdup_printf ("%d", FORMAT);

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
  return cs_pg_connection_execute (connection, tables, error) &&
         cs_pg_connection_execute (connection, rules, error) &&
         cs_pg_connection_execute (connection, grants, error) &&
         put_about (connection, "format", format, error) &&
         put_about (connection, "workspace", id, error);
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

/**
 * cs_pg_schema_check:
 *
 * Returns: (transfer full): the workspace's id, if the database holds a workspace that this version
 * can use; else %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_TOO_NEW or %CS_ERROR_REFUSED
 */
char *
cs_pg_schema_check (CsPgConnection *connection, GError **error)
{
  g_autoptr (PGresult) rows = PQexec (
    connection->pg, "SELECT (SELECT value::integer FROM countersign.about WHERE key = 'format'),"
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
