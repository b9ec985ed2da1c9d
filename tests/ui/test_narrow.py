#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window as wide as a phone: no page makes it wider."""

import os
import re
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH = 360
PAGES = [("ctrl+1", "Deploy from a Runbook"), ("ctrl+2", "No Rollouts"),
         ("ctrl+3", "Everything at Once"), ("ctrl+4", re.compile("^Added a runbook")),
         ("ctrl+5", "No Servers")]

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def assert_narrow():
    app().wait_for_layout()
    width = app().read_size()[0]
    assert width == WIDTH, f"the window is {width} pixels wide"


def a_runbook_fits():
    state["app"] = harness.App(world, os.path.join(HERE, "fixtures", "findings.md"), width=WIDTH,
                               height=720)
    app().find("push button", "Start…")
    assert_narrow()


def every_page_fits():
    for key, words in PAGES:
        app().keys(key)
        app().find_text(words)
        assert_narrow()


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_runbook_fits,
    every_page_fits,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
