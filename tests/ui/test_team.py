#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three windows on one deployment in a team's journal: the operator runs, the lead signs, the
manager watches. Two who run the same step at once: one runs. The server goes and comes back."""

import json
import os
import re
import subprocess
import sys
import time

import harness

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ctl"))
from postgres import Postgres  # noqa: E402

RUNBOOK = """# Polish the Bell

## Approval

Tech Lead: ____________________ Date: __________

## Deployment

### Step 1: Polish

- [ ] The cloth is clean

```bash
echo shining; echo once >> {once}; sleep 1
```

### Step 2: Ring

```bash
echo ringing
```
"""

WIDTH = 1280
ACTS = 5
ACT = "(?:un)?checked"

world = harness.World(harness.build_directory(), size=f"{3 * WIDTH}x800")
database = Postgres()
apps = {}
state = {}


def environ(person):
    """Each window says how long after an act it had it, and showed it."""
    return {"COUNTERSIGN_ACTOR": f"{person}@example.org", "USER": person,
            "G_MESSAGES_DEBUG": "countersign cs-postgres"}


def directory(person):
    return world.path("team", person)


def ctl(person, *words):
    done = subprocess.run(
        [os.path.join(world.build, "src/ctl/countersignctl"), "--data-dir", directory(person),
         *words], env=dict(world.env, **environ(person)), stdin=subprocess.DEVNULL,
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def a_deployment_that_three_have_open():
    database.__enter__()
    for person in ("operator", "lead", "manager"):
        os.makedirs(directory(person), mode=0o700)
    ctl("operator", "workspace", "create", database.address("owner"))
    for person in ("operator", "lead", "manager"):
        ctl(person, "workspace", "join", database.address("ada"))
    state["once"] = world.path("once")
    path = world.path("bell.md")
    with open(path, "w") as f:
        f.write(RUNBOOK.format(once=state["once"]))
    ctl("operator", "target", "add", "here", "--local")
    ctl("operator", "deploy", "start", path, "--target", "here", "--environment", "staging",
        "--reason", "It is dull")
    state["id"] = json.loads(ctl("operator", "deploy", "list", "--json"))[0]["id"]
    world.make_key()
    for place, person in enumerate(("operator", "lead", "manager")):
        apps[person] = harness.App(world, "--data-dir", directory(person), env=environ(person),
                                   width=WIDTH, left=place * WIDTH)
        apps[person].click(apps[person].find("list item", re.compile("Polish the Bell")))
        apps[person].find_text("Next: signature of Tech Lead")


def the_lead_signs_and_the_others_see_it():
    lead = apps["lead"]
    lead.press("push button", "Sign Now…")
    lead.set_text("text", "Name", "Ada Lead")
    lead.press("push button", "Sign")
    lead.find_text(re.compile("^Signed by Ada Lead"))
    for person in ("operator", "manager"):
        apps[person].find_text(re.compile("^Signed by Ada Lead"))


def stations(person, kind):
    """For each act of this kind how many milliseconds after it the window of a person heard of it,
    folded it, and painted the frame that shows it; in their own words."""
    lines = re.findall(
        rf"^\(countersign:{apps[person].process.pid}\).*: {kind} of \S+: (\w+) after ([\d.]+) ms$",
        apps[person].read_log(), re.M)
    return {station: [float(after) for said, after in lines if said == station]
            for station in ("arrived", "told", "shown")}


def acts_of_others_are_seen():
    """How long after the act the windows had it is printed, not held to anything: a machine may do
    other things. It is what the windows say themselves, from the moment at which the colleague's
    program wrote it down; to read a window from outside takes longer than all that."""
    for app in apps.values():
        app.press("push button", "Continue")
        app.find("check box", "The cloth is clean")
    for count in range(1, ACTS + 1):
        ticked = count % 2 == 1
        ctl("operator", "deploy", "check", state["id"], "2.1.c1", *([] if ticked else ["--undo"]))
        for person in ("manager", "lead"):
            harness.wait_for(lambda: len(stations(person, ACT)["shown"]) >= count,
                             "the frame with the act of a colleague")
            harness.wait_for(lambda: apps[person].find("check box", "The cloth is clean")
                             .has("CHECKED") == ticked, "the tick of a colleague")
    for person in ("manager", "lead"):
        for station, taken in stations(person, ACT).items():
            print(f"# {person}: {station} after {sorted(taken)[len(taken) // 2]:.0f} ms, "
                  f"at most {max(taken):.0f} ms (of {len(taken)} acts)", flush=True)


def two_who_run_at_once_run_once():
    buttons = []
    for person in ("operator", "manager"):
        buttons.append((apps[person], apps[person].find("push button", "Run Next")))
    # By their own actions, which both come within some milliseconds: the pointer takes longer than
    # the command, and the second one would run what is next.
    for _, button in buttons:
        button.do_action()
    for app, _ in buttons:
        app.find_text("Next: run the command of “Ring”")
        # Who was not first is told so.
        if len(app.windows()) > 1:
            app.keys("Escape")
        harness.wait_for(lambda: len(app.windows()) == 1, "the end of the dialog")
    with open(state["once"]) as f:
        assert f.read() == "once\n"


def a_lost_server_is_told_and_found_again():
    database.call("pg_ctl", "stop", "-D", database.data, "-m", "immediate", "-s")
    database.server.wait()
    for app in apps.values():
        app.find_text(re.compile("^The team’s journal can’t be reached"))
        app.find_text("Next: run the command of “Ring”")
    database.start()
    for app in apps.values():
        app.wait_until_gone("label", re.compile("^The team’s journal can’t be reached"))
    apps["operator"].press("push button", "Run Next")
    for app in apps.values():
        app.find("push button", "Close Deployment")


def nothing_was_found_wrong():
    assert apps["operator"].complaints() == []
    for app in apps.values():
        app.close()


TESTS = [
    a_deployment_that_three_have_open,
    the_lead_signs_and_the_others_see_it,
    acts_of_others_are_seen,
    two_who_run_at_once_run_once,
    a_lost_server_is_told_and_found_again,
    nothing_was_found_wrong,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()
        if hasattr(database, "server"):
            database.__exit__()


if __name__ == "__main__":
    sys.exit(main())
