# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployment at a time acts on an environment."""

from harness import ACTOR, Workspace, expect, main

TEXT = """# Shop

## Deployment Steps

### Step 1: Go

```bash
echo gone >> DIR/log
```

## Rollback Procedure

```bash
echo back >> DIR/log
```
"""

BOB = {"COUNTERSIGN_ACTOR": "bob@example.org"}


def first_come():
    with Workspace() as w:
        one = w.start(TEXT)
        two = w.start(TEXT)
        expect(w.json("deploy", "show", one)["lock"]["deployment"] is None, "nobody acts yet")
        w.run("deploy", "run", one)
        lock = w.json("deploy", "show", two)["lock"]
        expect(lock["deployment"] == one and lock["actor"] == ACTOR and not lock["own"], lock)
        expect(w.json("deploy", "show", one)["lock"]["own"])
        waits = w.run("deploy", "run", two, "1.1", status=3, environ=BOB)
        expect(f"{ACTOR} has locked staging for “Shop” since" in waits.err, waits.err)
        expect("staging is locked for “Shop”" in w.run("deploy", "show", two).out)
        expect(w.log() == ["gone"], w.log())
        w.run("deploy", "close", one)
        w.run("deploy", "run", two)
        expect(w.log() == ["gone", "gone"], w.log())


def taken_over():
    with Workspace() as w:
        one = w.start(TEXT)
        two = w.start(TEXT)
        w.run("deploy", "lock", one)
        w.run("deploy", "lock", one, status=5)
        refused = w.run("deploy", "lock", two, status=5, environ=BOB)
        expect("needs a reason" in refused.err, refused.err)
        w.run("deploy", "lock", two, "--reason", "the fix can't wait", environ=BOB)
        told = w.run("deploy", "run", one, "1.1", status=3)
        expect("bob@example.org has taken staging over from this deployment" in told.err, told.err)
        expect("the fix can't wait" in told.err, told.err)
        for deployment, kind in (one, "displaced"), (two, "environment-taken-over"):
            record = w.json("deploy", "log", deployment)[-1]
            expect(record["kind"] == kind and record["actor"] == "bob@example.org", record)
            expect(record["body"]["reason"] == "the fix can't wait", record)
        w.run("deploy", "rollback", one, "--reason", "bad")
        w.run("deploy", "run", one, status=3)
        expect(w.log() == [], w.log())
        w.run("deploy", "unlock", one, status=5)
        w.run("deploy", "unlock", two, environ=BOB)
        w.run("deploy", "run", one)
        expect(w.log() == ["back"], w.log())
        w.run("audit", "verify")


main("lock", [first_come, taken_over])
