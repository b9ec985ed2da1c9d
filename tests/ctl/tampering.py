# SPDX-License-Identifier: GPL-3.0-or-later
"""What someone can do who may write to the data directory."""

import hashlib
import json
import sqlite3


def journal(workspace):
    """The database, with all that is in its log written back."""
    database = sqlite3.connect(workspace.data / "journal.db", isolation_level=None)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


def take_guards(database):
    """Takes away what refuses changes; gives it, to be put back."""
    guards = database.execute("SELECT name, sql FROM sqlite_master "
                              "WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        database.execute(f"DROP TRIGGER {name}")
    return guards


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rewrite(workspace, stream, change):
    """Writes a stream anew, with every hash right again, as someone with the file can."""
    database = journal(workspace)
    guards = take_guards(database)
    rows = database.execute("SELECT seq, n, at, actor, kind, body, previous FROM records "
                            "WHERE stream = ? ORDER BY n", (stream,)).fetchall()
    previous = rows[0][6]
    for seq, n, at, actor, kind, body, _ in rows:
        body = json.loads(body)
        actor = change(kind, body) or actor
        text = canonical({"stream": stream, "n": n, "at": at, "actor": actor, "kind": kind,
                          "body": body})
        digest = hashlib.sha256((previous + text).encode()).hexdigest()
        database.execute("UPDATE records SET body = ?, actor = ?, previous = ?, hash = ? "
                         "WHERE seq = ?",
                         (canonical(body), actor, previous, digest, seq))
        previous = digest
    for _, sql in guards:
        database.execute(sql)
    database.close()


def cut(workspace, stream, keep):
    """Takes the last records of a stream away; what is left is a chain without a fault."""
    database = journal(workspace)
    guards = take_guards(database)
    database.execute("DELETE FROM records WHERE stream = ? AND n >= ?", (stream, keep))
    for _, sql in guards:
        database.execute(sql)
    database.close()
