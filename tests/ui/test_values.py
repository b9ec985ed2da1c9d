#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values for placeholders in the real window: filled in, changed, emptied, and taken as data."""

import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Print a Card

## Deployment

### Step 1: Print

| Field | Meaning |
|-------|---------|
| shade | [colours](https://example.org/colours) |

1. Look at the **ink**
   - black
   - red
2. ![the printer](printer.png)

```bash
printf '%s\\n' "printed in <shade-of-ink>" | tee "$HOME/card"
```
"""

NAME = "shade-of-ink"
HOSTILE = "'; rm -rf / #$(id)`id`"
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


def type_value(text):
    app().click(app().find("text", NAME))
    app().keys("ctrl+a", "BackSpace")
    if text:
        app().type(text)
    app().keys("Return")


def card():
    with open(world.path("home", "card")) as f:
        return f.read()


def a_step_asks_for_a_value():
    path = world.path("home", "card.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "Cards are needed").strip()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Print a Card")))
    app().find("text", NAME)


def the_words_of_the_step_are_shown():
    for words in ("Look at the ink", "Field", "Meaning", "colours", "black", "the printer"):
        app().find_text(words)


def nothing_runs_without_it():
    button = app().find("push button", "Run")
    assert not button.has("SENSITIVE")


def a_value_is_recorded_by_enter():
    type_value("black")
    harness.wait_for(lambda: len(records("value-set")) == 1, "the record")


def an_emptied_value_is_taken_back():
    type_value("")
    harness.wait_for(lambda: len(records("value-cleared")) == 1, "the record")
    harness.wait_for(lambda: not app().find("push button", "Run").has("SENSITIVE"),
                     "the step to ask again")


def a_screen_reader_can_fill_it_in():
    app().click(app().find("text", NAME))
    app().set_text("text", NAME, "blue")
    app().keys("Return")
    harness.wait_for(lambda: len(records("value-set")) == 2, "the record")


def a_colleagues_value_is_shown():
    ctl("deploy", "set", state["id"], f"{NAME}=green")
    app().find_text(re.compile('printed in green'))


def whatever_is_typed_is_data():
    type_value(HOSTILE)
    harness.wait_for(lambda: len(records("value-set")) == 4, "the record")
    app().press("push button", "Run")
    app().find_output(re.compile("printed in"))
    harness.wait_for(lambda: os.path.exists(world.path("home", "card")) and card(), "the card")
    assert card() == f"printed in {HOSTILE}\n", card()


def nothing_was_complained_about():
    app().xdo("mousemove", "1500", "1100")  # a tooltip is a window, too
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_step_asks_for_a_value,
    the_words_of_the_step_are_shown,
    nothing_runs_without_it,
    a_value_is_recorded_by_enter,
    an_emptied_value_is_taken_back,
    a_screen_reader_can_fill_it_in,
    a_colleagues_value_is_shown,
    whatever_is_typed_is_data,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
