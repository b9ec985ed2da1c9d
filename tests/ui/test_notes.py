#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people leave beside a step in the real window: words, a file, a picture from the clipboard,
a part of an output; and a part of an output that becomes a value."""

import json
import os
import re
import subprocess
import sys

import harness

RUNBOOK = """# Paint the Fence

## Deployment

### Step 1: Mix

```bash
echo a1b2c3d4
```

### Step 2: Paint

```bash
echo painted with <COLOUR>
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def show():
    return json.loads(ctl("deploy", "show", state["id"], "--json"))


def notes():
    return show()["notes"]


def write(text):
    app().press("push button", "Note…")
    app().find("push button", "Add Note")
    if text:
        app().set_text("text", "Note", text)


def add():
    app().press("push button", "Add Note")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the dialog")


def what_is_not_said_is_not_noted():
    path = world.path("home", "fence.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", path, "--environment", "staging", "--target", "here",
                      "--reason", "It is grey").strip()
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Paint the Fence")))
    write("")
    assert not app().find("push button", "Add Note").has("SENSITIVE")
    app().set_text("text", "Note", "nothing after all")
    app().press("push button", "Cancel")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the dialog")
    assert not notes()


def words_are_noted():
    write("the brush <lost> a & hair")
    add()
    app().find_text("the brush <lost> a & hair")
    app().find_text(re.compile("^operator@example.org · "))
    assert notes()[0]["text"] == "the brush <lost> a & hair"


def a_file_is_attached_and_saved_again():
    path = world.path("home", "colours.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.write("green\nwhite\n")
    write("")
    app().press("push button", "Attach a File…")
    app().find("push button", "Attach")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")
    app().find_text("colours.txt (12 bytes)")
    add()
    app().press("push button", "Save “colours.txt”…")
    app().find("push button", "Save")
    copy = world.path("home", "copy.txt")
    app().type("/")
    app().keys("ctrl+a")
    app().type(copy)
    app().keys("Return")
    harness.wait_for(lambda: os.path.exists(copy) and os.path.getsize(copy) == 12, "the copy")
    with open(copy, encoding="utf-8") as f:
        assert f.read() == "green\nwhite\n"


def a_file_that_is_too_large_is_said():
    path = world.path("home", "huge")
    with open(path, "wb") as f:
        f.truncate(64 * 1024 * 1024 + 1)
    write("")
    app().press("push button", "Attach a File…")
    app().find("push button", "Attach")
    app().type("/")
    app().keys("ctrl+a")
    app().type(path)
    app().keys("Return")
    app().find_text(re.compile("^“huge” is larger than 64 MiB"))
    app().press("push button", "Cancel")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the dialog")


def a_picture_is_pasted():
    picture = world.path("home", "picture.png")
    subprocess.run(["convert", "-size", "40x30", "xc:green", picture], check=True, env=world.env)
    owner = world.start(["/usr/bin/python3", os.path.join(world.top, "tests/ui/clipboard.py"),
                         picture], stdout=subprocess.PIPE, text=True)
    assert owner.stdout.readline().strip() == "there"
    write("as it was at nine")
    app().press("push button", "Paste the Picture")
    app().find_text(re.compile(r"^Screenshot.png \("))
    app().press("push button", "Remove the Attachment")
    app().click(app().find("text", "Note"))
    app().keys("ctrl+v")
    app().find_text(re.compile(r"^Screenshot.png \("))
    add()
    app().find_text("as it was at nine")
    app().find_text(re.compile(r"^Screenshot.png \("))
    assert notes()[-1]["file"] == "Screenshot.png"
    owner.terminate()


def select_word():
    """With the pointer, in the first line of the newest output."""
    output = [node for node in app().walk() if node.name == "Output" and node.has_place()][0]
    app().scroll_to(output)
    x, y, _, _ = output.place()
    app().xdo("mousemove", str(x + 40), str(y + 14), "click", "--repeat", "2", "--delay", "60", "1")


def what_was_printed_is_noted():
    app().press("push button", "Run Next")
    app().find_text(re.compile("^Next: .*“Paint”"))
    app().press("push button", "1. Mix") if app().look_for_output(re.compile("a1b2")) is None \
        else None
    app().find_output(re.compile("a1b2c3d4"))
    select_word()
    app().press("push button", "Note It…")
    harness.wait_for(lambda: app().find("text", "Note").text() == "a1b2c3d4", "the selected text")
    add()
    harness.wait_for(lambda: notes()[-1]["text"] == "a1b2c3d4", "the note")


def what_was_printed_becomes_a_value():
    select_word()
    app().press("push button", "Use as a Value…")
    app().find("text", "Text from the Output")
    app().press("push button", "Cancel")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the dialog")
    assert not show()["values"][0].get("value")
    select_word()
    app().press("push button", "Use as a Value…")
    app().press("push button", "Use It")
    app().find(None, re.compile("^From line 1 of what “Mix” printed, taken by operator@"))
    assert show()["values"][0]["value"] == "a1b2c3d4"
    app().press("push button", "Run Next")
    app().find_output(re.compile("painted with a1b2c3d4"))


def what_was_not_printed_becomes_none():
    select_word()
    app().press("push button", "Use as a Value…")
    app().set_text("text", "Text from the Output", "red")
    app().press("push button", "Use It")
    app().find_text(re.compile("did not print|not print"))
    assert show()["values"][0]["value"] == "a1b2c3d4"
    ctl("audit", "verify")


def nothing_was_complained_about():
    app().xdo("mousemove", "1590", "1190")
    for _ in range(len(app().windows()) - 1):
        app().keys("Escape")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    what_is_not_said_is_not_noted,
    words_are_noted,
    a_file_is_attached_and_saved_again,
    a_file_that_is_too_large_is_said,
    a_picture_is_pasted,
    what_was_printed_is_noted,
    what_was_printed_becomes_a_value,
    what_was_not_printed_becomes_none,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
