#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A feature switched on company by company in the window, in a file of settings on a server."""

import json
import os
import re
import stat
import subprocess
import sys

import harness
import stages

KEY = "phonetic-matching"
ENABLED = "FEATURE_PHONETIC_MATCHING_ENABLED"
LISTED = "FEATURE_PHONETIC_MATCHING_TEST_COMPANIES"
SETTINGS = f"""# Application
APP_KEY=base64:c2VjcmV0IHNlY3JldA==
export {ENABLED}=false   # see the runbook
{LISTED}=""
LAST=ä ö without an end"""
COMPANIES = "id,name,size\n7,Salon Nord,70\n15,Salon Müller,128\n42,Friseur Schmidt,90\n" \
    "103,Haar & Schnitt,44\n"

FIELDS = {"key": "Key, like phonetic-matching", "description": "Description",
          "path": "Path of the file", "companies": "Setting that lists the companies",
          "everyone": "Setting that is true for everyone",
          "reload": "Commands That Make It Take Effect",
          "readback": "Command that prints what the application sees"}

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words):
    return subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, check=True,
                          capture_output=True, text=True).stdout


def expect_settings(enabled, listed):
    """Its two lines say so, and every other byte is as it was; so is what the application sees."""
    wanted = SETTINGS.replace("ENABLED=false", f"ENABLED={enabled}").replace(
        'COMPANIES=""', f'COMPANIES="{listed}"')
    path = world.path("shop", ".env")
    with open(path, encoding="utf-8") as f:
        found = f.read()
    assert found == wanted, f"{found!r} is not {wanted!r}"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    with open(world.path("shop", "loaded"), encoding="utf-8") as f:
        assert f.read() == wanted


def make_application():
    os.makedirs(world.path("shop"))
    for name, text in ((".env", SETTINGS), ("companies.csv", COMPANIES),
                       ("fewer.csv", "id,name,size\n7,Salon Nord,60\n"),
                       ("reload", "#!/bin/sh\ncp .env loaded\n"),
                       ("show", "#!/bin/sh\nsed -nE 's/^(export )*(FEATURE_[A-Z_]*)=\"*([^\"# ]*)"
                                ".*/\\2=\\3/p' loaded\n")):
        with open(world.path("shop", name), "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(world.path("shop", name), 0o640 if name == ".env" else 0o755)


def change_by_hand(old, new):
    path = world.path("shop", ".env")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert old in text
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))
    subprocess.run(["./reload"], cwd=world.path("shop"), check=True)


def promote(stage, *names):
    app().press("push button", "Promote…")
    dialog = f"Promote to “{stage}”"
    app().find("push button", "Promote", window=dialog)
    for name in names:
        app().find("label", name, window=dialog)
    harness.wait_for(lambda: app().look("push button", "Promote", window=dialog).has("SENSITIVE"),
                     "nothing to stand in the way")
    app().press("push button", "Promote", window=dialog)
    app().wait_until_gone("frame", dialog)


def nothing_is_there_at_first():
    make_application()
    state["address"] = world.start_sshd()
    ctl("target", "add", "web", "--ssh", state["address"], "--identity", world.make_key())
    ctl("target", "trust", "web", "--fingerprint", world.host_key_fingerprint())
    state["app"] = harness.App(world)
    app().keys("ctrl+2")
    app().find_text("No Rollouts")


def a_list_of_companies_is_imported_by_a_command():
    app().press("push button", "Add a Flag…")
    app().find("push button", "Add", window="Add a Flag")
    app().press("push button", "Cancel", window="Add a Flag")
    ctl("company", "import", world.path("shop", "fewer.csv"))
    app().press("push button", re.compile("^Show the Companies"))
    app().find_text("Salon Nord")
    app().click(app().find(None, "Import"))
    app().press("menu item", "From a Command…")
    app().set_text("text", "Command", f"cat {world.path('shop', 'companies.csv')}")
    app().press("push button", "Run")
    app().find_text(re.compile("3 new, 0 gone, 1 changed"))
    app().press("push button", "Import", window=re.compile("^Import 4 Companies"))
    app().find_text("Friseur Schmidt")
    app().find_text(re.compile("^Version 2, a command on web, "))


def companies_are_found_by_their_sound():
    app().set_text("entry", "Search", "mueller")
    harness.wait_for(lambda: app().look("label", "Friseur Schmidt") is None, "the others to go")
    app().find("label", "Salon Müller")
    app().set_text("entry", "Search", "")
    app().find("label", "Friseur Schmidt")
    app().press("push button", "Back to the Rollouts")


def fill_in(**fields):
    for name, text in fields.items():
        app().set_text("text", FIELDS[name], text)


def a_flag_is_added():
    app().press("push button", re.compile("^Add a Flag"))
    fill_in(key=KEY, description="Finds names by their sound", path=world.path("shop", ".env"),
            companies=LISTED, everyone=ENABLED, reload="./reload", readback="./show")
    assert not app().find("push button", "Add", window="Add a Flag").has("SENSITIVE")
    stages.add(app(), "Test company", "named", "15")
    stages.add(app(), "Expanded", "named", "15,42,103")
    stages.add(app(), "Everyone", "everyone")
    app().press("push button", "Add", window="Add a Flag")
    app().click(app().find("list item", KEY))
    app().find("list item", "Off, now: Nobody")
    app().find("list item", "Test company, next: Salon Müller")


