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
    app().show_tab("Approval")
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


def paper():
    return app().find(None, "Sign here by hand")


def sensitive(label):
    return app().find("push button", label).has("SENSITIVE")


def draw(*points):
    """A stroke with the pointer, at parts of the paper's width and height."""
    app().scroll_to(paper())
    x, y, width, height = paper().place()
    places = [(str(int(x + width * a)), str(int(y + height * b))) for a, b in points]
    app().xdo("mousemove", *places[0], "mousedown", "1")
    for place in places[1:]:
        app().xdo("mousemove", *place)
    app().xdo("mouseup", "1")


def a_signature_is_drawn_and_taken_back():
    app().press("push button", "Sign Now…")
    choose_key(1)
    app().find_text("Your Signature")
    app().find_text(re.compile("^Bob Lead fills the line Tech Lead$"))
    assert not sensitive("Take the Last Stroke Back") and not sensitive("Clear the Signature")
    draw((.1, .5), (.2, .2), (.3, .7))
    harness.wait_for(lambda: sensitive("Clear the Signature"), "the stroke")
    app().press("push button", "Clear the Signature")
    harness.wait_for(lambda: not sensitive("Clear the Signature"), "the empty paper")
    draw((.1, .5), (.15, .1), (.2, .7), (.3, .3), (.4, .6))
    draw((.5, .2), (.6, .8))
    app().press("push button", "Take the Last Stroke Back")
    assert sensitive("Take the Last Stroke Back")


def keys_write_too():
    """The paper has the focus since it was drawn on; the pen stands at the line, on the left."""
    app().click(app().find("text", "Comment"))
    draw((.95, .1), (.97, .12))
    app().keys("ctrl+z")
    app().keys("Right", "Right", "space", *["ctrl+Up"] * 3, *["Right"] * 5, "space")


def what_was_drawn_is_signed_and_shown():
    app().press("push button", "Sign")
    app().find_text(re.compile("^Signed by Bob Lead"))
    signed = [record for record in json.loads(ctl("deploy", "log", state["id"], "--json"))
              if record["kind"] == "signed"][-1]
    digest = signed["body"]["handwriting"]
    path = world.path("data", "countersign", "blobs", digest[:2], digest)
    with open(path) as f:
        strokes = re.findall('<path d="([^"]*)" data-time="([0-9 ]*)"/>', f.read())
    assert len(strokes) == 2, strokes
    (drawn, times), (written, _) = strokes
    assert drawn.count("L") >= 4 and len(times.split()) == drawn.count("L") + 1, strokes
    assert written.count("L") == 8, written
    app().click(app().find_text(re.compile("^Signed by Bob Lead")))
    app().find(None, "Handwritten signature")
    app().keys("Escape")
    app().wait_until_gone("push button", "Save the Files…")


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
    a_signature_is_drawn_and_taken_back,
    keys_write_too,
    what_was_drawn_is_signed_and_shown,
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
