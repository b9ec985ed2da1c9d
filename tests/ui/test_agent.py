#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real agent in the real window: added from what it printed, tried, asked how it is, used for a
step, and told apart from one with another certificate or without the right token."""

import os
import re
import subprocess
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
RUNBOOK = os.path.join(HERE, "fixtures", "agent.md")

URL = "Address, or what “countersign-agent init” printed"
FINGERPRINT = "Fingerprint of its certificate"
TOKEN = "Token"
KEY_FILE = "Key file, if not the usual one"
READY = re.compile(r"^Ready, \d+ ms$")
NAME = "shop-1"
NOBODYS = "SHA256:" + "A" * 42 + "8"

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*arguments):
    return subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *arguments],
                          env=world.env, check=True, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, timeout=harness.PATIENCE).stdout


def edit(**fields):
    """In the details of the agent: changes it, and the program tries it at once."""
    app().press("push button", "Edit This Server")
    app().find("push button", "Save")
    for name, text in fields.items():
        app().set_text("text", {"fingerprint": FINGERPRINT, "token": TOKEN}[name], text)
    app().press("push button", "Save")
    app().wait_until_gone("push button", "Save")


def holds(directory, content):
    """Whether a file below a directory has this in it."""
    for folder, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                if content in f.read():
                    return True
    return False


def open_details():
    state["app"] = harness.App(world, width=1280, height=1000)
    app().keys("ctrl+5")
    app().click(app().find("list item", NAME))


def what_it_printed_adds_it():
    state["printed"] = world.start_agent(NAME, environment="staging")
    app_ = state["app"] = harness.App(world, width=1280, height=1000)
    app_.keys("ctrl+5")
    app_.press("push button", "Add a Server…")
    app_.click(app_.find("combo box", "Where"))
    app_.keys("Down", "Return")
    app_.set_text("text", URL, " ".join(state["printed"].split("\n")))
    harness.wait_for(lambda: app_.look("push button", "Add").has("SENSITIVE"), "all to be there")
    app_.set_text("text", "Name", NAME)
    app_.press("push button", "Add")
    app_.find("list item", NAME)
    app_.find_text(re.compile("^No keyring answers here, so secrets are kept only until"))
    app_.press("push button", "Close", window="This Needs Your Attention")
    app_.find_text(READY)


def its_details_show_how_it_is():
    app().click(app().find("list item", NAME))
    app().find_text("Only this certificate is trusted")
    app().find_text("Certificate that it shows")
    app().find_text("Certificate valid until")
    app().find_text("Version")
    app().find_text(re.compile(r"^\d+ s$"))
    app().find_text(re.compile("^0 running, 0 waiting; [1-9][0-9]* at most at once$"))
    app().find_text("It runs what anyone on its list of signers sends")
    fingerprint = world.agent_fingerprint(NAME)
    shown = [node for node in app().walk() if node.role == "label" and node.name == fingerprint]
    assert len(shown) == 2, "what was agreed upon and what it shows"


def a_token_is_in_no_record():
    assert holds(world.path("data"), NAME.encode()), "the record of the server"
    assert not holds(world.path("data"), world.agent_token(NAME).encode())


def a_wrong_fingerprint_is_told():
    edit(fingerprint=NOBODYS)
    app().find_text(re.compile("shows the certificate.*but SHA256:A+8 was agreed upon.*nothing "
                               "was sent", re.S))
    edit(fingerprint=world.agent_fingerprint(NAME))
    app().find_text(READY)


def a_wrong_token_is_told():
    edit(token="csa_" + "x" * 40)
    app().find_text(re.compile("Enter its token again"))
    edit(token=world.agent_token(NAME))
    app().find_text(READY)


def an_agent_that_does_not_run_is_told():
    world.stop_agent(NAME)
    app().press("push button", f"Test {NAME}")
    app().find_text(re.compile("can't be reached"))
    world.serve_agent(NAME)
    app().press("push button", f"Test {NAME}")
    app().find_text(READY)


def without_a_keyring_its_token_goes_with_the_program():
    app().close()
    world.start_keyring()
    open_details()
    app().press("push button", f"Test {NAME}")
    app().find_text(re.compile("^There is no token for the agent “shop-1”"))


def a_keyring_remembers_its_token():
    edit(token=world.agent_token(NAME))
    app().find_text(READY)
    app().close()
    open_details()
    app().press("push button", f"Test {NAME}")
    app().find_text(READY)


def a_step_runs_on_it():
    ctl("deploy", "start", RUNBOOK, "--environment", "staging", "--target", NAME, "--reason",
        "it is spring")
    app().keys("Escape")
    app().keys("ctrl+1")
    app().click(app().find("list item", re.compile("Open the Shop")))
    app().press("push button", "Run Next")
    app().find_output(re.compile("opened by countersign-sup"))
    app().find_text(re.compile("^Everything is done"))


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    what_it_printed_adds_it,
    its_details_show_how_it_is,
    a_token_is_in_no_record,
    a_wrong_fingerprint_is_told,
    a_wrong_token_is_told,
    an_agent_that_does_not_run_is_told,
    without_a_keyring_its_token_goes_with_the_program,
    a_keyring_remembers_its_token,
    a_step_runs_on_it,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
