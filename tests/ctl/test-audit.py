# SPDX-License-Identifier: GPL-3.0-or-later
"""`audit`: finds what was done, and proves that nothing was changed, or names what was."""

import json
import shutil
from csv import reader
from io import StringIO

from harness import ACTOR, Workspace, expect, main
from tampering import journal, rewrite


def finished(workspace):
    """A deployment with a signature, closed; gives its id."""
    deployment = workspace.start()
    workspace.run("deploy", "run", deployment, status=3)
    workspace.run("deploy", "check", deployment, "1.1.c1")
    workspace.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--comment",
                  "seen and good", "--key", workspace.key())
    workspace.run("deploy", "run", deployment, status=3)
    workspace.run("deploy", "confirm", deployment, "3.2")
    workspace.run("deploy", "close", deployment)
    return deployment


def findings(workspace):
    verified = workspace.json("audit", "verify", status=1)
    expect(verified["clean"] is False and verified["findings"])
    expect("NOT good" in workspace.run("audit", "verify", status=1).out)
    return verified["findings"]


def clean():
    with Workspace() as w:
        finished(w)
        verified = w.json("audit", "verify")
        expect(verified["clean"] is True and verified["findings"] == [])
        expect(verified["records"] >= 10 and verified["blobs"] >= 4)
        expect("all good" in w.run("audit", "verify").out)


def empty():
    with Workspace() as w:
        expect(w.json("audit", "verify")["records"] == 0)
        expect(w.json("audit", "list") == [])


def find():
    with Workspace() as w:
        deployment = finished(w)
        stream = f"deployment/{deployment}"
        everything = w.json("audit", "list")
        expect([r["kind"] for r in everything][0] == "closed")
        expect(len(w.json("audit", "list", "--limit", "2")) == 2)
        expect({r["kind"] for r in w.json("audit", "list", "--kind", "checked")} == {"checked"})
        expect(w.json("audit", "list", "--person", "nobody") == [])
        expect(len(w.json("audit", "list", "--person", ACTOR)) == len(everything))
        there = w.json("audit", "list", "--environment", "staging", "--limit", "1000")
        expect({r["stream"] for r in there} == {stream})
        expect(len(there) == len(w.json("deploy", "log", deployment)))
        expect(w.json("audit", "list", "--environment", "production") == [])
        expect(w.json("audit", "list", "--until", "2020-01-01") == [])
        expect(len(w.json("audit", "list", "--since", "2020-01-01T00:00:00Z")) == len(everything))
        expect([r["kind"] for r in w.json("audit", "search", "seen", "good")] == ["signed"])
        expect(w.json("audit", "search", "wordthatisnotthere") == [])
        expect("seen and good" in w.run("audit", "search", "seen").out)


def csv():
    """Rows that any reader of RFC 4180 gives back, and no cell that a spreadsheet computes."""
    with Workspace() as w:
        finished(w)
        evil = "=HYPERLINK(\"http://example.org\")"
        w.run("deploy", "start", w.top / "runbook.md", "--environment", "staging", "--target",
              "here", "--reason", "a \"quoted\",\nreason", environ={"COUNTERSIGN_ACTOR": evil})
        done = w.run("audit", "list", "--csv", "--limit", "1000").stdout.decode()
        rows = list(reader(StringIO(done, newline="")))
        records = w.json("audit", "list", "--limit", "1000")
        expect(rows[0] == ["at", "actor", "kind", "stream", "n", "body", "hash"])
        expect(len(rows) == len(records) + 1)
        for row, record in zip(rows[1:], records):
            expect(row[1].removeprefix("'") == record["actor"] and row[2] == record["kind"])
            expect(json.loads(row[5]) == record["body"] and row[6] == record["hash"])
        expect(any(row[1] == "'" + evil for row in rows), rows)
        expect(not any(cell[:1] in tuple("=+-@\t\r\n") and cell for row in rows for cell in row))
        expect(done.count("\r\n") == len(rows))


def flipped_records():
    """One byte of each record, in the file, behind the program's back."""
    with Workspace() as w:
        finished(w)
        database = journal(w)
        records = database.execute("SELECT stream, n, hash FROM records ORDER BY seq").fetchall()
        database.close()
        path = w.data / "journal.db"
        whole = path.read_bytes()
        for stream, n, digest in records:
            offset = whole.index(digest.encode())
            path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1:])
            expect(any(f["stream"] == stream and f["n"] in (n, n + 1) for f in findings(w)),
                   f"{stream} {n}")
        path.write_bytes(whole)
        w.run("audit", "verify")


def flipped_words():
    with Workspace() as w:
        deployment = finished(w)
        journal(w).close()
        path = w.data / "journal.db"
        whole = path.read_bytes()
        for word in (b'"reason":"a test"', b'"comment":"seen and good"',
                     b'"text":"Somebody watches"'):
            offset = whole.index(word) + len(word) - 2
            path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1]) + whole[offset + 1:])
            found = findings(w)
            expect(found[0]["stream"] == f"deployment/{deployment}" and found[0]["n"] >= 0, found)
        path.write_bytes(whole)
        w.run("audit", "verify")


def flipped_blobs():
    with Workspace() as w:
        finished(w)
        blobs = [path for path in w.data.glob("blobs/*/*") if path.stat().st_size > 0]
        expect(len(blobs) >= 3)
        for path in blobs:
            whole = path.read_bytes()
            mode = path.stat().st_mode
            path.chmod(0o600)
            for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1], whole + b" "):
                path.write_bytes(damaged)
                expect(any(f["blob"] == path.name for f in findings(w)), path.name)
            path.unlink()
            expect(any(f["blob"] == path.name for f in findings(w)), path.name)
            path.write_bytes(whole)
            path.chmod(mode)
        w.run("audit", "verify")


def forged(name):
    """Changes of history that keep every hash right: only the signature tells."""
    def change(kind, body):
        if name == "nothing":
            return
        if name == "reason" and kind == "opened":
            body["reason"] = "another reason"
        if name == "comment" and kind == "signed":
            body["comment"] = "never seen"
        if name == "decision" and kind == "signed":
            body["decision"] = "reject"
        if name == "signer" and kind == "signed":
            body["signer"] = "bob@example.org"
        if name == "item" and kind == "checked":
            body["text"] = "Something else"
    return change


def forged_history():
    with Workspace() as w:
        deployment = finished(w)
        kept = w.top / "kept"
        shutil.copytree(w.data, kept)
        for name in ("nothing", "reason", "comment", "decision", "signer", "item"):
            rewrite(w, f"deployment/{deployment}", forged(name))
            if name == "nothing":
                w.run("audit", "verify")
            else:
                found = findings(w)
                expect(any("signature" in f["message"] and f["blob"] for f in found), (name, found))
                expect(all(f["stream"] == f"deployment/{deployment}" for f in found), (name, found))
            shutil.rmtree(w.data)
            shutil.copytree(kept, w.data)


def forged_key():
    """Another key under the same name does not make the signature good."""
    with Workspace() as w:
        deployment = finished(w)
        other = (w.key("other").parent / "other.pub").read_text().split()

        def change(kind, body):
            if kind == "person-added":
                body["key"] = f"{other[0]} {other[1]}"

        rewrite(w, "people", change)
        found = findings(w)
        expect(any(f["stream"] == f"deployment/{deployment}" for f in found), found)
        shown = w.json("deploy", "show", deployment)
        expect(shown["signoffs"][0]["verified"] is False)


main("audit", [clean, empty, find, csv, flipped_records, flipped_words, flipped_blobs,
               forged_history, forged_key])
