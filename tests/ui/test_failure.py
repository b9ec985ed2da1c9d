#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command printed in the real window: each expectation with its mark, and what a person can
do where it is not met: judge, mark as passed, pause, resume."""

import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Open the Shop

## Deployment

### Step 1: Look at the Shelves

```bash
cat "$HOME/shelves"
```

**Expected Output**:
```
shelves ready
empty places: <5
```

### Step 2: Look out of the Window

```bash
echo nobody waits
# Should show that nobody is in a hurry
```

## Rollback

```bash
echo closed
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def records(kind):
    return [line for line in ctl("deploy", "log", state["id"]).splitlines() if kind in line]


def shelves(text):
    with open(world.path("home", "shelves"), "w") as f:
        f.write(text)


def confirm(label, reason):
    app().set_text("text", "Reason", reason)
    app().press("push button", label)
    app().wait_until_gone("text", "Reason")


def what_is_not_met_is_marked():
    path = world.path("home", "shop.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    shelves("shelves ready\nempty places: 9\n")
    world.make_key()
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "It is nine").strip()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Open the Shop")))
    app().press("push button", "Run Next")
    app().find_text("Met by line 1")
    app().find_text("Not met by line 2: empty places: 9")
    app().find_text(re.compile("^“Look at the Shelves” failed"))


def there_are_ways_on():
    app().scroll_to(app().find("push button", "Mark as Passed…"))
    for label in ("Run Again", "Mark as Passed…", "Skip…", "Pause…", "Roll Back…"):
        app().find("push button", label)


def it_can_be_paused():
    app().press("push button", "Pause…")
    confirm("Pause", "the baker is late")
    app().find_text(re.compile("^Paused by .*: the baker is late$"))
    harness.wait_for(lambda: not app().find("push button", "Run Again").has("SENSITIVE"),
                     "the command to wait")
    app().press("push button", "Resume")
    app().wait_until_gone("push button", "Resume")
    assert len(records("resumed")) == 1


def what_failed_can_be_marked_as_passed_with_a_signature():
    app().press("push button", "Mark as Passed…")
    app().find("frame", "Mark as Passed")
    assert not app().find("push button", "Sign", "Mark as Passed").has("SENSITIVE")
    app().set_text("text", "Your Name", "Olga Operator")
    confirm("Sign", "nine are enough on a Monday")
    app().find_text(re.compile("Marked as passed by .*: nine are enough on a Monday"))
    assert len(records("accepted")) == 1
    ctl("audit", "verify")


def a_person_judges():
    app().press("push button", "Run Next")
    app().find_text("Look at the output: is it so?")
    app().find_text(re.compile("^Next: say whether “Look out of the Window” printed"))
    app().press("push button", "Not Met")
    app().find_text(re.compile("^Not met, says "))
    app().press("push button", "Met")
    app().find_text(re.compile("^Met, says "))
    app().find_text(re.compile("^Everything is done"))
    assert len(records("judged")) == 2


def nothing_was_complained_about():
    app().xdo("mousemove", "1500", "1100")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    what_is_not_met_is_marked,
    there_are_ways_on,
    it_can_be_paused,
    what_failed_can_be_marked_as_passed_with_a_signature,
    a_person_judges,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
