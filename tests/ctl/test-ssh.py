# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment over SSH with a real server; servers that are new, changed, gone, or refuse."""

import os
import random
import signal
import subprocess
import time

from harness import RUNBOOK, Workspace, expect, main
from sshd import Sshd


def add(workspace, server, *more):
    workspace.run("target", "add", "web", "--ssh", server.destination, "--identity",
                  server.identity, *more)


def trust(workspace, server):
    workspace.run("target", "trust", "web", "--fingerprint", server.fingerprint())


def first_contact():
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        add(w, server)
        new = w.run("target", "test", "web", status=3)
        command = f"countersignctl target trust web --fingerprint {server.fingerprint()}"
        expect(command in new.out, new.out)
        w.run("target", "trust", "web", "--fingerprint", "SHA256:" + "A" * 43, status=5)
        w.run("target", "test", "web", status=3)
        trust(w, server)
        w.run("target", "test", "web")
        trust(w, server)


def deployment():
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        add(w, server, "--environment", "staging")
        trust(w, server)
        deployment = w.start(RUNBOOK, target="web")
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", w.key())
        ran = w.run("deploy", "run", deployment, status=3)
        expect(ran.out == f"in {w.work} with green\n", ran.out)
        w.run("deploy", "confirm", deployment, "3.2")
        w.run("deploy", "close", deployment)
        expect(w.log() == ["looked", "done"])
        w.run("audit", "verify")
        expect(w.json("audit", "verify")["clean"] is True)


KILLED = """# Killed

## Deployment Steps

### Step 1: One

```bash
echo one >> DIR/log
cd /tmp; export COLOUR=green
```

### Step 2: Two

```bash
sleep 0.2
echo "in $PWD with $COLOUR" >> DIR/log
```
"""


def killed():
    """The program dies at a random moment; what it had started is asked for, and runs once."""
    rounds = 50 if os.environ.get("COUNTERSIGN_SOAK") else 5
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        add(w, server)
        trust(w, server)
        # As long as a run takes here and now, so that the moments lie anywhere in it.
        begun = time.monotonic()
        deployment = w.start(KILLED, target="web")
        w.run("deploy", "run", deployment)
        lasts = time.monotonic() - begun
        (w.work / "log").unlink()
        w.run("deploy", "close", deployment)
        for _ in range(rounds):
            deployment = w.start(KILLED, target="web")
            with subprocess.Popen(w.command("deploy", "run", deployment), env=w.environ,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(0, lasts))
                process.send_signal(signal.SIGKILL)
            w.run("deploy", "recover", deployment)
            w.run("deploy", "run", deployment)
            expect(w.log() == ["one", "in /tmp with green"], w.log())
            w.run("deploy", "close", deployment)
            (w.work / "log").unlink()
        w.run("audit", "verify")


def unknown_host_key():
    """Nothing is sent to a server whose key nobody has accepted."""
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        add(w, server)
        deployment = w.start(RUNBOOK, target="web")
        w.run("deploy", "run", deployment, status=5)
        expect(w.log() == [])
        expect([r["kind"] for r in w.json("deploy", "log", deployment)] == ["opened"])


def changed_host_key():
    with Workspace() as w:
        server = Sshd(w.top / "sshd")
        with server:
            add(w, server)
            trust(w, server)
            deployment = w.start(RUNBOOK, target="web")
        server.change_host_key()
        with server:
            told = w.run("target", "test", "web", status=5)
            expect("changed" in told.err and server.fingerprint() in told.err, told.err)
            w.run("target", "trust", "web", "--fingerprint", server.fingerprint(), status=5)
            refused = w.run("deploy", "run", deployment, status=5)
            expect("changed" in refused.err, refused.err)
            expect(w.log() == [])


def wrong_key():
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        w.run("target", "add", "web", "--ssh", server.destination, "--identity", w.key("stranger"))
        trust(w, server)
        refused = w.run("target", "test", "web", status=5)
        expect("ermission denied" in refused.err or "key" in refused.err, refused.err)
        deployment = w.start(RUNBOOK, target="web")
        w.run("deploy", "run", deployment, status=5)
        expect(w.log() == [])


def unreachable():
    with Workspace() as w:
        server = Sshd(w.top / "sshd")
        with server:
            add(w, server)
            trust(w, server)
            deployment = w.start(RUNBOOK, target="web")
        gone = w.run("target", "test", "web", status=4)
        expect("127.0.0.1" in gone.err or "refused" in gone.err, gone.err)
        w.run("deploy", "run", deployment, status=4)
        w.run("target", "trust", "web", "--fingerprint", "SHA256:x", status=4)
        expect([r["kind"] for r in w.json("deploy", "log", deployment)] == ["opened"])
        with server:
            w.run("deploy", "run", deployment, status=3)
        expect(w.log() == ["looked"])


def breaker():
    """After five failures a server is left alone, by every program, until someone resets it."""
    with Workspace() as w:
        server = Sshd(w.top / "sshd")
        with server:
            add(w, server)
            trust(w, server)
            deployment = w.start(RUNBOOK, target="web")
        for _ in range(5):
            w.run("deploy", "run", deployment, status=4)
        shown = w.json("target", "show", "web")
        expect(shown["breaker"] == "open" and shown["failures-in-a-row"] == 5, shown)
        expect("refused" in shown["problem"], shown)
        with server:
            alone = w.run("deploy", "run", deployment, status=4)
            expect("left alone" in alone.err and w.log() == [], alone.err)
            expect("open" in w.run("target", "list").out)
            w.run("target", "reset", "web")
            w.run("deploy", "run", deployment, status=3)
        expect(w.log() == ["looked"])
        shown = w.json("target", "show", "web")
        expect(shown["breaker"] == "closed" and shown["runs-counted"] == 1, shown)
        expect(shown["failures-counted"] == 5 and shown["latency-p50"] > 0, shown)
        expect(shown["runs"][0]["passed"] is True, shown)
        expect("Breaker:     closed" in w.run("target", "show", "web").out)
        w.run("target", "reset", "nowhere", status=2)
        w.run("audit", "verify")


main("ssh", [first_contact, deployment, killed, unknown_host_key, changed_host_key, wrong_key,
             unreachable, breaker])