def the_first_company_gets_it():
    promote("Test company", "Salon Müller")
    app().find("list item", "Test company, now: Salon Müller")
    expect_settings("false", "15")


def three_companies_get_it():
    promote("Expanded", "Friseur Schmidt", "Haar & Schnitt")
    app().find("list item", re.compile("^Expanded, now: "))
    expect_settings("false", "15,42,103")


def everyone_gets_it():
    promote("Everyone", "Salon Nord")
    app().find("list item", "Everyone, now: Everyone")
    expect_settings("true", "")


def one_step_back():
    app().press("push button", "Step Back…")
    dialog = "Step Back to “Expanded”"
    app().find("label", "Salon Nord", window=dialog)
    harness.wait_for(lambda: app().look("push button", "Step Back", window=dialog).has("SENSITIVE"),
                     "the way back")
    app().press("push button", "Step Back", window=dialog)
    app().find("list item", re.compile("^Expanded, now: "))
    expect_settings("false", "15,42,103")


def leave():
    """The pointer goes where no tooltip comes up."""
    app().xdo("mousemove", "1590", "1190")


def verify():
    app().press("push button", "Verify Now")


def give_reason(act, reason):
    app().press("push button", f"{act}…")
    app().set_text("text", "Reason", reason)
    app().press("push button", act)


def wait_for_agreement():
    """By the record, and until the window has heard of it."""
    def agrees():
        shown = json.loads(ctl("flag", "show", KEY, "--json"))
        return shown["drift"] is None and not shown["changing"]
    harness.wait_for(agrees, "the file to be as recorded")
    harness.wait_for(lambda: app().look("push button", "Switch Off…") and
                     not app().look("push button", "Restore…").has("SENSITIVE") and
                     app().look("push button", "Step Back…").has("SENSITIVE"), "the window")


def what_was_changed_by_hand_is_seen_and_restored():
    change_by_hand('="15,42,103"', '="15,42"')
    verify()
    app().find_text(re.compile("^Somebody changed it by hand"))
    give_reason("Restore", "It was a mistake")
    wait_for_agreement()
    expect_settings("false", "15,42,103")


def what_was_changed_by_hand_is_seen_and_adopted():
    change_by_hand('="15,42,103"', '="15,42"')
    verify()
    app().find_text(re.compile("^Somebody changed it by hand"))
    give_reason("Adopt", "They asked for it")
    wait_for_agreement()
    app().find_text(re.compile("^2 of 4 companies, since "))
    expect_settings("false", "15,42")


def it_is_switched_off_everywhere():
    app().press("push button", "Switch Off…")
    app().find_text(re.compile("^It is on for: 2 of 4 companies"))
    app().set_text("text", "Reason", "Names are mixed up")
    app().press("push button", "Switch Off")
    app().find("list item", "Off, now: Nobody")
    expect_settings("false", "")
    assert not app().find("push button", "Step Back…").has("SENSITIVE")


def what_is_planned_is_seen_and_cancelled():
    ctl("rollout", "schedule", KEY, "--stage", "Test company", "--at", "2099-05-01T06:00",
        "--reason", "When the shop is closed")
    planned = re.compile("^“Test company” is planned for .*2099, 06:00, by operator@example.org")
    app().find_text(planned)
    app().click(app().find("push button", "More About This Flag"))
    app().find("menu item", re.compile("Cancel What Is Planned"))
    # Below “Edit…” and “Pin a Company…”; nothing is to be updated.
    app().xdo("key", "Down", "Down", "Return")
    app().set_text("text", "Reason", "It stays open")
    app().press("push button", "Cancel the Plan")
    harness.wait_for(lambda: app().look_for_text(planned) is None, "the plan to go")
    assert json.loads(ctl("flag", "show", KEY, "--json"))["schedule"] is None


def the_record_says_the_same():
    shown = json.loads(ctl("flag", "show", KEY, "--json"))
    assert [change["act"] for change in shown["changes"]] == \
        ["promote", "promote", "promote", "back", "restore", "adopt", "kill"], shown["changes"]
    assert shown["on"] == [] and shown["stage"] is None, shown
    ctl("flag", "verify", KEY)
    ctl("audit", "verify")


def nothing_was_complained_about():
    leave()
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    nothing_is_there_at_first,
    a_list_of_companies_is_imported_by_a_command,
    companies_are_found_by_their_sound,
    a_flag_is_added,
    the_first_company_gets_it,
    three_companies_get_it,
    everyone_gets_it,
    one_step_back,
    what_was_changed_by_hand_is_seen_and_restored,
    what_was_changed_by_hand_is_seen_and_adopted,
    it_is_switched_off_everywhere,
    what_is_planned_is_seen_and_cancelled,
    the_record_says_the_same,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
