#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was recognised in a runbook, in the real window: a mark in the margin for each kind of
thing, what it says, and the diagnostics."""

import os
import re
import subprocess
import sys

import harness

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "findings.md")
INK = 40  # of 255: how far from the background

# What is recognised, by the beginning of its line; in the order of the fixture.
FINDINGS = [
    ("Blocker", "### Blocker 1"),
    ("Deployment window", "**Recommended**"),
    ("Timeline", "| Fetch"),
    ("Risk", "| Switch"),
    ("Phase", "## Preparation"),
    ("Check", "- [ ] The ticket"),
    ("Check", "- [x] The archive"),
    ("Step", "### Fetch"),
    ("Command", "```bash"),
    ("Placeholder", "git fetch"),
    ("Note", "git fetch"),
    ("Secret", "export API_KEY"),
    ("Warning", "export API_KEY"),
    ("File", "```yaml"),
    ("Sample", "```text"),
    ("Choice", "Go / No-Go"),
    ("Alternative", "### Option A"),
    ("Condition", "# If tests fail"),
    ("Decision", "exit 1"),
    ("Endless", "tail -f"),
    ("Alternative", "### Option B"),
    ("Interactive", "mysql -p"),
    ("Destructive", "dropdb"),
    ("Another computer", "ssh deploy@"),
    ("Example", "git commit"),
    ("Expectation", "# Expected: one"),
    ("Expected output", "``` expected"),
    ("Feature flag", "- `FEATURE_FAST"),
    ("Threshold", "- Error rate"),
    ("Rollout stage", "### Step 2"),
    ("Rollback trigger", "- The door leaks"),
    ("Follow-up", "- Remove the old"),
    ("Contact", "- Master"),
    ("Sign-off", "Approved By"),
    ("Error", "```bash never closed"),
]

world = harness.World(harness.build_directory())
state = {"line": 0}


def app():
    return state["app"]


def read_lines():
    """The fixture's lines; two fences are told from those like them by what stands beside them."""
    with open(FIXTURE, encoding="utf-8") as f:
        lines = f.read().splitlines()
    for i, line in enumerate(lines[:-1]):
        if line == "```" and lines[i + 1].startswith("load average"):
            lines[i] += " expected"
        if line == "```bash" and "never closed" in lines[i + 1]:
            lines[i] += " never closed"
    return lines


LINES = read_lines()


def find_line(beginning, after=0):
    return next(i for i in range(after, len(LINES)) if LINES[i].startswith(beginning))


def go_to(line):
    """With the cursor: none of the lines is broken, so one key is one line."""
    steps = line - state["line"]
    if steps != 0:
        app().keys(*["Down" if steps > 0 else "Up"] * abs(steps))
    state["line"] = line


def read_margin():
    """The rows of the screen in which the column of the marks is not empty, as (top, bottom)."""
    x, y, width, height = app().find("filler", "GtkSourceGutterRendererMarks").place()
    picture = subprocess.run(
        ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "+repage",
         "-colorspace", "gray", "-depth", "8", "gray:-"],
        env=world.env, check=True, capture_output=True).stdout
    rows = [picture[i * width:(i + 1) * width] for i in range(height)]
    background = max(set(picture), key=picture.count)
    inked = [any(abs(value - background) > INK for value in row) for row in rows]
    tops = [i for i in range(height) if inked[i] and (i == 0 or not inked[i - 1])]
    return [(y + top, y + next((i for i in range(top, height) if not inked[i]), height))
            for top in tops]


def a_runbook_with_everything_is_shown():
    state["app"] = harness.App(world, FIXTURE)
    app().find("push button", "Start Deployment…")
    app().find_text(re.compile(r"^findings\.md · 10 steps"))


def the_margin_is_marked():
    harness.wait_for(lambda: len(read_margin()) >= 8, "marks in the margin")


def a_mark_says_what_it_stands_for():
    top, bottom = read_margin()[0]
    x, _, width, _ = app().find("filler", "GtkSourceGutterRendererMarks").place()
    app().xdo("mousemove", str(x + width // 2), str((top + bottom) // 2))
    app().xdo("click", "1")
    app().find_text("The licence is missing")
    app().keys("Escape")
    app().wait_until_gone("label", "The licence is missing")


def each_kind_of_thing_is_explained():
    source = app().find("text", "Source")
    x, y, width, _ = source.place()
    app().xdo("mousemove", str(x + width // 2), str(y + 12))
    app().xdo("click", "1")
    line = 0
    for title, beginning in FINDINGS:
        line = find_line(beginning, line)
        go_to(line)
        app().keys("alt+Return")
        app().find("label", title)
        app().keys("Escape")
        app().wait_until_gone("label", title)
        # The lines around it are drawn as well, with their marks.
        harness.wait_for(read_margin, f"marks around line {line + 1}")


def a_check_that_is_none_is_marked_as_well():
    go_to(find_line("- [ ] This line"))
    app().keys("alt+Return")
    app().press("push button", "Not a Check")
    app().set_text("text", "Reason", "It says so itself")
    app().press("push button", "Overrule")
    app().wait_until_gone("push button", "Overrule")
    app().keys("alt+Return")
    app().find_text("Decided by operator@example.org: “It says so itself”")
    app().keys("Escape")
    app().wait_until_gone("label", "Not a check")


def open_diagnostics():
    app().click(app().find("push button", "Diagnostics"))
    harness.wait_for(lambda: len(app().windows()) == 2, "the diagnostics")


def read_explanation(title, sentence):
    """Of the line of the cursor, once the list has gone."""
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the diagnostics")
    app().keys("alt+Return")
    app().find("label", title)
    app().find_text(re.compile(sentence))
    app().keys("Escape")
    harness.wait_for(lambda: len(app().windows()) == 1, "the end of the explanation")


def a_diagnostic_leads_to_its_line():
    """The gravest is the first; it is in the last lines."""
    fence = find_line("```bash never closed") + 1
    go_to(0)
    top = read_margin()
    open_diagnostics()
    app().click(app().find_text(f"Line {fence}"))
    harness.wait_for(lambda: read_margin() != top, "the source to scroll")
    read_explanation("Error", "^This fence is not closed")


def so_it_does_with_the_keyboard():
    open_diagnostics()
    app().keys("End", "Return")
    read_explanation("Note", "^Nothing in this heading says")


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    a_runbook_with_everything_is_shown,
    the_margin_is_marked,
    a_mark_says_what_it_stands_for,
    each_kind_of_thing_is_explained,
    a_check_that_is_none_is_marked_as_well,
    a_diagnostic_leads_to_its_line,
    so_it_does_with_the_keyboard,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
