#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are opened: what is read from a good one, and what is said about a bad one."""

import os
import re
import subprocess
import sys

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
REFUSAL = "This Needs Your Attention"
MINUTES = ["5 min", "2 min", "2 min", "3 min", "5 min", "5 min", "10 min"]

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def open_file(path):
    """As a file manager does: a second program hands the file to the first and ends."""
    subprocess.run([os.path.join(world.build, "src/app/countersign"), path], env=world.env,
                   check=True, timeout=harness.PATIENCE, stdin=subprocess.DEVNULL)


def see_refusal(pattern):
    app().find_text(re.compile(pattern))
    app().press("push button", "Close", window=REFUSAL)
    app().wait_until_gone("dialog", REFUSAL)


def outline():
    """The titles and estimates of the outline, line by line."""
    lists = [node for node in app().walk() if node.role == "list" and node.name == "Outline"]
    return [[label.name for label in row.walk() if label.role == "label" and label.has_place()]
            for row in lists[0].walk() if row.role == "list item"]


def an_empty_library_says_what_a_runbook_is():
    state["app"] = harness.App(world, width=1280, height=1150)
    app().find("push button", "Open a Runbook…")
    app().keys("ctrl+3")
    app().find_text("No Runbooks")


def steps_and_minutes_are_shown():
    open_file(os.path.join(HERE, "fixtures", "steps-and-minutes.md"))
    app().find_text(re.compile("^steps-and-minutes.md · "))
    rows = outline()
    titles = [row[0] for row in rows if row]
    first = titles.index("Back Up the Database")
    assert [row[1] for row in rows[first:first + 7]] == MINUTES, rows
    rollback = titles.index("Close the Shop")
    assert titles[rollback + 5] == "Tell Everyone", titles
    assert "Tech Lead" in titles and "Box Office" in titles, titles


def a_line_of_the_outline_leads_to_its_source():
    app().click(app().find_text("Restart the Shop"))
    app().find("push button", "Start Deployment…")


def words_are_shown_as_they_are_written():
    open_file(os.path.join(HERE, "fixtures", "long-words.md"))
    app().find_text(re.compile(r"^long-words\.md · 1 step"))
    app().find_text(re.compile(r"^Echo <b>markup</b> & ampersands$"))


def a_binary_file_is_refused_with_words():
    path = world.path("home/picture.md")
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 16)
    open_file(path)
    see_refusal(r"picture\.md: This is not a text")


def a_directory_is_refused_with_words():
    open_file(world.path("home"))
    see_refusal(r"home is a folder")


def a_missing_file_is_refused_with_words():
    open_file(world.path("home/nowhere.md"))
    see_refusal(r"There is no file .*nowhere\.md")


def several_refusals_are_one_dialog():
    open_file(world.path("home/picture.md"))
    app().find_text(re.compile(r"picture\.md: This is not a text"))
    open_file(world.path("home/nowhere.md"))
    open_file(world.path("home/picture.md"))
    app().find_text(re.compile(r"(?s)picture\.md: This is not a text.*There is no file .*nowhere"))
    dialogs = [window for window in app().screen.read() if window.name == REFUSAL]
    assert len(dialogs) == 1, app().describe()
    see_refusal(r"picture\.md")


def a_second_copy_presents_the_first():
    subprocess.run([os.path.join(world.build, "src/app/countersign")], env=world.env, check=True,
                   timeout=harness.PATIENCE, stdin=subprocess.DEVNULL)
    assert app().process.poll() is None
    assert len(app().windows()) >= 1


def every_control_has_a_name():
    for key, shown in (("ctrl+1", "Deploy from a Runbook"), ("ctrl+3", "Start Deployment…"),
                       ("ctrl+4", "Verify…"), ("ctrl+5", "No Servers")):
        app().keys(key)
        app().find(None, shown)
        nameless = [node.path for node in app().walk()
                    if node.role in ("push button", "entry", "check box")
                    and node.has("FOCUSABLE") and node.has_place()
                    and (not node.name or re.match(r"^(Gtk|Adw|Cs)[A-Z]", node.name))
                    and not any(above.role == "combo box" for above in node.ancestors())]
        assert not nameless, f"after {key}: {len(nameless)} nameless\n{app().describe()}"


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    an_empty_library_says_what_a_runbook_is,
    steps_and_minutes_are_shown,
    a_line_of_the_outline_leads_to_its_source,
    words_are_shown_as_they_are_written,
    a_binary_file_is_refused_with_words,
    a_directory_is_refused_with_words,
    a_missing_file_is_refused_with_words,
    several_refusals_are_one_dialog,
    a_second_copy_presents_the_first,
    every_control_has_a_name,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
