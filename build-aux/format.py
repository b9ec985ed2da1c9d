#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-format, except where it does harm: in packed tables and around words to translate.

usage: format.py FILE.c…    rewrites the files
"""

import re
import subprocess
import sys
from pathlib import Path

# Unary operators are as wide as the macros for words to translate, and take no space after them.
MARKS = ((re.compile(r"\bN_ ?\("), "N_(", "!~("), (re.compile(r"\b_ ?\("), "_(", "~("))


def tables(lines):
    """Yields (first, last) of each initializer over several lines, counted from 1."""
    first = None
    for number, line in enumerate(lines, 1):
        if first is None and re.search(r"= *\{$", line):
            first, indent = number, re.match(r" *", line).group()
            # A table of an unnamed struct begins where the struct does.
            if line.startswith(indent + "}"):
                while first > 1 and not re.match(indent + r"(static |const )*struct$",
                                                 lines[first - 1]):
                    first -= 1
        elif first is None and re.match(r"G_DEFINE_\w+_WITH_CODE ", line):
            first, indent = number, None
        if first is not None and (re.match(indent + r"\};?$", line) if indent is not None
                                  else line.endswith(")")):
            yield first, number
            first = None


def outside(lines):
    """The --lines options that leave the tables alone."""
    start, options = 1, []
    for first, last in tables(lines):
        if first > start:
            options.append(f"--lines={start}:{first - 1}")
        start = last + 1
    if start <= len(lines):
        options.append(f"--lines={start}:{len(lines)}")
    return options


def formatted(path):
    """(text as it is, text as it should be) of a file."""
    before = after = Path(path).read_text(encoding="utf-8")
    marks = [] if "~(" in before else MARKS
    for macro, _, mark in marks:
        after = macro.sub(mark, after)
    after = subprocess.run(
        ["clang-format", "--style=file", f"--assume-filename={path}",
         *outside(before.split("\n")[:-1])],
        input=after, check=True, capture_output=True, text=True).stdout
    for _, plain, mark in marks:
        after = after.replace(mark, plain)
    return before, after


def main():
    for path in sys.argv[1:]:
        before, after = formatted(path)
        if before != after:
            Path(path).write_text(after, encoding="utf-8")
            print(path)


if __name__ == "__main__":
    main()
