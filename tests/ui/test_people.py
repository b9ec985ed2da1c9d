#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""People, roles and keys in the real window: each decision is signed on a sheet, and recorded."""

import json
import os
import re
import subprocess
import sys

import harness

ACTOR = "operator@example.org"
PASSPHRASE = "open sesame"
world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words, status=0):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stdout


def person(person_id):
    people = json.loads(ctl("person", "list", "--json"))["people"]
    return next((p for p in people if p["id"] == person_id), None)


def held(person_id):
    known = person(person_id)
    return known["roles"] if known else []


def make_key(name, passphrase=""):
    path = world.path("home/.ssh", name)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path],
                   check=True, stdin=subprocess.DEVNULL)
    return path


def public_line(path):
    with open(path + ".pub") as f:
        return " ".join(f.read().split()[:2])


def fingerprint(path):
    return subprocess.run(["ssh-keygen", "-l", "-f", path], check=True, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL).stdout.split()[1]


def sign(window):
    app().press("push button", "Sign", window)


def unlock():
    """The first manager's key has a passphrase; remembered, it is asked for once."""
    app().find("push button", "Unlock")
    app().find("text", "Passphrase", "Passphrase")
    app().set_text("text", "Passphrase", PASSPHRASE)
    app().click(app().find("list item", "Remember Until Closed"))
    app().press("push button", "Unlock")


def recorded(kind, count=1):
    def look():
        return len(json.loads(ctl("audit", "list", "--kind", kind, "--json"))) >= count
    harness.wait_for(look, f"{count} records of {kind}")
    app().wait_until_gone("push button", "Sign")


def the_page_says_that_there_are_no_rules():
    state["boss"] = make_key("boss", PASSPHRASE)
    state["app"] = harness.App(world)
    app().find("push button", "Try the Sample")
    app().keys("ctrl+comma")
    app().find_text("No Rules Yet")
    app().find_text("Nobody has signed anything yet.")
    assert not app().find("push button", "Add a Person").has("SENSITIVE")


def a_sheet_can_be_left():
    app().press("push button", re.compile("^Become the First Manager"))
    app().find("frame", "First Manager")
    app().set_text("text", "Your Name", "")
    assert not app().find("push button", "Sign", "First Manager").has("SENSITIVE")
    app().keys("Escape")
    app().wait_until_gone("frame", "First Manager")
    assert person(ACTOR) is None


def a_refused_passphrase_is_told():
    app().press("push button", re.compile("^Become the First Manager"))
    app().set_text("text", "Your Name", "Ada Boss")
    sign("First Manager")
    app().press("push button", "Cancel", re.compile("Passphrase"))
    app().find_text(re.compile("passphrase|could not be used|refused", re.I))
    assert person(ACTOR) is None


def the_first_manager_signs_in():
    sign("First Manager")
    unlock()
    recorded("role-granted")
    assert held(ACTOR) == ["manager"], held(ACTOR)
    harness.wait_for(lambda: app().find("push button", "Add a Person").has("SENSITIVE"),
                     "managers to be able to add people")
    app().find_text(re.compile(f"^{ACTOR} · Manager$"))


def a_manager_adds_a_person():
    state["lead"] = make_key("lead")
    app().press("push button", "Add a Person")
    app().set_text("text", "Name", "Bob Lead")
    app().set_text("text", "E-Mail Address or User Name", "bob@example.org")
    app().set_text("text", "Public Key", "no key")
    sign("Add a Person")
    app().find_text(re.compile("This is no public SSH key"))
    app().set_text("text", "Public Key", public_line(state["lead"]))
    sign("Add a Person")
    recorded("person-added", 2)
    bob = person("bob@example.org")
    assert bob["name"] == "Bob Lead" and bob["keys"][0]["added-by"] == ACTOR, bob


def a_manager_grants_and_takes_a_role():
    app().click(app().find("list item", re.compile("^Bob Lead")))
    app().press("push button", "Grant a Role")
    app().set_text("text", "Role", "Tech lead")
    sign("Grant a Role")
    recorded("role-granted", 2)
    assert held("bob@example.org") == ["Tech lead"]
    app().find_text(re.compile("^Granted by Ada Boss"))
    app().press("push button", re.compile("^Take…"))
    app().find_text(re.compile("no longer signs as Tech lead"))
    sign("Take a Role")
    recorded("role-taken")
    assert held("bob@example.org") == []
    app().find_text(re.compile("taken by Ada Boss"))


def act_for_key(path, act):
    app().click(app().find_text(re.compile(re.escape(fingerprint(path)))))
    app().click(app().find("list item", act))


def a_key_is_replaced():
    state["new"] = make_key("new")
    act_for_key(state["lead"], "Replace…")
    app().set_text("text", "Public Key", public_line(state["new"]))
    app().set_text("text", "Reason", "Two years old")
    sign("Replace a Key")
    recorded("key-retired")
    old, now = person("bob@example.org")["keys"]
    assert old["retired-by"] == ACTOR and old["reason"] == "Two years old", old
    assert now["fingerprint"] == fingerprint(state["new"]) and now["retired"] is None
    app().find_text(re.compile("Two years old"))


def a_key_is_added_and_retired():
    state["third"] = make_key("third")
    app().press("push button", "Add a Key")
    app().set_text("text", "Public Key", public_line(state["third"]))
    sign("Add a Key")
    recorded("key-added", 2)
    act_for_key(state["third"], "Retire…")
    app().set_text("text", "Reason", "Lost on a train")
    sign("Retire a Key")
    recorded("key-retired", 2)
    app().press("push button", "Back to All People")


def what_the_rules_forbid_is_told():
    app().click(app().find("list item", re.compile("^Ada Boss")))
    act_for_key(state["boss"], "Retire…")
    app().set_text("text", "Reason", "Tired of it")
    sign("Retire a Key")
    app().find_text(re.compile("is the only manager who can sign"))
    app().keys("Escape")
    app().press("push button", "Back to All People")


def whose_keys_count_can_be_seen_of_any_moment():
    app().press("push button", re.compile("^Whose Keys Count"))
    text = app().find("text", "Allowed Signers")
    now = text.text()
    assert now == ctl("person", "allowed-signers"), now
    assert now.count("valid-before=") == 2 and public_line(state["boss"]) in now
    app().click(app().find("combo box", "When"))
    app().keys("Down", "Return")
    app().set_text("text", "Time, Like 14:03:59", "25 o'clock")
    app().set_text("text", "Time, Like 14:03:59", "00:00:00")
    app().find_text("No key was known then.")
    app().keys("Escape")
    app().wait_until_gone("frame", "Whose Keys Count")


def nothing_was_complained_about():
    assert json.loads(ctl("audit", "verify", "--json"))["clean"] is True
    app().keys("Escape")
    app().xdo("mousemove", "1500", "1100")  # a tooltip is a window, too
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    the_page_says_that_there_are_no_rules,
    a_sheet_can_be_left,
    a_refused_passphrase_is_told,
    the_first_manager_signs_in,
    a_manager_adds_a_person,
    a_manager_grants_and_takes_a_role,
    a_key_is_replaced,
    a_key_is_added_and_retired,
    what_the_rules_forbid_is_told,
    whose_keys_count_can_be_seen_of_any_moment,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
