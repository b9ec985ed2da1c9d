# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment through a real countersign-agent: its token, its values, and a program that dies."""

import json
import os
import random
import signal
import subprocess
import time

from agent_server import Agent
from harness import Workspace, expect, main
from tampering import cut, journal, rewrite

RUNBOOK = """# Agent

## Deployment Steps

### Step 1: One

```bash
echo <version> >> DIR/log
cd /tmp; export COLOUR=green
```

### Step 2: Two

```bash
sleep 0.2
echo "in $PWD with $COLOUR" >> DIR/log
```
"""
EXPECTED = ["it's 1.2", "in /tmp with green"]


def start(workspace):
    path = workspace.write("agent.md", RUNBOOK)
    return workspace.run("deploy", "start", path, "--environment", "staging", "--target", "web",
                         "--reason", "test", "--set", "version=it's 1.2").out.strip()


def kept_nowhere(workspace, token):
    for path in workspace.top.rglob("*"):
        if path.is_file() and "agent" not in path.parts and path.stat().st_size < 1 << 26:
            expect(token.encode() not in path.read_bytes(), f"{path} has the token")


def deployment():
    with Workspace() as w, Agent(w) as agent:
        said = agent.add(w, "--rate", "600")
        expect("token" in said.err, said.err)
        w.run("target", "change", "web", "--environment", "staging")
        w.run("target", "test", "web")
        deployment = start(w)
        w.run("deploy", "run", deployment)
        expect(w.log() == EXPECTED, w.log())
        shown = w.run("target", "show", "web").out
        expect("at most 600 commands a minute, what comes above waits" in shown, shown)
        told = w.json("target", "show", "web")
        expect(told["rate"] == 600 and told["runs-counted"] == 2, told)
        refused = w.run("target", "change", "web", "--rate", "6001", status=2)
        expect("from 1 to 6000" in refused.err, refused.err)
        w.run("target", "change", "web", "--rate", "0")
        expect("rate" not in w.json("target", "show", "web"))
        w.run("audit", "verify")
        kept_nowhere(w, agent.token)


def wrong_certificate():
    with Workspace() as w, Agent(w) as agent:
        agent.fingerprint = "SHA256:" + "A" * 43
        agent.add(w)
        refused = w.run("target", "test", "web", status=5)
        expect(agent.fingerprint in refused.err, refused.err)


def changes(workspace):
    """What was recorded of certificates, as (kind, body)."""
    rows = journal(workspace).execute(
        "SELECT kind, body FROM records WHERE stream = 'targets' ORDER BY n").fetchall()
    return [(kind, json.loads(body)) for kind, body in rows if "certificate" in kind]


def rotation():
    """The certificate changes while a deployment is open, and nobody has to do anything."""
    with Workspace() as w, Agent(w) as agent:
        agent.add(w)
        deployment = start(w)
        w.run("deploy", "run", deployment, "1.1")
        first, following = agent.fingerprint, agent.rotate()
        w.run("target", "test", "web")
        told = {"agreed": first, "next": following, "target": "web"}
        kind, body = changes(w)[0]
        expect(kind == "agent-certificate-announced" and told.items() <= body.items(), body)
        expect(len(changes(w)) == 1, changes(w))
        w.run("target", "test", "web")
        expect(len(changes(w)) == 1, "said twice")
        agent.use_next()
        w.run("deploy", "run", deployment)
        expect(w.log() == EXPECTED, w.log())
        expect(changes(w)[1:] == [("agent-certificate-adopted",
                                   {"agreed": first, "now": following, "target": "web"})],
               changes(w))
        w.run("target", "test", "web")
        w.run("audit", "verify")
        # Who shows the old one from now on is someone else.
        agent.use_first()
        refused = w.run("target", "test", "web", status=5)
        expect(following in refused.err and first in refused.err, refused.err)
        w.run("target", "change", "web", "--fingerprint", following)
        expect(len(changes(w)) == 2)


def rotation_unheard():
    """Who was away while both certificates went together is told what to compare, and decides."""
    with Workspace() as w, Agent(w) as agent:
        agent.add(w)
        w.run("target", "test", "web")
        following = agent.rotate()
        agent.use_next()
        refused = w.run("target", "test", "web", status=5)
        expect(following in refused.err and "target change" in refused.err, refused.err)
        w.run("target", "change", "web", "--fingerprint", following)
        w.run("target", "test", "web")


