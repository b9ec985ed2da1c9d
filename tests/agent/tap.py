# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the functions of a module that begin with test_, and says in TAP how they went."""

import sys
import traceback


def run(module):
    tests = [(name, function) for name, function in vars(module).items()
             if name.startswith("test_")]
    wanted = sys.argv[1:]
    tests = [(name, function) for name, function in tests if not wanted or name in wanted]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, function) in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {name}", flush=True)
        except Exception:  # noqa: BLE001 - whatever it is, it is the test's failure
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print(f"not ok {number} {name}", flush=True)
    sys.exit(1 if failed else 0)
