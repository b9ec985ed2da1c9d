#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a company: what it has, why, since when and by whom; and pinning it."""

import re
import sys

import harness
from shop import KEY, Shop

LEAD = "anna@example.org"
MENU = f"More About “{KEY}”"

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def shop():
    return state["shop"]


def leave():
    """The pointer goes where no tooltip comes up."""
    app().xdo("mousemove", "1590", "1190")


def choose(button, item, steps):
    """With the keyboard: as many steps below the first that can be chosen."""
    app().click(app().find("push button", button))
    app().find("menu item", item)
    app().xdo("key", *["Down"] * steps, "Return")
    leave()


def wait_for_pin(company, pinned):
    harness.wait_for(lambda: shop().flag_of(company)["pinned"] == pinned, f"the pin {pinned}")


def what_it_has_and_who_signed_is_shown():
    key = world.make_key()
    state["shop"] = Shop(world)
    shop().add_flag("Test company | 15 | sign=Tech lead", "Expanded | 15,42,103")
    shop().ctl("person", "add", "--key", key, "--name", "Anna Lead", actor=LEAD)
    shop().ctl("rollout", "sign", KEY, "--role", "Tech lead", "--key", key, actor=LEAD)
    shop().ctl("rollout", "promote", KEY, "--reason", "The week begins")
    state["app"] = harness.App(world)
    app().keys("ctrl+2")
    app().press("push button", re.compile("^Show the Companies"))
    app().click(app().find("label", "Salon Müller"))
    app().find_text(re.compile("^Id 15 · size 128$"))
    app().find_text(re.compile("^On since .*: the stage “Test company” names it\n"
                               "Switched on by operator@example.org\nSigned by Anna Lead$"))
    app().find("list item", f"Got “{KEY}”")
    app().find_text(re.compile("Switched on by operator@example.org: The week begins$"))


def who_never_had_it_is_told_apart():
    app().press("push button", "Back to the Companies")
    app().click(app().find("label", "Salon Nord"))
    app().find_text("Never on: the stage “Test company” is for others")
    assert app().look("list item", f"Got “{KEY}”") is None
    app().keys("Escape")
    app().click(app().find("label", "Salon Müller"))


def it_is_pinned_out_from_its_page():
    choose(MENU, "Never Has It", 1)
    app().find_text(re.compile("\nPinned: loses it with the next switching\n"))
    wait_for_pin("15", "out")
    assert shop().flag_of("15")["on"]


def nothing_was_complained_about():
    leave()
    shop().ctl("audit", "verify")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    what_it_has_and_who_signed_is_shown,
    who_never_had_it_is_told_apart,
    it_is_pinned_out_from_its_page,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
