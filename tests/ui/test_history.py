#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all records in the real window: filtered by environment and days, rows that stay
until others come, and what was found as a file."""

import csv
import os
import re
import subprocess
import sys
import time

import harness

RUNBOOK = """# Feed the Cat

## Deployment

```bash
echo purr
```
"""
DAY = 24 * 60 * 60

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def choose(label, steps):
    app().click(app().find("combo box", label))
    app().keys("Home", *["Down"] * steps, "Return")


def day(offset):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * DAY))


def two_environments():
    path = world.path("home", "cat.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    for environment in ("kitchen", "garden"):
        state[environment] = ctl("deploy", "start", path, "--environment", environment, "--target",
                                 "here", "--reason", f"hungry in the {environment}").strip()
    ctl("deploy", "run", state["kitchen"])
    state["app"] = harness.App(world, width=1400, height=800)
    app().keys("ctrl+4")
    app().find_text("Export…")


def visible(text):
    return app().look_for_text(re.compile(text)) is not None


def an_environment_leaves_its_own_records():
    harness.wait_for(lambda: visible("hungry in the garden") and visible("hungry in the kitchen"),
                     "both deployments")
    choose("Environment", 1)
    first = ["garden", "kitchen"]  # in the order of their names
    harness.wait_for(lambda: not visible(f"hungry in the {first[1]}"), "the other one to go")
    assert visible(f"hungry in the {first[0]}")
    choose("Environment", 2)
    harness.wait_for(lambda: visible(f"hungry in the {first[1]}"), "it to come back")
    assert not visible(f"hungry in the {first[0]}")


def what_was_found_is_exported():
    path = world.path("home", "found.csv")
    app().press("push button", "Export…")
    app().find("push button", "Save")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")
    app().find_text(re.compile("records exported"))
    with open(path) as f:
        text = f.read()
    assert text == ctl("audit", "list", "--environment", "kitchen", "--csv")
    assert {row["stream"] for row in csv.DictReader(text.splitlines())} == \
        {f"deployment/{state['kitchen']}"}


def set_day(label, text):
    app().click(app().find("push button", re.compile(f"^{label}")))
    app().set_text("text", "Day, as year, month and day", text)
    app().keys("Escape")


def days_bound_what_is_shown():
    choose("Environment", 0)
    choose("Time", 5)
    set_day("From", day(1))
    app().find_text("Nothing Found")
    set_day("From", day(-1))
    harness.wait_for(lambda: visible("hungry in the garden"), "what happened today")
    set_day("Until", day(-1))
    app().find_text("Nothing Found")
    set_day("Until", day(0))
    harness.wait_for(lambda: visible("hungry in the garden"), "what happened today")
    app().find("label", day(0))
    set_day("Until", day(-1))
    app().find_text("Nothing Found")
    choose("Time", 0)
    harness.wait_for(lambda: visible("hungry in the garden"), "any time")


def nothing_was_complained_about():
    app().xdo("mousemove", "1500", "1100")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    two_environments,
    an_environment_leaves_its_own_records,
    what_was_found_is_exported,
    days_bound_what_is_shown,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
