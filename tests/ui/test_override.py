#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past a gate and past a failure in the real window, each signed; then the evidence of both, and
the proof of a signature, are saved and verified."""

import json
import os
import re
import subprocess
import sys

import harness

ACTOR = "operator@example.org"
RUNBOOK = """# Ring the Bell

**Deployment Window:** not on Monday to Sunday

## Deployment

### Step 1: Ring

```bash
echo ding
exit 7
```

### Step 2: Listen

```bash
echo heard
```

## Acceptance

- Tech Lead: ____________________ Date: __________

## Rollback

```bash
echo silent
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words, status=0):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == status, f"{done.stdout}{done.stderr}"
    return done.stdout


def rulings():
    return json.loads(ctl("deploy", "show", state["id"], "--json"))["rulings"]


def a_team_with_a_closed_window():
    boss, lead = world.make_key("boss"), world.make_key("lead")
    ctl("person", "add", "--key", boss, "--name", "Ada Boss")
    ctl("person", "grant", ACTOR, "manager", "--key", boss)
    ctl("person", "add", "lead@example.org", f"{lead}.pub", "--name", "Bob Lead", "--key", boss)
    for role in ("Tech Lead", "Operations"):
        ctl("person", "grant", "lead@example.org", role, "--key", boss)
    path = world.path("home", "bell.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "production", "--target", "here",
                      "--reason", "It is noon").strip()


def choose_key(steps):
    app().click(app().find("combo box", "Key"))
    app().keys(*["Down"] * steps, "Return")


def the_window_holds_the_step_up():
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Ring the Bell")))
    app().find_text(re.compile("^The deployment window does not open"))
    assert not app().find("push button", "Run Next").has("SENSITIVE")
    assert app().look("push button", "Override…") is not None


def an_override_can_be_left():
    app().press("push button", "Override…")
    app().find("frame", "Override")
    assert not app().find("push button", "Sign", "Override").has("SENSITIVE")
    app().keys("Escape")
    app().wait_until_gone("frame", "Override")
    assert rulings() == []


def who_may_not_is_refused():
    app().press("push button", "Override…")
    app().find_text(re.compile("I let “Ring” go on although “The deployment window"))
    choose_key(1)
    app().set_text("text", "Reason", "It is noon already")
    app().press("push button", "Sign")
    app().find_text(re.compile("only manager may overrule"))
    assert rulings() == []


def a_manager_overrides():
    app().click(app().find("combo box", "Key"))
    app().keys("Up", "Return")
    app().press("push button", "Sign")
    app().wait_until_gone("frame", "Override")
    assert [each["gate"] for each in rulings()] == ["window"], rulings()
    harness.wait_for(lambda: app().find("push button", "Run Next").has("SENSITIVE"),
                     "the command to be let through")
    assert app().look("push button", "Override…") is None
    app().find_text(re.compile("Ada Boss, as manager, let this go on although “The deployment "
                               "window .*: It is noon already$"))


def a_failure_is_marked_as_passed_in_a_role():
    app().press("push button", "Run Next")
    app().find_text(re.compile("^“Ring” failed"))
    app().press("push button", "Mark as Passed…")
    choose_key(1)
    app().find("combo box", "In the Role of")
    app().click(app().find("combo box", "In the Role of"))
    app().keys("Down", "Return")
    app().set_text("text", "Reason", "it rang all the same")
    app().press("push button", "Sign")
    app().wait_until_gone("frame", "Mark as Passed")
    said = rulings()[-1]
    assert (said["by"], said["role"]) == ("lead@example.org", "Operations"), said
    app().find_text(re.compile("Marked as passed by .*: it rang all the same"))
    app().press("push button", "Run Next")
    app().press("push button", "Continue")
    app().press("push button", "Sign Now…")
    choose_key(1)
    app().press("push button", "Sign")
    app().click(app().find_text(re.compile("^Signed by Bob Lead")))


def save_as(path):
    app().find("push button", "Save")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")


def the_proof_is_saved():
    folder = world.path("home", "proof")
    os.makedirs(folder)
    app().press("push button", "Save the Files…")
    save_as(folder)
    harness.wait_for(lambda: len(os.listdir(folder)) == 3, "the files of the proof")
    app().find_text(re.compile("^The files are in "))
    command = app().find_text(re.compile("^ssh-keygen -Y verify")).text()
    said = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True)
    assert said.stdout.startswith('Good "signoff@countersign" signature'), (command, said)
    app().keys("Escape")
    app().wait_until_gone("push button", "Save the Files…")


def choose(act, path):
    """Of the page's menu, and where to."""
    app().click(app().find("push button", "More of This Deployment"))
    app().find("menu item", re.compile("Evidence"))
    app().xdo("key", *["Down"] * act, "Return")
    save_as(path)


def the_evidence_is_exported_and_good():
    folder = world.path("home", "evidence")
    choose(0, folder)
    harness.wait_for(lambda: os.path.exists(os.path.join(folder, "HEADS")), "the evidence")
    said = ctl("evidence", "verify", folder)
    assert "All good" in said and "1 signature" in said, said
    done = subprocess.run(["bash", "verify.sh"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    log = os.path.join(folder, "records", "deployment.jsonl")
    with open(log) as f:
        text = f.read()
    assert "it rang all the same" in text and "It is noon already" in text
    with open(log, "w") as f:
        f.write(text.replace("it rang all the same", "it rang all the tame"))
    assert "deployment.jsonl" in ctl("evidence", "verify", folder, status=1)


TESTS = [
    a_team_with_a_closed_window,
    the_window_holds_the_step_up,
    an_override_can_be_left,
    who_may_not_is_refused,
    a_manager_overrides,
    a_failure_is_marked_as_passed_in_a_role,
    the_proof_is_saved,
    the_evidence_is_exported_and_good,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
