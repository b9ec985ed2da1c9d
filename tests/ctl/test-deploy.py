# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment on this computer from its opening to its close, and each thing that can stop it."""

import base64
import json
import os
import signal
import subprocess
import time

from harness import ACTOR, RUNBOOK, Workspace, expect, main
from terminal import Terminal


def sign(workspace, deployment, *more, status=0, key=None):
    return workspace.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key",
                         key or workspace.key(), *more, status=status)


def complete():
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        expect(w.log() == ["looked"])
        w.run("deploy", "check", deployment, "1.1.c1")
        signed = sign(w, deployment, "--comment", "fine ✓", "--name", "Anna Müller")
        expect("Approved" in signed.out)
        ran = w.run("deploy", "run", deployment, status=3)
        expect(ran.out == f"in {w.work} with green\n", ran.out)
        w.run("deploy", "confirm", deployment, "3.2")
        w.run("deploy", "run", deployment)
        w.run("deploy", "close", deployment)
        expect(w.log() == ["looked", "done"])
        shown = w.json("deploy", "show", deployment)
        expect(shown["status"] == "finished" and shown["next"]["kind"] == "nothing")
        expect(all(phase["status"] == "passed" for phase in shown["phases"]))
        expect(shown["signoffs"][0]["verified"] is True)
        expect(shown["signoffs"][0]["signer_name"] == "Anna Müller")
        expect("Runbook: Small" in w.run("deploy", "show", deployment[:8]).out)
        expect(w.json("deploy", "list")[0]["id"] == deployment)
        w.run("audit", "verify")
        w.run("deploy", "close", deployment, status=5)
        w.run("deploy", "run", deployment, "1.1", status=5)


def signature_for_stock_openssh():
    """What is recorded can be checked by ssh-keygen alone."""
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        key = w.key()
        sign(w, deployment, key=key)
        digest = w.json("deploy", "show", deployment)["signoffs"][0]["envelope"]
        envelope = json.loads(next(w.data.glob(f"blobs/*/{digest}")).read_text())
        payload = base64.b64decode(envelope["payload"])
        kind = envelope["payloadType"].encode()
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        signature = w.top / "sig"
        signature.write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
        allowed = w.top / "allowed_signers"
        allowed.write_text(f"{ACTOR} {(w.top / 'key.pub').read_text()}")
        verify = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", ACTOR, "-n",
                  "signoff@countersign", "-s", signature]
        expect(subprocess.run(verify, input=message, capture_output=True,
                              check=False).returncode == 0)
        expect(subprocess.run(verify, input=message + b" ", capture_output=True,
                              check=False).returncode != 0)
        statement = json.loads(payload)
        expect(statement["predicate"]["signer"] == ACTOR)
        expect([s["name"] for s in statement["subject"]] == ["runbook", "head", "manifest"])


def gates():
    """What comes too early waits for a person; who it is, is printed."""
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "close", deployment, status=3)
        w.run("deploy", "run", deployment, "3.1", status=3)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "run", deployment, "1.1", status=5)
        w.run("deploy", "check", deployment, "1.1.c1")
        early = w.run("deploy", "run", deployment, "3.1", status=3)
        expect("Tech Lead" in early.err, early.err)
        expect("Tech Lead" in w.run("deploy", "run", deployment, status=3).err)
        expect(w.log() == ["looked"])
        w.run("deploy", "check", deployment, "1.1.c1", "--undo")
        expect(w.steps(deployment)["1.1"]["checks"][0]["done"] is False)


def reject():
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        key = w.key()
        sign(w, deployment, "--reject", "--comment", "not today", key=key)
        stopped = w.run("deploy", "run", deployment, "3.1", status=3)
        expect("reject" in stopped.err or "waits" in stopped.err, stopped.err)
        expect(w.json("deploy", "show", deployment)["signoffs"][0]["status"] == "failed")
        sign(w, deployment, key=key)
        w.run("deploy", "run", deployment, "3.1")
        w.run("audit", "verify")


def wrong_key():
    """Someone else's key, a key with a passphrase and nobody to ask, a file that is no key."""
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", w.top / "none",
              status=2)
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key",
              w.write("text", "hello"), status=2)
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", status=2)
        w.run("deploy", "sign", deployment, "s9", "--role", "Tech Lead", status=2)
        locked = w.key("locked", passphrase="secret words")
        refused = sign(w, deployment, key=locked, status=5)
        expect("terminal" in refused.err or "passphrase" in refused.err, refused.err)
        expect("secret words" not in refused.err)
        expect(w.json("audit", "list", "--kind", "person-added") == [], "nobody proved anything")
        shown = w.key("shown")
        shown.unlink()
        sign(w, deployment, key=f"{shown}.pub", status=5)
        expect(w.json("audit", "list", "--kind", "person-added") == [], "a key of someone else")
        key = w.key("bob")
        bob = {"COUNTERSIGN_ACTOR": "bob@example.org"}
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--reject", "--key", key,
              environ=bob)
        # Whoever uses Bob's key signs as Bob: the key is the person, not the account.
        sign(w, deployment, key=key)
        expect(w.json("audit", "list", "--kind", "signed")[0]["actor"] == "bob@example.org")


