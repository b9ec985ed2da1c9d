#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts single test cases in meson's testlog.json and prints "N passed, N failed" as last line."""

import json
import re
import sys

CASE = re.compile(r"^(not ok|ok)\b(?:[ \t]+\d+)?(.*)$", re.MULTILINE)


def count(program):
    """(passed, names of what failed) of one test program."""
    good = program["result"] in ("OK", "EXPECTEDFAIL")
    passed, failed = 0, []
    for verdict, rest in CASE.findall(program.get("stdout") or ""):
        # A test that skips itself has shown nothing; here that is a failure.
        if verdict == "ok" and not re.search(r"#\s*skip", rest, re.IGNORECASE):
            passed += 1
        else:
            failed.append(f'{program["name"]}: {rest.strip(" -")}')
    if good and passed + len(failed) == 0:
        passed = 1
    if not good and not failed:
        # A crash, a time-out or a bad exit status fails whatever the cases said before it.
        failed.append(f'{program["name"]}: {program["result"]}')
    return passed, failed


def main():
    passed, failed = 0, []
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            ok, bad = count(json.loads(line))
            passed += ok
            failed += bad
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
