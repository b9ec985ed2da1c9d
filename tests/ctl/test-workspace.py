#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`workspace`: a team on one journal in PostgreSQL, and the way there and back."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import Workspace, expect, main  # noqa: E402
from keyring import Keyring  # noqa: E402
from postgres import PASSWORD, Postgres  # noqa: E402

LEAD = {"COUNTERSIGN_ACTOR": "lead@example.org"}


def with_password(w, *words):
    """The password goes through a descriptor of its own."""
    read, write = os.pipe()
    os.write(write, PASSWORD.encode() + b"\n")
    os.close(write)
    done = subprocess.run(w.command(*words, "--password-fd", read), pass_fds=[read], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, env=w.environ, timeout=60)
    os.close(read)
    return done


def together():
    """One opens and runs, another one signs; each sees what the other did."""
    with Postgres() as postgres, Workspace() as ada, Workspace() as ben:
        made = ada.run("workspace", "create", postgres.address("owner"))
        workspace = made.out.strip()
        expect("GRANT countersign_writer" in made.err)
        ada.run("workspace", "create", postgres.address("owner"), status=5)
        expect("up to date" in ada.run("workspace", "upgrade", postgres.address("owner")).out)
        for w in (ada, ben):
            expect(workspace in w.run("workspace", "join", postgres.address("ada")).out)
            expect(w.json("workspace", "status")["workspace"] == workspace)
        boss, lead = ada.key("boss"), ben.key("lead")
        ada.run("person", "add", "--key", boss, "--name", "Boss")
        ben.run("person", "add", "--key", lead, "--name", "Lead", environ=LEAD)
        ada.run("person", "grant", "anna@example.org", "manager", "--key", boss)
        ada.run("person", "grant", "lead@example.org", "Tech lead", "--key", boss)
        deployment = ada.start()
        ada.run("deploy", "run", deployment, status=3)
        ada.run("deploy", "check", deployment, "1.1.c1")
        ada.run("deploy", "run", deployment, status=3)
        expect([d["id"] for d in ben.json("deploy", "list")] == [deployment])
        ben.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", lead,
                environ=LEAD)
        ada.run("deploy", "run", deployment, status=3)
        ada.run("deploy", "confirm", deployment, "3.2")
        ada.run("deploy", "run", deployment)
        expect(ada.log() == ["looked", "done"])
        expect("all good" in ben.run("audit", "verify").out)
        expect("done" in ben.run("audit", "search", "done").out)
        ben.run("evidence", "export", deployment, "-o", ben.top / "evidence")
        ben.run("evidence", "verify", ben.top / "evidence")
        postgres.sql("ops", "ALTER TABLE countersign.records DISABLE TRIGGER ALL;"
                            "UPDATE countersign.records SET actor = 'nobody' WHERE n = 3"
                            f" AND stream = 'deployment/{deployment}'")
        expect("was changed" in ben.run("audit", "verify", status=1).out)


def there_and_back():
    """A journal moves to the team's database and back, and every chain stays what it was."""
    with Postgres() as postgres, Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        log = w.json("deploy", "log", deployment)
        before = w.json("workspace", "status")
        expect(before["workspace"] is None)
        w.run("workspace", "create", postgres.address("owner"))
        w.run("workspace", "join", postgres.address("ada"), status=5)
        moved = w.run("workspace", "move", postgres.address("ada"))
        expect("every stream ends with the same hash" in moved.out)
        expect(w.json("deploy", "log", deployment) == log)
        expect(len(list(w.data.glob("journal-*.db"))) == 1)
        expect(w.json("workspace", "status")["records"] == before["records"])
        w.run("deploy", "check", deployment, "1.1.c1")
        w.run("workspace", "move", "--here")
        after = w.json("workspace", "status")
        expect(after["workspace"] is None and after["records"] == before["records"] + 1)
        expect(w.json("deploy", "log", deployment)[:len(log)] == log)
        expect("all good" in w.run("audit", "verify").out)
        w.run("workspace", "move", "--here", status=5)
        w.run("workspace", "move", postgres.address("ada"), status=5)  # it holds records


def refused():
    with Postgres() as postgres, Workspace() as w:
        w.run("workspace", "join", "host=/nowhere dbname=ops", status=4)
        w.run("workspace", "join", "postgresql://ada:secret@127.0.0.1/ops", status=2)
        missing = w.run("workspace", "join", postgres.address("ada"), status=2)
        expect("Create the workspace first" in missing.err)
        w.run("workspace", "create", postgres.address("owner"))
        w.run("workspace", "join", postgres.address("ben"), status=5)
        expect(not (w.data / "team.conf").exists())
        w.run("workspace", "join", postgres.address("ada"))
        w.run("workspace", "join", postgres.address("ada"), status=5)
        postgres.sql("ops", "SET session_replication_role = replica;"
                            "UPDATE countersign.about SET value = 'other' WHERE key = 'workspace'")
        expect("another workspace" in w.run("deploy", "list", status=5).err)


def password_in_keyring():
    with Postgres() as postgres, Keyring() as w:
        w.run("workspace", "create", postgres.address("owner"))
        done = with_password(w, "workspace", "join", postgres.address("ben"))
        expect(done.returncode == 0, done.stderr.decode())
        expect(w.json("workspace", "status")["records"] == 0)
        w.run("target", "add", "here", "--local")
        expect(w.json("workspace", "status")["records"] == 1)
        for path in w.data.rglob("*"):
            expect(not path.is_file() or PASSWORD.encode() not in path.read_bytes())


        postgres.sql("ops", "ALTER ROLE ben PASSWORD 'another one'")
        w.run("workspace", "status", status=5)
        wrong = with_password(w, "workspace", "password")
        expect(wrong.returncode == 5, wrong.stderr.decode())
        postgres.sql("ops", f"ALTER ROLE ben PASSWORD '{PASSWORD}'")
        expect(with_password(w, "workspace", "password").returncode == 0)
        w.run("workspace", "leave")
        expect(w.json("workspace", "status")["records"] == 0)
        expect(with_password(w, "workspace", "password").returncode == 2)
        w.run("workspace", "join", postgres.address("ben"), status=5)  # forgotten


def joined_and_left():
    """What a directory had of its own is kept when it joins, and the team's when it leaves."""
    with Postgres() as postgres, Workspace() as w:
        w.run("target", "add", "own", "--local")
        w.run("workspace", "leave", status=2)
        w.run("workspace", "create", postgres.address("owner"))
        refused = w.run("workspace", "join", postgres.address("ada"), status=5)
        expect("set aside" in refused.err)
        w.run("workspace", "join", "host=/nowhere dbname=ops", "--set-aside", status=4)
        expect("own" in w.run("target", "list").out)
        joined = w.run("workspace", "join", postgres.address("ada"), "--set-aside")
        expect("is kept as" in joined.out)
        expect(len(list(w.data.glob("journal-*.db"))) == 1)
        expect(w.json("workspace", "status")["records"] == 0)
        w.run("target", "add", "shared", "--local")
        w.run("workspace", "leave")
        expect(not (w.data / "team.conf").exists() and not list(w.data.glob("mirror-*")))
        expect(w.json("workspace", "status")["records"] == 0)
        w.run("workspace", "join", postgres.address("ada"))
        expect("shared" in w.run("target", "list").out)


main("workspace", [together, there_and_back, refused, password_in_keyring, joined_and_left])