def passphrase_on_terminal():
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        key = w.key(passphrase="öpen up")
        words = ("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", key)
        left = Terminal(w, *words)
        left.wait_for(f"Passphrase of {key}: ")
        left.type("wrong\r")
        left.wait_for("That was wrong. 2 tries are left")
        left.type("\x03")
        expect(left.end() == 5 and b"Not answered" in left.seen, left.seen)
        signed = Terminal(w, *words)
        signed.wait_for("Passphrase of ")
        signed.type("öpen up\r")
        expect(signed.end() == 0, signed.seen)
        expect(b"No keyring answers here" in signed.seen, signed.seen)
        for typed in (b"wrong\r", "öpen".encode()):
            expect(typed not in left.seen + signed.seen, signed.seen)
        expect(w.json("deploy", "show", deployment)["signoffs"][0]["verified"] is True)
        w.run("audit", "verify")


def failing_step():
    text = RUNBOOK.replace("echo done >> log", "echo broken; exit 7")
    with Workspace() as w:
        deployment = w.start(text)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        sign(w, deployment)
        failed = w.run("deploy", "run", deployment, status=1)
        expect("status 7" in failed.err and "broken" in failed.out, failed.err)
        step = w.steps(deployment)["3.1"]
        expect(step["status"] == "failed" and step["blocks"][0]["exit_status"] == 7)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "run", deployment, "3.1", status=1)
        expect(w.steps(deployment)["3.1"]["blocks"][0]["attempts"] == 2)
        w.run("deploy", "skip", deployment, "3.1", status=2)
        w.run("deploy", "skip", deployment, "3.1", "--reason", "done by hand")
        expect(w.steps(deployment)["3.1"]["reason"] == "done by hand")


def roll_back():
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "rollback", deployment, status=2)
        w.run("deploy", "rollback", deployment, "--procedure", "no such", "--reason", "x", status=2)
        w.run("deploy", "rollback", deployment, "--procedure", "rollback procedure", "--reason",
              "too slow")
        expect(w.json("deploy", "show", deployment)["status"] == "rolling-back")
        w.run("deploy", "run", deployment)
        w.run("deploy", "close", deployment)
        expect(w.json("deploy", "show", deployment)["status"] == "rolled-back")
        expect(w.log() == ["looked", "undone"])
        w.run("audit", "verify")


def until():
    text = "# R\n" + "".join(
        f"\n## Deployment part {n}\n\n### Step 1: Do\n\n```bash\necho {n} >> DIR/log\n```\n"
        for n in "abc")
    with Workspace() as w:
        deployment = w.start(text)
        w.run("deploy", "run", deployment, "--until", "nowhere", status=2)
        w.run("deploy", "run", deployment, "1.1", "--until", "2", status=2)
        w.run("deploy", "run", deployment, "--until", "deployment PART b")
        expect(w.log() == ["a", "b"], w.log())
        w.run("deploy", "run", deployment)
        expect(w.log() == ["a", "b", "c"])


def interrupt():
    """Ctrl+C ends the command on the target too, and that is recorded."""
    text = RUNBOOK.replace("echo looked >> log", "echo $$ > pid; echo begun; sleep 600")
    with Workspace() as w:
        deployment = w.start(text)
        with subprocess.Popen(w.command("deploy", "run", deployment), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=w.environ) as process:
            expect(process.stdout.readline() == b"begun\n")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            expect(process.returncode == 1, process.returncode)
            expect(b"stopped" in err, err)
        block = w.steps(deployment)["1.1"]["blocks"][0]
        expect(block["ending"] == "stopped" and block["status"] == "failed", block)
        pid = int((w.work / "pid").read_text())
        deadline = time.monotonic() + 20
        while os.path.exists(f"/proc/{pid}/status") and time.monotonic() < deadline:
            if "State:\tZ" in open(f"/proc/{pid}/status", encoding="utf-8").read():
                break
            time.sleep(0.02)
        expect(time.monotonic() < deadline, "the command still runs")
        w.run("audit", "verify")


