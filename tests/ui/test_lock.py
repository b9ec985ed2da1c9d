#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two deployments of one environment in the real window: the one that has it, the one that waits,
and taking it over."""

import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# {title}

## Deployment

### Step 1: Wind It

```bash
echo wound
```

### Step 2: Set It

```bash
echo set
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


def records(name, kind):
    return [line for line in ctl("deploy", "log", state[name]).splitlines() if kind in line]


def start(name, title):
    path = world.path("home", f"{name}.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK.format(title=title))
    state[name] = ctl("deploy", "start", path, "--environment", "production", "--target", "here",
                      "--reason", "It is time").strip()


def show(title):
    app().click(app().find("list item", re.compile(f"^{title}")))
    app().find("push button", "Back to All Deployments")


def go_back():
    app().press("push button", "Back to All Deployments")


def choose(item):
    app().click(app().find("push button", "More of This Deployment"))
    app().find("menu item", item)
    items = [node for node in app().walk() if node.role == "menu item" and node.has_place()]
    items.sort(key=lambda node: node.place()[1])
    app().xdo("key", *["Down"] * [node.name for node in items].index(item), "Return")


def it_is_locked_and_unlocked_by_hand():
    ctl("target", "add", "here", "--local", "--environment", "production")
    start("clock", "Wind the Clock")
    start("watch", "Wind the Watch")
    state["app"] = harness.App(world)
    show("Wind the Clock")
    choose("Lock the Environment")
    harness.wait_for(lambda: "locked for this deployment" in ctl("deploy", "show", state["clock"]),
                     "the lock")
    choose("Unlock the Environment")
    harness.wait_for(lambda: "is locked" not in ctl("deploy", "show", state["clock"]),
                     "the end of the lock")


def the_first_command_locks_it_for_the_other():
    app().press("push button", "Run Next")
    app().find_text("Next: run the command of “Set It”")
    go_back()
    show("Wind the Watch")
    app().find_text(re.compile("^production is locked for “Wind the Clock” by operator@"))
    assert not app().find("push button", "Run Next").has("SENSITIVE")


def who_does_not_mean_it_takes_nothing():
    app().press("push button", "Take Over…")
    app().find_text(re.compile("That deployment runs nothing more"))
    assert not app().find("push button", "Take Over").has("SENSITIVE")
    app().press("push button", "Cancel")
    app().wait_until_gone("text", "Reason")
    assert not records("watch", "environment-taken-over")


def it_is_taken_over_with_a_reason():
    app().press("push button", "Take Over…")
    app().set_text("text", "Reason", "the watch is needed first")
    app().press("push button", "Take Over")
    app().wait_until_gone("push button", "Take Over…")
    app().press("push button", "Run Next")
    app().find_text("Next: run the command of “Set It”")
    assert len(records("watch", "environment-taken-over")) == 1


def the_other_one_says_who_did_it():
    go_back()
    show("Wind the Clock")
    app().find_text(re.compile("^operator@.* has taken production over for “Wind the Watch”.*: the "
                               "watch is needed first$"))
    assert not app().find("push button", "Run Next").has("SENSITIVE")
    assert len(records("clock", "displaced")) == 1


def it_is_free_when_the_other_is_closed():
    ctl("deploy", "run", state["watch"])
    ctl("deploy", "close", state["watch"])
    app().wait_until_gone("push button", "Take Over…")
    harness.wait_for(lambda: app().find("push button", "Run Next").has("SENSITIVE"),
                     "the command to be free")
    app().press("push button", "Run Next")
    app().find("push button", "Close Deployment")
    ctl("audit", "verify")


def nothing_was_complained_about():
    app().xdo("mousemove", "1590", "1190")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    it_is_locked_and_unlocked_by_hand,
    the_first_command_locks_it_for_the_other,
    who_does_not_mean_it_takes_nothing,
    it_is_taken_over_with_a_reason,
    the_other_one_says_who_did_it,
    it_is_free_when_the_other_is_closed,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
