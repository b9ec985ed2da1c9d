# SPDX-License-Identifier: GPL-3.0-or-later
"""What a runbook leaves to a person: which of several ways, and whether at all."""

from harness import Workspace, expect, main

WAYS = """# Ways

## Deployment Steps

### Step 1: Look

```bash
echo looked >> DIR/log

# If the disk is full:
echo tidied >> DIR/log
```

### Step 2: Deploy

#### Option A: By pipeline

```bash
echo pipeline >> DIR/log
```

#### Option B: By hand

```bash
echo hand >> DIR/log
```

## Rollback Procedures

### 1. Quick Rollback

```bash
echo quickly back >> DIR/log
```

### 2. Full Rollback

```bash
echo all the way back >> DIR/log
```
"""


def block(w, deployment, step, index):
    return w.steps(deployment)[step]["blocks"][index]


def chosen_ahead():
    with Workspace() as w:
        deployment = w.start(WAYS)
        w.run("deploy", "choose", deployment, "1.1.1.2", status=5)
        w.run("deploy", "choose", deployment, "1.9", status=2)
        w.run("deploy", "choose", deployment, "1.2.2")
        again = w.run("deploy", "choose", deployment, "1.2.2", status=5)
        expect("chosen already" in again.err, again.err)
        w.run("deploy", "run", deployment, "1.1.1.1")
        other = w.run("deploy", "run", deployment, "1.2.1", status=3)
        expect("“Option B: By hand” was chosen instead" in other.err, other.err)
        w.run("deploy", "run", deployment, "1.2.2")
        late = w.run("deploy", "choose", deployment, "1.2.1", status=5)
        expect("has been run already" in late.err, late.err)
        expect(w.log() == ["looked", "hand"], w.log())
        expect(w.steps(deployment)["1.2"]["status"] == "passed")
        w.run("deploy", "close", deployment)
        w.run("audit", "verify")


def chosen_anew():
    with Workspace() as w:
        deployment = w.start(WAYS)
        w.run("deploy", "choose", deployment, "1.2.2")
        w.run("deploy", "choose", deployment, "1.2.1")
        w.run("deploy", "run", deployment, "1.1.1.1")
        w.run("deploy", "run", deployment, "1.2.2", status=3)
        w.run("deploy", "run", deployment, "1.2.1")
        expect(w.log() == ["looked", "pipeline"], w.log())


def left_out():
    with Workspace() as w:
        deployment = w.start(WAYS)
        needed = w.run("deploy", "skip", deployment, "1.1.1.1", "--reason", "no", status=5)
        expect("The step needs this command" in needed.err, needed.err)
        w.run("deploy", "skip", deployment, "1.1.1.2", status=2)
        w.run("deploy", "skip", deployment, "1.1.1.2", "--reason", "there is room")
        found = block(w, deployment, "1.1", 1)
        expect(found["status"] == "skipped" and found["reason"] == "there is room", found)
        over = w.run("deploy", "skip", deployment, "1.1.1.2", "--reason", "again", status=5)
        expect("over already" in over.err, over.err)
        # A person may think again.
        w.run("deploy", "run", deployment, "1.1.1.1")
        w.run("deploy", "run", deployment, "1.1.1.2")
        expect(block(w, deployment, "1.1", 1)["status"] == "passed")
        expect(w.log() == ["looked", "tidied"], w.log())


def way_back():
    """Of several ways back one is chosen by its name, and the other is left out."""
    for step, words in (("2.1", "quickly back"), ("2.2", "all the way back")):
        with Workspace() as w:
            deployment = w.start(WAYS)
            w.run("deploy", "choose", deployment, step)
            w.run("deploy", "rollback", deployment, "--reason", "to see")
            w.run("deploy", "run", deployment, step)
            w.run("deploy", "close", deployment)
            expect(w.log() == [words], w.log())
            expect(w.json("deploy", "show", deployment)["status"] == "rolled-back")


main("choices", [chosen_ahead, chosen_anew, left_out, way_back])
