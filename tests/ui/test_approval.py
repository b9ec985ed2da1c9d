#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an environment asks for, who has signed, who is missing and why one can't: in the real
window. Then what the deployment leaves behind is exported."""

import json
import os
import re
import subprocess
import sys

import harness

ACTOR = "operator@example.org"
RUNBOOK = """# Polish the Bell

## Approval

Tech Lead: ____________________ Date: __________

Operations: ____________________ Date: __________

## Deployment

### Step 1: Polish

```bash
echo shining
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words, environ=None, status=0):
    env = dict(world.env)
    env.update(environ or {})
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words], env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stdout


def make_key(name):
    path = world.path("home/.ssh", name)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path],
                   check=True, stdin=subprocess.DEVNULL)
    return path


def policy(environment="production"):
    return json.loads(ctl("policy", "show", environment, "--json"))


def a_team_with_a_deployment():
    boss, lead, ops = make_key("boss"), make_key("lead"), make_key("ops")
    ctl("person", "add", "--key", boss, "--name", "Ada Boss")
    ctl("person", "grant", ACTOR, "manager", "--key", boss)
    ctl("person", "grant", ACTOR, "Tech Lead", "--key", boss)
    for key, person, name, role in ((lead, "lead@example.org", "Bob Lead", "Tech Lead"),
                                    (ops, "ops@example.org", "Cleo Ops", "Operations")):
        ctl("person", "add", person, f"{key}.pub", "--name", name, "--key", boss)
        ctl("person", "grant", person, role, "--key", boss)
    state.update(boss=boss, lead=lead, ops=ops)


def leave_preferences():
    try:
        app().keys("Escape")
    except subprocess.CalledProcessError:
        pass  # a window that had just gone
    return len(app().windows()) == 1


def a_policy_is_read_and_set_in_words():
    state["app"] = harness.App(world)
    app().find("push button", "Try the Sample")
    app().keys("ctrl+comma")
    app().click(app().find("page tab", "Approval"))
    app().press("push button", "Add an Environment")
    app().set_text("text", "Environment, like production", "production")
    app().find_text(re.compile("Who runs a deployment can’t approve it"))
    app().find("spin button", "Tech lead")
    app().click(app().find("spin button", "Tech lead"))
    app().keys("Up")
    app().find_text(re.compile("At least 1 signature as Tech lead, also"))
    app().press("push button", "Sign")
    harness.wait_for(lambda: policy()["needs"] == [{"role": "Tech lead", "count": 1}],
                     "the policy to be recorded")
    words = " ".join(ctl("policy", "show", "production").splitlines()[1:])
    app().find_text(words)
    app().wait_until_gone("push button", "Sign")
    harness.wait_for(leave_preferences, "the preferences to close")


def the_sheet_says_who_is_missing_and_why_one_cant_sign():
    path = world.path("home", "bell.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "production", "--target", "here",
                      "--reason", "It is dull").strip()
    app().click(app().find("list item", re.compile("^Polish the Bell")))
    app().press("push button", "Sign Now…")
    app().find_text("Who Signs")
    app().find_text("Not signed yet: this line")
    app().find_text("Not signed yet")
    app().find_text("You Can’t Approve This")
    app().find_text(re.compile("^Ada Boss runs this deployment"))


def a_rejection_is_withdrawn_by_its_signer():
    choose_key(1)
    app().press("push button", "Reject…")
    app().set_text("text", "Reason", "Too shiny")
    app().press("push button", "Reject")
    app().click(app().find_text(re.compile("^Rejected by Bob Lead")))
    app().click(app().find("list item", "Withdraw…"))
    app().press("push button", "Sign")
    app().find_text(re.compile("Bob Lead"))  # Ada, whose key comes first, can't
    choose_key(1)
    app().press("push button", "Sign")
    harness.wait_for(lambda: "withdrawn" in ctl("deploy", "log", state["id"]), "the record")
    app().wait_until_gone("push button", "Sign")
    app().keys("Escape")


def choose_key(steps):
    app().click(app().find("combo box", "Key"))
    app().keys(*["Down"] * steps, "Return")


def another_key_says_what_it_would_fill():
    app().press("push button", "Sign Now…")
    choose_key(1)
    app().find_text("Your Signature")
    app().find_text(re.compile("^Bob Lead fills the line Tech Lead$"))
    app().press("push button", "Sign")
    app().find_text(re.compile("^Signed by Bob Lead"))


def what_is_signed_is_seen_by_the_next():
    app().press("push button", "Sign Now…")
    app().find_text(re.compile("^Signed by Bob Lead, .*[0-9]$"))
    app().find_text("Not signed yet: this line")
    choose_key(2)
    app().find_text(re.compile("^Cleo Ops fills the line Operations$"))
    app().press("push button", "Sign")
    app().find_text(re.compile("^Signed by Cleo Ops"))


def choose(act, path):
    """Of the page's menu, and where to."""
    app().click(app().find("push button", "More of This Deployment"))
    app().find("menu item", re.compile("Evidence"))
    app().xdo("key", *["Down"] * act, "Return")
    app().find("push button", "Save")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")


def the_records_are_exported():
    path = world.path("home", "records.csv")
    choose(2, path)
    harness.wait_for(lambda: os.path.exists(path) and os.path.getsize(path), "the records")
    with open(path) as f:
        assert f.read() == ctl("deploy", "log", state["id"], "--csv")


TESTS = [
    a_team_with_a_deployment,
    a_policy_is_read_and_set_in_words,
    the_sheet_says_who_is_missing_and_why_one_cant_sign,
    a_rejection_is_withdrawn_by_its_signer,
    another_key_says_what_it_would_fill,
    what_is_signed_is_seen_by_the_next,
    the_records_are_exported,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
