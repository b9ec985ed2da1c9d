#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployment in the real window, from an empty home to the history after a restart."""

import os
import re
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
RUNBOOK = os.path.join(HERE, "fixtures", "walk.md")
ADDRESS = "Address, like deploy@web-1.example.org"
KEY_FILE = "Key file, if not the usual one"

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def the_first_run_offers_three_ways_in():
    state["app"] = harness.App(world)
    for name in ("Open a Runbook…", "Try the Sample", "Connect a Server…"):
        app().find("push button", name)


def a_wrong_address_is_told_in_place():
    state["address"] = world.start_sshd()
    app().press("push button", "Connect a Server…")
    app().set_text("text", ADDRESS, "-oProxyCommand=touch /tmp/evil")
    app().set_text("text", "Name", "web 1")
    app().find_text(re.compile("address|destination|option", re.I))
    assert not app().find("push button", "Add").has("SENSITIVE")


def a_server_is_added_and_its_key_is_shown():
    app().set_text("text", ADDRESS, state["address"])
    app().set_text("text", "Name", "web-1")
    app().set_text("text", KEY_FILE, world.make_key())
    app().press("push button", "Add")
    fingerprint = world.host_key_fingerprint()
    app().find_text(re.compile(re.escape(fingerprint)))


def a_trusted_server_is_ready():
    app().press("push button", "Trust")
    app().find_text(re.compile(r"^Ready, \d+ ms$"))


def a_runbook_is_opened_with_the_file_chooser():
    app().keys("ctrl+o")
    app().find("push button", "Open")
    app().type("/")
    app().keys("ctrl+a")
    app().type(RUNBOOK)
    app().keys("Return")
    app().find("push button", "Start Deployment…")
    app().find_text(re.compile(r"^walk\.md · 6 steps · 13 min$"))


def a_deployment_is_started_on_the_server():
    app().press("push button", "Start Deployment…")
    app().set_text("text", "Reason", "The postcards are late")
    app().press("push button", "Start")
    app().find_text("Next: run the command of “Make Room”")
    app().find_text("on web-1, by operator@example.org")


def commands_run_and_their_output_is_seen():
    app().press("push button", "Run Next")
    app().find_output(re.compile("The postcards live in a clean house"))
    app().find_text("Next: run the command of “Note the Old Version”")
    app().press("push button", "Run Next")
    app().find_output(re.compile(r"home/postcards\s+3\.1"))


def items_are_ticked():
    app().press("check box", "The old version is 3.1")
    app().find_text("Next: tick “Nobody prints right now”")
    app().press("check box", "Nobody prints right now")
    app().find_text("Next: signature of Tech Lead")


def nothing_runs_before_the_signature():
    assert app().look("push button", "Run Next") is None
    with open(world.path("home/postcards/version")) as f:
        assert f.read() == "3.1\n"


def the_tech_lead_signs():
    app().press("push button", "Continue")
    app().press("push button", "Sign Now…")
    app().set_text("text", "Name", "Ada Lead")
    app().press("push button", "Sign")
    app().find_text(re.compile("^Signed by Ada Lead"))
    app().press("push button", "Continue")
    app().find_text("Next: run the command of “Install the New Version”")


def the_program_can_be_closed_and_started_again():
    app().close()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("Postcard Printer 3.2")))
    app().find_text("Next: run the command of “Install the New Version”")


def the_rest_runs_where_it_left_off():
    app().press("push button", "Run Next")
    app().find_output(re.compile("Installed version 3.2"))
    app().find_text("Next: run the command of “Restart the Printer”")
    app().press("push button", "Run Next")
    app().find_output(re.compile("The printer is ready"))
    app().press("push button", "Continue")
    app().press("push button", "Run Next")
    app().find_output(re.compile("Version 3.2 prints"))
    app().press("check box", "The postcard is sharp")
    app().press("push button", "Close Deployment")
    app().find_text(re.compile("^Finished"))
    with open(world.path("home/postcards/version")) as f:
        assert f.read() == "3.2\n"


def the_history_finds_it_after_another_start():
    app().close()
    state["app"] = harness.App(world)
    app().keys("ctrl+4")
    app().find_text("Closed the deployment")
    app().set_text("entry", "Search", "lead")
    app().wait_until_gone("label", "Closed the deployment")
    app().click(app().find_text("Signed as Tech Lead"))
    app().find_text(re.compile(r"^Verified: Ada Lead, SHA256:"))


def the_history_leads_back_to_the_deployment():
    app().press("push button", "Show Deployment")
    app().find_text("on web-1, by operator@example.org")
    app().find_text(re.compile("^Finished"))
    app().press("push button", "Back to All Deployments")


def the_journal_proves_itself():
    app().keys("ctrl+4")
    app().press("push button", "Verify…")
    app().find_text("Nothing Was Changed")
    app().press("push button", "Close", window="Verify")


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    the_first_run_offers_three_ways_in,
    a_wrong_address_is_told_in_place,
    a_server_is_added_and_its_key_is_shown,
    a_trusted_server_is_ready,
    a_runbook_is_opened_with_the_file_chooser,
    a_deployment_is_started_on_the_server,
    commands_run_and_their_output_is_seen,
    items_are_ticked,
    nothing_runs_before_the_signature,
    the_tech_lead_signs,
    the_program_can_be_closed_and_started_again,
    the_rest_runs_where_it_left_off,
    the_history_finds_it_after_another_start,
    the_history_leads_back_to_the_deployment,
    the_journal_proves_itself,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
