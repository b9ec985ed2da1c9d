# SPDX-License-Identifier: GPL-3.0-or-later
"""The manuals: no command and no option is missing."""

import os
import re
import subprocess
import sys

from harness import expect, main

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CTL = os.environ["COUNTERSIGNCTL"]


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}).stdout


def plain(page):
    """What a reader sees of a page, in one line."""
    page = re.sub(r"\\f[BRI]", "", page).replace("\\-", "-").replace("\\e", "\\")
    return " ".join(page.split())


def every_command_is_in_the_manual():
    template = os.path.join(TOP, "data", "man", "countersignctl.1.in")
    page = run(sys.executable, os.path.join(TOP, "build-aux", "man-commands.py"), template, CTL)
    expect("@" not in re.sub(r"\w@\w", "", page), page)
    page = plain(page)
    calls = re.findall(r"^  countersignctl (.+)\n      (.+)$", run(CTL, "help"), re.M)
    expect(len(calls) > 50, calls)
    for call, words in calls:
        expect(" ".join(f"{call} {words}".split()) in page, call)
    for number in range(6):
        expect(f"{number} " in page.split("EXIT STATUS")[1].split("EXAMPLES")[0], number)


def every_option_of_the_window_is_in_the_manual():
    with open(os.path.join(TOP, "data", "man", "countersign.1"), encoding="utf-8") as f:
        page = plain(f.read())
    options = re.findall(r"--[a-z][a-z-]*", run(os.environ["COUNTERSIGN"], "--help")
                         .split("Application Options:")[1])
    expect("--data-dir" in options, options)
    for option in options:
        expect(option in page, option)


main("manual", [every_command_is_in_the_manual, every_option_of_the_window_is_in_the_manual])
