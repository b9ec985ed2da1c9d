#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back in the real window: which one, why, its steps, and the report of what happened."""

import json
import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Move the Shelves

## Deployment

### Step 1: Move

```bash
false
```

**Estimated Time**: 2 minutes

## Quick Rollback

```bash
echo quickly back
```

## Full Rollback

**Time to Rollback**: ~10 minutes

```bash
echo all the way back
```

```bash
echo and dusted
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


def status():
    return json.loads(ctl("deploy", "show", state["id"], "--json"))["status"]


def the_time_stands_beside_the_plan():
    path = world.path("home", "shelves.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "They stand in the way").strip()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Move the Shelves")))
    app().find_text(re.compile(r"^\d+:\d\d of 2:00$"))
    app().find_text(re.compile("^ends about "))


def who_does_not_mean_it_goes_nowhere():
    app().press("push button", "Run Next")
    app().find_text("“Move” failed")
    app().keys("ctrl+shift+z")
    app().find_text("Roll Back?")
    app().find("check box", "Quick Rollback")
    assert not app().find("push button", "Roll Back").has("SENSITIVE")
    app().press("push button", "Cancel")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the dialog")
    assert status() == "active", status()


def one_of_the_ways_is_taken():
    app().keys("ctrl+shift+z")
    app().click(app().find("check box", "Full Rollback"))
    app().find_text("1 step, about 10 min")
    app().set_text("text", "Reason", "the wall gives way")
    app().press("push button", "Roll Back")
    app().find_text("Next: run the command of “Full Rollback”")
    assert status() == "rolling-back", status()


def it_is_walked_and_closed():
    app().press("push button", "Auto-Advance")
    app().press("push button", "Close Deployment")
    app().find_text(re.compile("^Rolled back and closed"))
    assert status() == "rolled-back", status()


def what_happened_is_reported():
    app().press("push button", "Incident Report…")
    app().find("frame", "Incident Report")
    app().find_text(re.compile("the wall gives way"))
    app().press("push button", "Copy the Report")
    copied = subprocess.run(
        ["/usr/bin/python3", os.path.join(world.top, "tests/ui/clipboard.py")], env=world.env,
        check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60).stdout
    assert "the wall gives way" in copied, copied
    app().press("push button", "Save…")
    app().find("push button", "Save")
    path = world.path("home", "report.md")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")
    harness.wait_for(lambda: os.path.exists(path) and os.path.getsize(path), "the report")
    with open(path, encoding="utf-8") as f:
        assert f.read() == copied
    told = ctl("deploy", "report", state["id"]).splitlines()
    assert [line for line in copied.splitlines() if not line.startswith("Written by")] == \
        [line for line in told if not line.startswith("Written by")]


def nothing_was_complained_about():
    def left():
        app().keys("Escape")
        return len(app().windows()) == 1
    harness.wait_for(left, "the end of the report")
    app().xdo("mousemove", "1590", "1190")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)
    ctl("audit", "verify")


TESTS = [
    the_time_stands_beside_the_plan,
    who_does_not_mean_it_goes_nowhere,
    one_of_the_ways_is_taken,
    it_is_walked_and_closed,
    what_happened_is_reported,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
