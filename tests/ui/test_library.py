#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The library in the real window: versions, comparison, overruling, whole folders."""

import os
import re
import sys

import harness

RUNBOOK = """# Paint the House

Words before.

## Deployment

### Mix the paint

```bash
echo mix {shade}
```

- [ ] It is stirred
"""
OTHER = "# Other House\n\n## Deployment\n\n- [ ] Somebody looked\n"

world = harness.World(harness.build_directory())
path = world.path("home", "house", "paint.md")
state = {}


def app():
    return state["app"]


def write(name, text):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "w") as f:
        f.write(text)


def a_runbook_is_shown():
    write(path, RUNBOOK.format(shade="white"))
    state["app"] = harness.App(world, path)
    app().find("push button", "Start Deployment…")
    app().find_text(re.compile(r"^paint\.md · 1 step"))
    assert app().look("combo box", "Version") is None


def what_changes_on_disk_is_offered():
    write(path, RUNBOOK.format(shade="black"))
    app().find_text("This runbook has changed on disk.")
    app().press("push button", "Add the New Version")
    app().find("combo box", "Version")


def two_versions_are_compared():
    app().click(app().find("combo box", "Compare with"))
    app().keys("Down", "Down", "Return")
    app().find_text("1 change of what is to be done")
    app().find_text("Command changed: echo mix white → echo mix black")


def a_line_is_explained_and_overruled():
    app().press("push button", "Back to the Runbooks")
    app().click(app().find("list item", re.compile("Paint the House")))
    app().click(app().find_text("Deployment"))
    app().keys("alt+Return")
    app().find_text("By its heading it is of the kind “Deploy”.")
    app().press("push button", "Verify")
    app().find_text(re.compile(r"^Line 5: “Verify”\. So it is read in every deployment"))
    app().set_text("text", "Reason", "Nothing is deployed")
    app().press("push button", "Overrule")
    app().wait_until_gone("push button", "Overrule")


def what_was_overruled_is_taken_back():
    app().keys("alt+Return")
    app().find_text("Decided by operator@example.org: “Nothing is deployed”")
    app().press("push button", "Take the Decision Back")
    app().wait_until_gone("push button", "Take the Decision Back")
    app().keys("alt+Return")
    app().find_text("By its heading it is of the kind “Deploy”.")
    app().keys("Escape")


def a_whole_folder_is_added():
    folder = world.path("home", "house")
    write(os.path.join(folder, "other", "look.md"), OTHER)
    write(os.path.join(folder, "README.md"), "# Nothing\n\nto do\n")
    app().press("push button", "Back to the Runbooks")
    app().press("push button", re.compile("^Add a Folder or Git Checkout"))
    app().find("push button", "Look for Runbooks")
    app().type("/")
    app().keys("ctrl+a")
    app().type(folder)
    app().keys("Return")
    app().find_text(re.compile("in the library already$"))
    app().press("push button", "Add 1")
    app().find("list item", re.compile("Other House"))


def what_changes_is_offered_in_the_list():
    assert app().look("push button", "Add New Version") is None
    write(os.path.join(world.path("home", "house"), "other", "look.md"), OTHER + "- [ ] twice\n")
    app().press("push button", "Add New Version")
    app().find_text("The new version of “Other House” is in the library.")
    app().find_text(re.compile(r"^look\.md · 2 versions"))
    app().wait_until_gone("push button", "Add New Version")


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_runbook_is_shown,
    what_changes_on_disk_is_offered,
    two_versions_are_compared,
    a_line_is_explained_and_overruled,
    what_was_overruled_is_taken_back,
    a_whole_folder_is_added,
    what_changes_is_offered_in_the_list,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
