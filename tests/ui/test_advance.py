#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment that goes on by itself in the real window: over phases, up to the first thing that
needs a person, to a failure, and until it is stopped."""

import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Open the Mill

## Preparation

### Step 1: Grease the Wheel

```bash
echo greased
```

### Step 2: Look at the Water

```bash
mkfifo "$HOME/water"; cat "$HOME/water"
```

## Deployment

### Step 1: Open the Gate

```bash
mkfifo "$HOME/gate"; cat "$HOME/gate"
```

### Step 2: Wait for the Stone

```bash
test -e "$HOME/stone"
```

### Step 3: Taste the Flour

- [ ] It tastes of nothing but flour

### Step 4: Ring the Bell

```bash
echo ringing
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


def let_go(name):
    """The command that reads from this pipe ends."""
    path = world.path("home", name)
    harness.wait_for(lambda: os.path.exists(path), f"the pipe of {name}")
    with open(path, "w", encoding="utf-8") as f:
        f.write("so be it\n")


def it_runs_one_after_the_other():
    path = world.path("home", "mill.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "It is autumn").strip()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Open the Mill")))
    app().press("push button", "Auto-Advance")
    app().find_text("Auto-advance: the next command follows by itself")
    app().find_text("“Look at the Water” is running")
    assert app().look("push button", "Run Next") is None


def the_next_phase_comes_into_view():
    let_go("water")
    app().find_text("“Open the Gate” is running")
    app().find_text("1. Open the Gate")


def it_is_told_to_stop():
    app().press("push button", "Stop Advancing")
    app().find_text("Auto-advance stops after this command")
    let_go("gate")
    app().find_text(re.compile("^Auto-advance stopped: .*“Wait for the Stone”"))
    assert len(records("block-started")) == 3
    app().find("push button", "Run Next")


def it_stops_where_something_fails():
    app().press("push button", "Auto-Advance")
    app().find_text(re.compile("^Auto-advance stopped: “Wait for the Stone” did not go well"))
    app().find_text("“Wait for the Stone” failed")
    assert app().look("push button", "Auto-Advance") is None


def it_stops_for_a_person():
    with open(world.path("home", "stone"), "w", encoding="utf-8"):
        pass
    app().press("push button", "Run Again")
    app().find_text(re.compile("^Next: tick “It tastes"))
    assert app().look("push button", "Auto-Advance") is None
    app().press("check box", "It tastes of nothing but flour")
    app().press("push button", "Auto-Advance")
    app().find("push button", "Close Deployment")
    assert len(records("block-started")) == 6
    ctl("audit", "verify")


def nothing_was_complained_about():
    app().xdo("mousemove", "1590", "1190")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    it_runs_one_after_the_other,
    the_next_phase_comes_into_view,
    it_is_told_to_stop,
    it_stops_where_something_fails,
    it_stops_for_a_person,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
