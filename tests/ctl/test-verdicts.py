# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands print is judged: by the program, by a person, and settled where it is wrong."""

from harness import ACTOR, Workspace, expect, main
from tampering import append, last_of, rewrite

JUDGED = """# Judged

## Deployment Steps

### Step 1: Load

```bash
cat DIR/said
```

**Expected Output**:
```
ready
load: <50%
```

### Step 2: Look

```bash
echo nothing to commit
# Should show a clean working tree
```

### Step 3: Close the Door

```bash
echo closed
```

## Rollback Procedure

```bash
echo back
```
"""


def say(w, text):
    (w.work / "said").write_text(text)


def block(w, deployment, step):
    return w.steps(deployment)[step]["blocks"][0]


def verdicts(w, deployment, step):
    return [(one["verdict"], one["output_line"]) for one in
            block(w, deployment, step)["expectations"]]


def judged_by_the_program():
    with Workspace() as w:
        deployment = w.start(JUDGED)
        say(w, "ready\nload: 75%\n")
        ran = w.run("deploy", "run", deployment, status=1)
        expect("== failed after" in ran.err and "with status 0" in ran.err, ran.err)
        expect("met 1  ready  (line 1 of the output: ready)" in ran.err, ran.err)
        expect("NOT MET 2  load: <50%  (line 2 of the output: load: 75%)" in ran.err, ran.err)
        expect("deploy accept" in ran.err, ran.err)
        expect(verdicts(w, deployment, "1.1") == [("met", 1), ("not-met", 2)])
        expect(w.steps(deployment)["1.1"]["status"] == "failed")
        w.run("deploy", "judge", deployment, "1.1.1", "2", "met", status=5)
        w.run("deploy", "run", deployment, "1.2", status=3)
        say(w, "ready\nload: 25 %\n")
        w.run("deploy", "run", deployment, "1.1")
        expect(verdicts(w, deployment, "1.1") == [("met", 1), ("met", 2)])


def judged_by_a_person():
    with Workspace() as w:
        deployment = w.start(JUDGED)
        say(w, "ready\nload: 1%\n")
        ran = w.run("deploy", "run", deployment, status=3)
        expect("== waits for a verdict" in ran.err, ran.err)
        expect(f"deploy judge {deployment} 1.2.1 1 met|not-met" in ran.err, ran.err)
        expect(w.json("deploy", "show", deployment)["next"]["kind"] == "judge")
        again = w.run("deploy", "run", deployment, "1.2", status=3)
        expect("waits for a verdict" in again.err, again.err)
        w.run("deploy", "judge", deployment, "1.2.1", "1", "perhaps", status=2)
        w.run("deploy", "judge", deployment, "1.2.1", "0", "met", status=2)
        w.run("deploy", "judge", deployment, "1.2.1", "7", "met", status=5)
        w.run("deploy", "judge", deployment, "9.9.9", "1", "met", status=2)
        w.run("deploy", "judge", deployment, "1.2.1", "1", "not-met")
        expect(w.steps(deployment)["1.2"]["status"] == "failed")
        w.run("deploy", "judge", deployment, "1.2.1", "1", "met")
        expect(block(w, deployment, "1.2")["expectations"][0]["actor"] == ACTOR)
        expect(f"by {ACTOR}" in w.run("deploy", "show", deployment).out)
        w.run("deploy", "run", deployment)
        w.run("deploy", "close", deployment)
        w.run("audit", "verify")


def marked_as_passed():
    with Workspace() as w:
        deployment = w.start(JUDGED)
        say(w, "steady\n")
        w.run("deploy", "run", deployment, status=1)
        w.run("deploy", "accept", deployment, "1.1.1", "--reason", "no key at all", status=2)
        by = ("--key", w.key())
        w.run("deploy", "accept", deployment, "1.1.1", *by, status=2)
        w.run("deploy", "accept", deployment, "1.2.1", "--reason", "not run", *by, status=5)
        w.run("deploy", "accept", deployment, "1.1.1", "--reason", " ", *by, status=2)
        w.run("deploy", "accept", deployment, "1.1.1", "--reason", "it says steady now", "--role",
              "Operations", "--name", "Anna", *by)
        shown = block(w, deployment, "1.1")
        expect(shown["status"] == "passed" and shown["accepted"] == "it says steady now")
        expect(shown["accepted_by"] == ACTOR and shown["accepted_role"] == "Operations")
        expect(f"Marked as passed by {ACTOR} as Operations: it says steady now" in
               w.run("deploy", "show", deployment).out)
        record = w.json("deploy", "log", deployment)[-1]
        expect(record["kind"] == "accepted" and "decree" in record["body"], record)
        expect("OVERRIDE" in w.run("deploy", "show", deployment).out)
        expect(w.json("audit", "verify")["clean"] is True)
        w.run("deploy", "run", deployment, "1.2", status=3)


