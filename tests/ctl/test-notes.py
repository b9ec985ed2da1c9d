# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes and files beside steps, and the plan beside what happened."""

import hashlib

from harness import ACTOR, RUNBOOK, Workspace, expect, main


def notes(w, deployment):
    return w.json("deploy", "show", deployment)["notes"]


def written():
    with Workspace() as w:
        deployment = w.start()
        w.run("deploy", "note", deployment, "1.1", "the disk was nearly full")
        found = notes(w, deployment)[0]
        expect(found["step"] == "1.1" and found["actor"] == ACTOR, found)
        expect(found["text"] == "the disk was nearly full" and found["file"] is None, found)
        expect("the disk was nearly full" in w.run("deploy", "show", deployment).out)
        nothing = w.run("deploy", "note", deployment, "1.1", "  ", status=5)
        expect("nothing to note" in nothing.err, nothing.err)
        w.run("deploy", "note", deployment, "9.9", "where?", status=2)
        expect(len(notes(w, deployment)) == 1)
        w.run("audit", "verify")


def attached():
    """Any bytes, and they are the ones that come back; a changed one is found."""
    with Workspace() as w:
        deployment = w.start()
        picture = w.top / "screen shot.png"
        picture.write_bytes(bytes(range(256)) * 300)
        w.run("deploy", "note", deployment, "3.1", "how it looked", "--attach", picture)
        found = notes(w, deployment)[0]
        expect(found["file"] == "screen shot.png" and found["size"] == 76800, found)
        expect(found["digest"] == hashlib.sha256(picture.read_bytes()).hexdigest(), found)
        blob = next(w.data.glob(f"blobs/*/{found['digest']}"))
        expect(blob.read_bytes() == picture.read_bytes())
        w.run("deploy", "note", deployment, "3.1", "--attach", w.top / "none", status=2)
        w.run("audit", "verify")
        blob.chmod(0o600)
        blob.write_bytes(b"something else")
        w.run("audit", "verify", status=1)


def not_after_the_end():
    text = "# R\n\n## Deployment\n\n### Step 1: Do\n\n```bash\ntrue\n```\n"
    with Workspace() as w:
        deployment = w.start(text)
        w.run("deploy", "run", deployment)
        w.run("deploy", "close", deployment)
        late = w.run("deploy", "note", deployment, "1.1", "too late", status=5)
        expect("closed" in late.err and notes(w, deployment) == [], late.err)


PLANNED = """# Planned

## Deployment Steps

### Step 1: Short

```bash
true
```

**Estimated Time**: 5 minutes

### Step 2: Long

```bash
sleep 2
```

**Estimated Time**: 1 second

### Step 3: Open

```bash
true
```

**Estimated Time**: 2 minutes
"""


def forecast():
    with Workspace() as w:
        deployment = w.start(PLANNED)
        time = w.json("deploy", "show", deployment)["time"]
        expect(time["planned"] == 421 and time["left"] == 421 and time["overrun"] == 0, time)
        w.run("deploy", "run", deployment, "1.1")
        w.run("deploy", "run", deployment, "1.2")
        time = w.json("deploy", "show", deployment)["time"]
        expect(time["left"] == 120 and time["overrun"] >= 1 and time["finish"], time)
        expect("Time: planned" in w.run("deploy", "show", deployment).out)
        w.run("deploy", "run", deployment)
        w.run("deploy", "close", deployment)
        time = w.json("deploy", "show", deployment)["time"]
        expect(time["left"] == 0 and time["finish"] is None, time)


def chosen_goes_on():
    """What is chosen ahead is started by a program that goes on by itself; else a person asks."""
    text = RUNBOOK[:RUNBOOK.index("## Approval")].replace(
        "- [ ] Somebody watches", "").replace("cd DIR", "true") + """
## Deployment

### Option A: One way

```bash
echo one >> DIR/log
```

### Option B: Another

```bash
echo other >> DIR/log
```
"""
    with Workspace() as w:
        deployment = w.start(text)
        waits = w.run("deploy", "run", deployment, status=3)
        expect("one of several to choose from" in waits.err, waits.err)
        w.run("deploy", "choose", deployment, "2.2")
        w.run("deploy", "run", deployment)
        expect(w.log() == ["other"], w.log())


main("notes", [written, attached, not_after_the_end, forecast, chosen_goes_on])
