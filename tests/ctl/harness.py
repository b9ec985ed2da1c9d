# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of countersignctl share: a workspace of its own, running commands, TAP."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

CTL = os.environ["COUNTERSIGNCTL"]
ACTOR = "anna@example.org"

# One runbook for most tests: commands with and without output, items, a line to sign, words only,
# and a rollback. DIR is a directory of the test's own.
RUNBOOK = """# Runbook: Small

## Preparation

### Step 1: Look

```bash
cd DIR
export COLOUR=green
echo looked >> log
```

- [ ] Somebody watches

## Approval

**Deployment Approved By**:

- Tech Lead: _________________ Date: _________ Time: _________

## Deployment Steps

### Step 1: Do it

```bash
echo "in $(pwd) with $COLOUR"
echo done >> log
```

### Step 2: Tell people

Tell everybody that it is done.

## Rollback Procedure

### Step 1: Undo it

```bash
echo undone >> log
```
"""


class Workspace:
    """A data directory, a directory for the runbook's commands, and a key to sign with."""

    who = {}  # of which account commands are, if of another

    def __init__(self):
        self.top = Path(tempfile.mkdtemp(prefix="countersign-ctl-"))
        self.data = self.top / "data"
        self.work = self.top / "work"
        self.work.mkdir()
        self.home = self.top / "home"
        self.home.mkdir()
        self.environ = dict(os.environ, COUNTERSIGN_ACTOR=ACTOR, LC_ALL="C.UTF-8",
                            HOME=str(self.home))
        self.environ.pop("SSH_AUTH_SOCK", None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        shutil.rmtree(self.top, ignore_errors=True)

    def command(self, *words):
        return [CTL, "--data-dir", str(self.data), *[str(word) for word in words]]

    def run(self, *words, status=0, environ=None):
        """Runs a command to its end and holds it to its exit status; None: whichever it is."""
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, capture_output=True,
                              start_new_session=True, timeout=120, check=False,
                              env=dict(self.environ, **(environ or {})), **self.who)
        done.out = done.stdout.decode()
        done.err = done.stderr.decode()
        expect(status is None or done.returncode == status,
               f"{' '.join(map(str, words))}: status {done.returncode}, not {status}\n"
               f"{done.out}{done.err}")
        return done

    def json(self, *words, status=0):
        return json.loads(self.run(*words, "--json", status=status).out)

    def write(self, name, text):
        path = self.top / name
        path.write_text(text.replace("DIR", str(self.work)))
        return path

    def key(self, name="key", kind="ed25519", passphrase=""):
        path = self.top / name
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", path], check=True)
        return path

    def start(self, text=RUNBOOK, target="here"):
        """Opens a deployment on this computer; gives its id."""
        path = self.write("runbook.md", text)
        if target == "here" and not any(t["name"] == "here" for t in self.json("target", "list")):
            self.run("target", "add", "here", "--local")
        started = self.run("deploy", "start", path, "--environment", "staging", "--target", target,
                           "--reason", "a test")
        return started.out.strip()

    def log(self):
        path = self.work / "log"
        return path.read_text().splitlines() if path.exists() else []

    def steps(self, deployment):
        shown = self.json("deploy", "show", deployment)
        return {step["id"]: step for phase in shown["phases"] + shown["rollbacks"]
                for step in phase["steps"]}


def expect(condition, message="expectation not met"):
    if not condition:
        raise AssertionError(message)


def main(room, tests):
    """Runs the functions and prints TAP."""
    seed = int(os.environ.get("COUNTERSIGN_TEST_SEED", random.SystemRandom().randrange(2 ** 31)))
    random.seed(seed)
    print(f"# seed {seed}\n1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = f"/ctl/{room}/{test.__name__.replace('_', '-')}"
        try:
            test()
            print(f"ok {number} {name}", flush=True)
        except Exception:  # whatever it is, the next test still runs
            failed += 1
            print(f"not ok {number} {name}", flush=True)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