def unsigned_mark():
    """Who has the database can't turn a failure around; in deployments from before they could."""
    for signed in (True, False):
        with Workspace() as w:
            deployment = w.start(JUDGED)
            stream = f"deployment/{deployment}"
            if not signed:
                rewrite(w, stream, lambda kind, body: body.pop("marks") and None)
            say(w, "steady\n")
            w.run("deploy", "run", deployment, status=1)
            run = next(record["body"]["run"] for record in w.json("deploy", "log", deployment)
                       if record["kind"] == "block-started")
            append(w, stream, ACTOR, "accepted",
                   {"step": "1.1", "block": "1.1.1", "run": run, "reason": "so"},
                   last_of(w, stream)[2] + 1000)
            shown = block(w, deployment, "1.1")
            expect(shown["status"] == ("failed" if signed else "passed"), shown)
            found = w.run("audit", "verify", status=1 if signed else 0).out
            expect(("Nobody has signed it" in found) == signed, found)


def paused():
    with Workspace() as w:
        deployment = w.start(JUDGED)
        say(w, "ready\nload: 1%\n")
        w.run("deploy", "pause", deployment, status=2)
        w.run("deploy", "resume", deployment, status=5)
        w.run("deploy", "pause", deployment, "--reason", "lunch")
        expect(w.json("deploy", "show", deployment)["paused"] == "lunch")
        stopped = w.run("deploy", "run", deployment, status=3)
        expect("paused: lunch" in stopped.err and "deploy resume" in stopped.err, stopped.err)
        w.run("deploy", "resume", deployment)
        w.run("deploy", "run", deployment, "1.1")
        w.run("deploy", "pause", deployment, "--reason", "tea")
        w.run("deploy", "rollback", deployment, "--reason", "no")
        expect(w.json("deploy", "show", deployment)["paused"] is None)


DECIDED = """# Decided

## Blockers

### BLOCKER 1: No index on customers

It is slow.

## Preparation

Look at it.

**Go/No-Go Decision:**

## Deployment Steps

```bash
echo gone
```
"""


def decided():
    with Workspace() as w:
        deployment = w.start(DECIDED)
        w.run("deploy", "confirm", deployment, "1.1")
        points = w.json("deploy", "show", deployment)["points"]
        expect([point["kind"] for point in points] == ["blocker", "decision"], points)
        stopped = w.run("deploy", "run", deployment, status=3)
        expect("First, someone resolves “No index on customers”" in stopped.err, stopped.err)
        w.run("deploy", "resolve", deployment, "5", status=2)
        w.run("deploy", "resolve", deployment, "99", "--note", "x", status=2)
        w.run("deploy", "resolve", deployment, "5", "--note", "added in 4711")
        asked = w.run("deploy", "run", deployment, status=3)
        expect("deploy decide" in asked.err, asked.err)
        w.run("deploy", "decide", deployment, "maybe", "--reason", "x", status=2)
        w.run("deploy", "decide", deployment, "no-go", "--reason", "the cache is cold")
        stopped = w.run("deploy", "run", deployment, "2.1", status=3)
        expect(f"{ACTOR} decided no-go: the cache is cold" in stopped.err, stopped.err)
        w.run("deploy", "decide", deployment, "go", "--reason", "it is warm")
        shown = w.run("deploy", "show", deployment).out
        expect("[resolved] line 5  blocker: No index on customers" in shown, shown)
        expect(f"decision: Go/No-Go Decision:  by {ACTOR}: it is warm" in shown, shown)
        w.run("deploy", "run", deployment)


main("verdicts", [judged_by_the_program, judged_by_a_person, marked_as_passed, unsigned_mark,
                  paused, decided])
