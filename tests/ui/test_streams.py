#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endless commands in the real window: several at once, beside the path, held still, searched,
stopped."""

import os
import re
import subprocess
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
RUNBOOK = os.path.join(HERE, "fixtures", "streams.md")

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def log(name, *lines):
    with open(world.path("home", name), "a") as f:
        f.writelines(f"{line}\n" for line in lines)


def ctl(*arguments):
    subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *arguments], env=world.env,
                   check=True, stdin=subprocess.DEVNULL, timeout=harness.PATIENCE)


def streamed(text):
    """Waits until one of the streams shows this text."""
    def look():
        return next((node for node in app().walk() if node.name == "Stream"
                     and harness.matches(text, node.description)), None)
    return harness.wait_for(look, f"the stream to show {text!r}")


def search_for(text, verdict):
    def look():
        entries = [node for node in app().walk()
                   if node.role == "entry" and node.name == "Search in the stream"]
        return entries and entries[-1].description == verdict
    app().type(text)
    harness.wait_for(look, f"{text!r} to be {verdict or 'found'}")


def run(title):
    app().press("push button", "Run Next")
    app().find("push button", f"Stop the stream of “{title}”")


def a_stream_runs_beside_the_path():
    log("printer.log", "the printer hums")
    log("queue.log", "the queue is short")
    ctl("target", "add", "here", "--local")
    ctl("deploy", "start", RUNBOOK, "--environment", "staging", "--target", "here", "--reason",
        "to see")
    state["app"] = harness.App(world, width=1280, height=1000)
    app().click(app().find("list item", re.compile("Watch the Printer")))
    run("Follow the Log")
    streamed(re.compile("the printer hums"))
    app().find_text(re.compile(r"^1[45]:\d\d left"))
    app().find_text("1 stream")


def a_second_one_runs_at_the_same_time():
    run("Follow the Queue")
    streamed(re.compile("the queue is short"))
    app().find_text("2 streams")
    log("printer.log", "the printer beeps")
    streamed(re.compile("the printer beeps"))


def the_path_goes_on_meanwhile():
    app().press("push button", "Run Next")
    app().find_output(re.compile("page printed"))
    streamed(re.compile("page printed"))
    app().find_text("2 streams")


def a_stream_that_is_held_still_shows_what_came_when_it_goes_on():
    held = [node for node in app().walk() if node.name == "Hold the Picture Still"][-1]
    app().click(held)
    app().find_text(re.compile("held still$"))
    log("queue.log", "a late page")
    log("printer.log", "a witness")
    streamed(re.compile("a witness"))
    assert not any("a late page" in node.description for node in app().walk()
                   if node.name == "Stream")
    app().click(held)
    streamed(re.compile("a late page"))


def text_is_found_in_a_stream():
    app().click([node for node in app().walk() if node.name == "Search in the Stream"][-1])
    search_for("nowhere", "Not found")
    app().keys("ctrl+a")
    search_for("QUEUE IS", "")
    app().keys("Escape")


def each_stream_is_stopped_by_itself():
    app().press("push button", "Stop the stream of “Follow the Queue”")
    app().find_text("1 stream")
    app().press("push button", "Stop the stream of “Follow the Log”")
    app().find("push button", "Close Deployment")


def a_stopped_stream_is_no_failure():
    app().press("push button", "Close Deployment")
    app().find_text(re.compile("^Finished"))


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_stream_runs_beside_the_path,
    a_second_one_runs_at_the_same_time,
    the_path_goes_on_meanwhile,
    a_stream_that_is_held_still_shows_what_came_when_it_goes_on,
    text_is_found_in_a_stream,
    each_stream_is_stopped_by_itself,
    a_stopped_stream_is_no_failure,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
