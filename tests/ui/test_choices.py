#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an author leaves to a person, in the real window: which of several ways, also before
its turn, and whether a command is needed at all."""

import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Cross the River

## Deployment Steps

### Step 1: Look

```bash
echo looked

# If the water is high:
echo waited
```

### Step 2: Cross

#### Option A: By ferry

```bash
echo ferry
```

#### Option B: By bridge

```bash
echo bridge
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def records(kind):
    return [line for line in ctl("deploy", "log", state["id"]).splitlines() if kind in line]


def ways():
    """The buttons by which one of several is chosen, from above."""
    nodes = [node for node in app().walk() if node.role == "push button"
             and node.name == "Choose This" and app()._can_be_seen(node)]
    return sorted(nodes, key=lambda node: node.place()[1])


def it_is_chosen_long_ahead():
    path = world.path("home", "river.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "The other side is greener").strip()
    state["app"] = harness.App(world, height=1150)
    app().click(app().find("list item", re.compile("^Cross the River")))
    app().press("push button", "2. Cross")
    harness.wait_for(lambda: len(ways()) == 2, "two ways")
    app().activate(ways()[1])
    harness.wait_for(lambda: len(ways()) == 1, "the choice")
    assert len(records("chosen")) == 1


def it_can_be_chosen_otherwise():
    app().activate(ways()[0])
    harness.wait_for(lambda: len(records("chosen")) == 2, "the other choice")
    harness.wait_for(lambda: len(ways()) == 1, "the way that was chosen first")
    app().activate(ways()[0])
    harness.wait_for(lambda: len(records("chosen")) == 3, "the first choice again")


def what_is_not_needed_is_left_out_with_a_reason():
    app().press("push button", "Run Next")
    app().find_text("If the water is high:")
    app().press("push button", "Leave Out…")
    assert not app().find("push button", "Leave Out").has("SENSITIVE")
    app().press("push button", "Cancel")
    app().wait_until_gone("text", "Reason")
    assert not records("left-out") and not records("skipped")
    app().press("push button", "Leave Out…")
    app().set_text("text", "Reason", "the water is low")
    app().press("push button", "Leave Out")
    app().find_text(re.compile("^Next: .*“Cross”"))


def the_way_that_was_chosen_is_gone():
    app().press("push button", "Run Next")
    app().find_output(re.compile("bridge"))
    app().find("push button", "Close Deployment")
    assert not ways()
    started = records("block-started")
    assert len(started) == 2, started
    ctl("audit", "verify")


def nothing_was_complained_about():
    app().xdo("mousemove", "1590", "1190")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    it_is_chosen_long_ahead,
    it_can_be_chosen_otherwise,
    what_is_not_needed_is_left_out_with_a_reason,
    the_way_that_was_chosen_is_gone,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