def stream():
    """An endless command ends with Ctrl+C or its time, which is no failure; the path goes on."""
    text = RUNBOOK.replace("echo looked >> log", "echo looked >> log; echo begun; tail -f log")
    with Workspace() as w:
        deployment = w.start(text)
        alone = w.run("deploy", "run", deployment, status=3)
        expect("does not end by itself" in alone.err and w.log() == [], alone.err)
        with subprocess.Popen(w.command("deploy", "run", deployment, "1.1"),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=w.environ) as process:
            expect(process.stdout.readline() == b"begun\n")
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            expect(process.returncode == 0, (process.returncode, err))
            expect(b"passed" in err and b"stopped" in err, err)
        block = w.steps(deployment)["1.1"]["blocks"][0]
        expect(block["ending"] == "stopped" and block["status"] == "passed", block)
        w.run("deploy", "run", deployment, "1.1", "--for", "soon", status=2)
        w.run("deploy", "run", deployment, "1.1", "--for", "1s")  # once more
        w.run("audit", "verify")
    with Workspace() as w:
        deployment = w.start(text)
        w.run("deploy", "run", deployment, "1.1", "--for", "1s")
        block = w.steps(deployment)["1.1"]["blocks"][0]
        expect(block["ending"] == "stopped" and block["status"] == "passed", block)


def output_as_it_is():
    """What a command prints reaches a pipe byte for byte, and its digest is in the record."""
    text = RUNBOOK.replace("echo looked >> log",
                           r"printf '\033]0;title\007a\000b\377\n'; seq 1 20000")
    with Workspace() as w:
        deployment = w.start(text)
        done = subprocess.run(w.command("deploy", "run", deployment, "1.1"), capture_output=True,
                              env=w.environ, check=False)
        expected = b"\033]0;title\007a\0b\377\n" + b"".join(b"%d\n" % n for n in range(1, 20001))
        expect(done.stdout == expected, done.stdout[:80])
        digest = w.steps(deployment)["1.1"]["blocks"][0]["output"]
        expect(next(w.data.glob(f"blobs/*/{digest}")).read_bytes() == expected)


def output_on_terminal():
    """A terminal gets the words, not what could steer it; characters come whole."""
    text = RUNBOOK.replace("echo looked >> log", r"printf '\033]0;title\007 gr\303'; sleep 0.2; "
                           r"printf '\274n \000\377\n\303'")
    with Workspace() as w:
        deployment = w.start(text)
        terminal = Terminal(w, "deploy", "run", deployment, "1.1")
        expect(terminal.end() == 0, terminal.seen)
        seen = terminal.seen.decode()
        expect("\\x1b]0;title\\x07 grün \\x00\ufffd\r\n\ufffd" in seen, repr(seen))
        expect("\033" not in seen and "\007" not in seen, repr(seen))


def hostile_text():
    """Names and reasons can't steer the terminal."""
    evil = "\033]0;gone\007 \u202eabc\x9b31m"
    with Workspace() as w:
        path = w.write("runbook.md", RUNBOOK.replace("Somebody watches", f"Somebody {evil}"))
        w.run("target", "add", "here", "--local")
        deployment = w.run("deploy", "start", path, "--environment", "staging", "--target", "here",
                           "--reason", evil).out.strip()
        for words in (["runbook", "show", path], ["deploy", "show", deployment],
                      ["deploy", "log", deployment], ["audit", "list"]):
            out = w.run(*words).out
            expect(not any(c in out for c in "\033\007\u202e\x9b"), repr(out))


VALUES = """# Values

## Deployment Steps

### Step 1: Go back

```bash
printf '%s|' <previous-commit-hash> "x <previous-commit-hash>"
```
"""


def values():
    """A placeholder waits for its value, which arrives as data and is recorded with the command."""
    evil = "a'; touch pwned; echo \"$(touch pwned)"
    with Workspace() as w:
        deployment = w.start(VALUES)
        waits = w.run("deploy", "run", deployment, "1.1", status=3)
        expect("needs a value for previous-commit-hash" in waits.err + waits.out)
        expect("previous-commit-hash is missing" in w.run("deploy", "show", deployment).out)
        expect(w.json("deploy", "show", deployment)["values"] ==
               [{"name": "previous-commit-hash", "value": None}])
        w.run("deploy", "set", deployment, "previous-commit-hash", status=2)
        w.run("deploy", "set", deployment, "nobody=x", status=5)
        w.run("deploy", "set", deployment, f"previous-commit-hash={evil}")
        expect(w.run("deploy", "run", deployment, "1.1").out == f"{evil}|x {evil}|")
        shown = w.json("deploy", "show", deployment)
        expect(shown["values"] == [{"name": "previous-commit-hash", "value": evil}])
        w.run("deploy", "set", deployment, "previous-commit-hash=other")
        again = w.json("deploy", "show", deployment)
        sent = [kind["phases"][0]["steps"][0]["blocks"][0]["sent"] for kind in (shown, again)]
        expect(sent[0] == sent[1] and "other" not in sent[1])
        started = w.run("deploy", "start", w.top / "runbook.md", "--environment", "other",
                        "--target", "here", "--reason", "a test", "--set",
                        "previous-commit-hash=abc")
        expect(w.json("deploy", "show", started.out.strip())["values"][0]["value"] == "abc")


main("deploy", [complete, signature_for_stock_openssh, gates, reject, wrong_key,
                passphrase_on_terminal, failing_step, roll_back, until, interrupt, stream,
                output_as_it_is, output_on_terminal, hostile_text, values])
