#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that asks, in the real window: what is typed, which keys go where, how one leaves."""

import os
import re
import subprocess
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
RUNBOOK = os.path.join(HERE, "fixtures", "terminal.md")

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*arguments):
    return subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *arguments],
                          env=world.env, check=True, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=harness.PATIENCE).stdout


def shown(pattern):
    """Waits until the terminal shows this."""
    def look():
        return next((node for node in app().walk() if node.name == "Terminal"
                     and re.search(pattern, node.description)), None)
    try:
        return harness.wait_for(look, f"the terminal to show {pattern!r}")
    except harness.Timeout as error:
        said = [node.description for node in app().walk() if node.name == "Terminal"]
        raise harness.Timeout(f"{error}; it shows {said}") from None


def a_command_that_asks_gets_a_terminal():
    address = world.start_sshd()
    ctl("target", "add", "printer", "--ssh", address, "--identity", world.make_key())
    ctl("target", "trust", "printer", "--fingerprint", world.host_key_fingerprint())
    ctl("deploy", "start", RUNBOOK, "--environment", "staging", "--target", "printer", "--reason",
        "it is silent")
    state["app"] = harness.App(world, width=1280, height=1000)
    app().click(app().find("list item", re.compile("Ask the Printer")))
    app().press("push button", "Run Next")
    shown("Password: $")
    app().find_text(re.compile("^Keys go to the command"))


def what_is_typed_goes_to_the_command():
    app().type("secret")
    app().keys("Return")
    shown(r"it has 6 letters")


def the_window_takes_no_keys_meanwhile():
    shown("Name: $")
    app().type("somebody else")
    app().keys("ctrl+w")
    app().type("new")
    app().keys("Return")
    shown("hello <somebody new>")


def escape_goes_to_the_command():
    shown("A key: $")
    app().keys("Escape")
    shown("key 27")


def the_server_does_not_set_the_title():
    shown(">>> $")
    names = app().xdo("getwindowname", app().windows()[0])
    assert "evil" not in names, names


def one_can_leave_and_come_back():
    app().keys("ctrl+shift+Escape")
    app().find_text(re.compile("^Keys go to the window"))
    app().press("push button", "Type Here")
    app().find_text(re.compile("^Keys go to the command"))


def when_it_has_ended_the_window_has_its_keys_again():
    app().type("print('bye' * 2)")
    app().keys("Return")
    shown("byebye")
    app().keys("ctrl+d")
    app().find_text(re.compile("^The command has ended"))
    app().keys("ctrl+Return")
    app().find_output(re.compile("the printer answered"))


def what_it_showed_is_recorded_and_what_was_typed_unseen_is_not():
    app().close()
    found = subprocess.run(["grep", "-rl", "it has 6 letters", world.path("data")],
                           capture_output=True, text=True).stdout
    assert found, "the output is not in the record"
    found = subprocess.run(["grep", "-rla", "--exclude-dir=dbus-1", "secret", world.path("data"),
                            world.path("program.log")], capture_output=True, text=True).stdout
    assert not found, f"the password is in {found}"


def nothing_was_complained_about():
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_command_that_asks_gets_a_terminal,
    what_is_typed_goes_to_the_command,
    the_window_takes_no_keys_meanwhile,
    escape_goes_to_the_command,
    the_server_does_not_set_the_title,
    one_can_leave_and_come_back,
    when_it_has_ended_the_window_has_its_keys_again,
    what_it_showed_is_recorded_and_what_was_typed_unseen_is_not,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