def taken_up():
    """Nothing is run in a deployment whose record was cut, and its end is witnessed as well."""
    with Workspace() as w, Agent(w) as agent:
        agent.add(w)
        opened = start(w)
        stream = f"deployment/{opened}"
        w.run("deploy", "run", opened, "1.1")
        journal(w).close()
        whole = (w.data / "journal.db").read_bytes()
        cut(w, stream, max(r["n"] for r in w.json("audit", "list", "--kind", "block-started")))
        journal(w).close()
        refused = w.run("deploy", "run", opened, status=1)
        expect("another history" in refused.err and "ends before it" in refused.err, refused.err)
        expect(w.log() == EXPECTED[:1], w.log())
        (w.data / "journal.db").write_bytes(whole)
        w.run("deploy", "run", opened)
        w.run("deploy", "close", opened)
        last = max(r["n"] for r in w.json("audit", "list") if r["stream"] == stream)
        cut(w, stream, last)
        found = w.json("audit", "verify", status=1)["findings"]
        expect(any(each["n"] == last and "cut off" in each["message"] for each in found), found)


def closed_alone():
    """An agent that can't be reached does not keep a deployment from being closed."""
    with Workspace() as w:
        with Agent(w) as agent:
            agent.add(w)
            opened = start(w)
            w.run("deploy", "run", opened)
        w.run("deploy", "close", opened)


def overtaken():
    """Commands that run at the same time show their records in any order: that is no alarm."""
    rounds = 3
    with Workspace() as w, Agent(w) as agent:
        names = [f"w{n}" for n in range(12)]
        for name in names:
            token = w.top / "agent" / f"countersign-token-{name}"
            token.write_text(agent.token, encoding="utf-8")
            agent.add(w, name=name)
        w.run("target", "add", "all", "--fleet", ",".join(names))
        text = "# Fleet\n\n## Deployment Steps\n\n" + "".join(
            f"### Step {n}: Go\n\n```bash\necho {n} >> DIR/log\n```\n\n"
            for n in range(1, rounds + 1))
        opened = w.run("deploy", "start", w.write("fleet.md", text), "--environment", "staging",
                       "--target", "all", "--reason", "test").out.strip()
        w.run("deploy", "run", opened)
        expect(len(w.log()) == rounds * len(names), w.log())
        w.run("audit", "verify")


def killed():
    """The program dies at a random moment; what it had started is asked for, and runs once."""
    rounds = 50 if os.environ.get("COUNTERSIGN_SOAK") else 5
    with Workspace() as w, Agent(w) as agent:
        agent.add(w)
        for _ in range(rounds):
            deployment = start(w)
            with subprocess.Popen(w.command("deploy", "run", deployment), env=w.environ,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(0, 0.6))
                process.send_signal(signal.SIGKILL)
            w.run("deploy", "recover", deployment)
            w.run("deploy", "run", deployment)
            expect(w.log() == EXPECTED, w.log())
            w.run("deploy", "close", deployment)
            (w.work / "log").unlink()


def witness():
    """What nobody can see in the records alone, the agent that was shown them can tell."""
    def another(kind, body):
        if kind == "opened":
            body["reason"] = "another reason"

    with Workspace() as w:
        with Agent(w) as agent:
            agent.add(w)
            opened = start(w)
            stream = f"deployment/{opened}"
            journal(w).close()
            early = (w.data / "journal.db").read_bytes()
            w.run("deploy", "run", opened)
            verified = w.json("audit", "verify")
            expect(verified["clean"] and verified["notes"] == [], verified)
            journal(w).close()
            whole = (w.data / "journal.db").read_bytes()
            shown = max(r["n"] for r in w.json("audit", "list", "--kind", "block-started"))
            for tamper, words in ((lambda: cut(w, stream, shown), "cut off"),
                                  (lambda: cut(w, stream, 1), "cut off"),
                                  (lambda: (w.data / "journal.db").write_bytes(early), "cut off"),
                                  (lambda: rewrite(w, stream, another), "not the history")):
                tamper()
                found = w.json("audit", "verify", status=1)["findings"]
                told = [each for each in found if "“web”" in each["message"]]
                expect(len(told) == 1 and words in told[0]["message"], found)
                expect(told[0]["stream"] == stream and told[0]["n"] == shown, found)
                expect("“web”" in w.run("audit", "verify", status=1).out)
                journal(w).close()
                (w.data / "journal.db").write_bytes(whole)
            (w.data / "journal.db").write_bytes(early)
            expect(len(w.json("audit", "verify", status=1)["findings"]) == 1, "the agent alone")
            (w.data / "journal.db").write_bytes(whole)
            expect(w.json("audit", "verify")["notes"] == [])
        verified = w.json("audit", "verify")
        expect(verified["clean"] and len(verified["notes"]) == 1, verified)
        expect("“web” could not be asked" in verified["notes"][0], verified)
        expect("could not be asked" in w.run("audit", "verify").out)


main("agent", [deployment, wrong_certificate, rotation, rotation_unheard, witness, taken_up,
              closed_alone, overtaken, killed])
