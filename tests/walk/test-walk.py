# SPDX-License-Identifier: GPL-3.0-or-later
"""Runbooks from their first phase to their last, on a server of real parts in a network of its own:
every command is run, left out with a reason or judged, and the record says which."""

import sys
import tempfile
from pathlib import Path

from stand_in import StandIn, apart

apart()
# What uses the programs of the build comes behind this.
from plans import GIVEN, OWN  # noqa: E402
from walk import SIGNERS, Room, Walk, ends, expect, main  # noqa: E402

HERE = Path(__file__).resolve().parent
SEEDS = next((up / "shared" / "seeds" for up in HERE.parents if (up / "shared" / "seeds").is_dir()),
             HERE / "none")
ENDS = {"passed", "judged", "accepted", "skipped", "left out"}


def walked(server, path, plan):
    with Room(server) as room:
        walk = Walk(room, path, plan)
        shown = walk.go()
        expect(shown["status"] == ("rolled-back" if plan.back else "finished"), shown["status"])
        found = ends(shown, plan.back)
        strange = {line: end for line, end in found.items() if end not in ENDS}
        expect(not strange, f"these came to no end: {strange}")
        expect(walk.failed == set(plan.failures), f"what failed: {walk.failed}")
        check_record(walk, found)
        check_signatures(walk, shown)
        expect(room.json("audit", "verify")["clean"] is True, "the records are not whole")
        return found


def check_record(walk, found):
    """The records alone say of each command what became of it."""
    records = walk.room.json("deploy", "log", walk.id)
    kinds = {}
    for record in records:
        kinds.setdefault(record["kind"], []).append(record["body"])
    started = {body["block"] for body in kinds.get("block-started", [])}
    blocks = {block["line"]: (step, block) for step in walk.steps(walk.show())
              for block in step["blocks"]}
    for line, end in found.items():
        step, block = blocks[line]
        if end in ("passed", "judged", "accepted"):
            expect(block["id"] in started, f"line {line} was never started")
        elif end == "left out":
            expect(any(body["block"] == block["id"] and body["reason"]
                       for body in kinds.get("command-left-out", []))
                   or any(body["step"].split(".")[0] == step["id"].split(".")[0]
                          for body in kinds.get("chosen", [])),
                   f"nobody left out line {line}")
        else:
            expect(any(body["step"] == step["id"] and body["reason"]
                       for body in kinds.get("skipped", [])), f"nobody skipped line {line}")


def check_signatures(walk, shown):
    """Each line by a person of its own, proved, and by nobody who ran a command."""
    lines = shown["signoffs"]
    expect(all(line["verified"] is True and line["status"] == "passed" for line in lines), lines)
    signers = [line["signer"] for line in lines]
    expect(signers == SIGNERS[:len(lines)], signers)


def runner(server, path, name, plan):
    def test():
        found = walked(server, path, plan)
        counts = ", ".join(f"{list(found.values()).count(end)} {end}" for end in sorted(ENDS))
        print(f"# {name}: {counts}", flush=True)
    test.__name__ = name.replace(" ", "-")
    return test


def tests_of(server, folder, plans):
    """One for each plan whose runbook is there."""
    for name, plan in plans.items():
        for path in sorted(folder.glob(f"{name.split()[0]}*.md")):
            yield runner(server, path, name, plan)


with StandIn(Path(tempfile.mkdtemp(prefix="countersign-walk-"))) as stand_in:
    own = list(tests_of(stand_in, HERE / "fixtures", OWN))
    given = list(tests_of(stand_in, SEEDS, GIVEN))
    main("walk", given if sys.argv[1] == "given" and given else own)
