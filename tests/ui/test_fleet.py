#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command on a fleet in the real window: a hundred members, batches, a failure, the rest."""

import os
import re
import subprocess
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
RUNBOOK = os.path.join(HERE, "fixtures", "fleet.md")
N_MEMBERS = 100

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*arguments):
    subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *arguments], env=world.env,
                   check=True, stdin=subprocess.DEVNULL, timeout=harness.PATIENCE)


def a_fleet_is_shown_batch_by_batch():
    members = world.path("home", "members")
    with open(members, "w") as f:
        f.writelines(f"wall-{number:03}=local:\n" for number in range(1, N_MEMBERS + 1))
    ctl("target", "add", "walls", "--members", members, "--batch", "10", "--pause", "ask",
        "--stop-after", "2")
    ctl("deploy", "start", RUNBOOK, "--environment", "staging", "--target", "walls", "--reason",
        "it is spring")
    state["app"] = harness.App(world, width=1280, height=1000)
    app().click(app().find("list item", re.compile("Rotate the Posters")))
    app().find_text(f"0 of {N_MEMBERS} passed · stops after 2 failed")
    app().find_text("Batch 1 of 10")
    app().find(None, "wall-001, To do")


def the_first_batch_runs_and_a_person_is_asked():
    app().press("push button", "Run Next")
    app().find_text(re.compile(f"^10 of {N_MEMBERS} passed"))
    app().find(None, "wall-001, Passed")
    app().find_text(re.compile("waits for its next batch"))


def a_member_shows_its_own_output():
    app().click(app().find(None, "wall-002, Passed"))
    app().find_text("Output of wall-002")
    app().find_output(re.compile("hung a poster"))


def it_stops_after_two_failures():
    with open(world.path("home", "wet"), "w"):
        pass
    app().press("push button", "Continue")
    app().find_text(re.compile(r"^10 of 100 passed · \d+ failed"))
    app().find("push button", "Run on the Failed")


def the_failed_are_run_again_and_then_the_rest():
    os.remove(world.path("home", "wet"))
    app().press("push button", "Run on the Failed")
    app().find_text(re.compile(r"^(1[2-9]|20) of 100 passed · stops"))
    app().find_text(re.compile("waits for its next batch"))


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_fleet_is_shown_batch_by_batch,
    the_first_batch_runs_and_a_person_is_asked,
    a_member_shows_its_own_output,
    it_stops_after_two_failures,
    the_failed_are_run_again_and_then_the_rest,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
