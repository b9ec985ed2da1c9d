# SPDX-License-Identifier: GPL-3.0-or-later
"""What someone can do who may write to the data directory."""

import base64
import hashlib
import json
import sqlite3
import subprocess


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


def put_blob(workspace, data):
    """Stores bytes where records look for them; gives their digest."""
    digest = hashlib.sha256(data).hexdigest()
    place = workspace.data / "blobs" / digest[:2]
    place.mkdir(exist_ok=True)
    (place / digest).write_bytes(data)
    return digest


def last_of(workspace, stream):
    """The number, hash and time of the newest record; -1, zeros and 0 if there is none."""
    database = journal(workspace)
    row = database.execute("SELECT n, hash, at FROM records WHERE stream = ? "
                           "ORDER BY n DESC LIMIT 1", (stream,)).fetchone()
    database.close()
    return row or (-1, "0" * 64, 0)


def append(workspace, stream, actor, kind, body, at):
    """Writes a record as the program would, with any content and any time."""
    n, previous, _ = last_of(workspace, stream)
    text = canonical({"stream": stream, "n": n + 1, "at": at, "actor": actor, "kind": kind,
                      "body": body})
    database = journal(workspace)
    database.execute("INSERT INTO records (seq, stream, n, at, actor, kind, body, previous, hash) "
                     "SELECT coalesce (max (seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM records",
                     (stream, n + 1, at, actor, kind, canonical(body), previous,
                      hashlib.sha256((previous + text).encode()).hexdigest()))
    database.close()


def envelope(statement, key, namespace):
    """A statement as whoever holds the key can sign it, with OpenSSH alone."""
    payload = canonical(statement).encode()
    kind = "application/vnd.in-toto+json"
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    signature = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace],
                               input=message, capture_output=True, check=True).stdout
    return {"payload": base64.b64encode(payload).decode(), "payloadType": kind,
            "signatures": [{"keyid": fingerprint(key),
                            "sig": base64.b64encode(signature).decode()}]}


def fingerprint(key):
    shown = subprocess.run(["ssh-keygen", "-l", "-f", key], check=True, capture_output=True)
    return shown.stdout.decode().split()[1]


def decree(workspace, stream, kind, person, key, content, at):
    """Writes a decision, signed by that person for this very place of the stream."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://countersign.github.io/decree/v1",
        "subject": [{"name": stream, "digest": {"sha256": last_of(workspace, stream)[1]}}],
        "predicate": {"kind": kind, "by": person, "key": fingerprint(key), "content": content,
                      "at": "2026-01-01T00:00:00.000000Z"},
    }
    body = dict(content, by=person, decree=envelope(statement, key, "decree@countersign"))
    body["key-used"] = fingerprint(key)
    append(workspace, stream, person, kind, body, at)


def sign_off(workspace, stream, model, person, key, at, **changes):
    """Writes a signature like the one that record model is, by someone else or with another key,
    for the place where the stream of a deployment stands now."""
    digest = model["body"]["envelope"]
    blob = next(workspace.data.glob(f"blobs/*/{digest}")).read_text()
    statement = json.loads(base64.b64decode(json.loads(blob)["payload"]))
    statement["predicate"].update(signer=person, key=fingerprint(key),
                                  deployment=stream.split("/")[1], **changes)
    for subject in statement["subject"]:
        if subject["name"] == "head":
            subject["digest"]["sha256"] = last_of(workspace, stream)[1]
    text = canonical(envelope(statement, key, "signoff@countersign")).encode()
    body = dict(model["body"], signer=person, name="Somebody", key=fingerprint(key),
                envelope=put_blob(workspace, text), **changes)
    append(workspace, stream, person, "signed", body, at)
