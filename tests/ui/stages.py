# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting the stages of a flag together, as people do in the window."""

import harness

WHO = ("named", "share", "size", "everyone", "nobody")
UNITS = ("seconds", "minutes", "hours", "days", "weeks")


def choose(app, label, index):
    """In a list that is dropped down."""
    app.click(app.find("combo box", label))
    app.keys("Home", *["Down"] * index, "Return")


def turn(app, label, number):
    """A spin button to a number."""
    app.click(app.find("spin button", label))
    app.keys("ctrl+a")
    app.type(str(number))
    app.keys("Tab")


def fill_in(app, title=None, who=None, text=None, soak=None, unit=None, signers=None):
    """What is not said stays as it is."""
    if title is not None:
        app.set_text("text", "Title, like Test companies", title)
    if who is not None:
        choose(app, "For Whom", WHO.index(who))
    if text is not None:
        app.set_text("text", "Their ids, like 15,42,103" if who in (None, "named")
                     else "Percent, like 25", text)
    if soak is not None:
        turn(app, "Watched and good for", soak)
    if unit is not None:
        choose(app, "Unit of time", UNITS.index(unit))
    for role, count in (signers or {}).items():
        turn(app, role, count)


def done(app, title):
    """The window closes, and the stage is in the list."""
    app.press("push button", "Done")
    app.find("list item", title)
    harness.wait_for(lambda: app.look("push button", "Done") is None, "the stage to be there")


def add(app, title, who="named", text=None, **rest):
    app.press("push button", "Add a Stage…")
    app.find("push button", "Done", window="Add a Stage")
    fill_in(app, title, who, text, **rest)
    done(app, title)
