# SPDX-License-Identifier: GPL-3.0-or-later
"""Two operators at once, at random, on flags that share a file, and programs that are killed at any
moment: nobody's change touches another flag or another company, none is lost, no file is half."""

import functools
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import threading
import time

from harness import Workspace, expect, main

FLAGS = ("alpha", "beta", "gamma")  # in a file of settings
LISTED = ("delta", "epsilon")  # in a file of flagd
DEFINITIONS = """{
  "flags": { "other":   {"state": "ENABLED", "variants": {"a": 1.50}, "defaultVariant": "a"} },
  "$evaluators": {}
}
"""
SETTINGS = ("# shared\nSECRET=\"do not touch\"\n"
            + "".join(f"{flag.upper()}_ON=false\n{flag.upper()}_COMPANIES=\nBETWEEN_{flag}=ü\r\n"
                      for flag in FLAGS) + "LAST=1").encode()
STAGES = ("One | 3", "Some | 25 %", "Half | 50 %", "All | everyone")
STATE = re.compile(rb"^(ALPHA|BETA|GAMMA)_(ON|COMPANIES)=(.*)$", re.MULTILINE)


def stripped(settings):
    """What is nobody's."""
    return STATE.sub(rb"\1_\2=", settings)


def values(settings):
    found = {}
    for flag, what, value in STATE.findall(settings):
        found.setdefault(flag.decode().lower(), {})[what.decode()] = value.decode()
    return found


def listed(definitions):
    """For whom the flags of the other file are on."""
    found = {}
    flags = json.loads(definitions)["flags"]
    expect(flags["other"] == json.loads(DEFINITIONS)["flags"]["other"], flags)
    expect('"other":   {"state"' in definitions, definitions)
    for flag in LISTED:
        if flag in flags:
            found[flag] = ",".join(flags[flag]["targeting"]["if"][0]["in"][1])
    return found


class Observer(threading.Thread):
    """Reads the files all the time, as applications would."""

    def __init__(self, path, definitions):
        super().__init__(daemon=True)
        self.path = path
        self.definitions = definitions
        self.seen = {flag: set() for flag in FLAGS + LISTED}
        self.problem = None
        self.reads = 0
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set() and self.problem is None:
            try:
                settings = self.path.read_bytes()
            except FileNotFoundError:
                self.problem = "the file was not there"
                return
            if stripped(settings) != stripped(SETTINGS):
                self.problem = f"half a file, or somebody else's part: {settings!r}"
            for flag, value in values(settings).items():
                self.seen[flag].add((value["ON"], value["COMPANIES"]))
            try:
                for flag, value in listed(self.definitions.read_text()).items():
                    self.seen[flag].add(("false", value))
            except (ValueError, KeyError, OSError, AssertionError) as error:
                self.problem = f"half a file, or somebody else's part: {error!r}"
            self.reads += 1
            time.sleep(0.002)


def descendants(pid):
    """What a program has started, and what that has."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        parents.setdefault(int(words[1]), []).append(int(path.parent.name))
    found = list(parents.get(pid, []))
    for one in found:
        found += parents.get(one, [])
    return found


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Operator(threading.Thread):
    """Does what comes to mind; every now and then the program is killed while it does, or what it
    runs on the target, or both."""

    def __init__(self, w, name, operations, kills, seed):
        super().__init__(daemon=True)
        self.w = w
        self.name = name
        self.operations = operations
        self.kills = kills
        self.random = random.Random(seed)
        self.environ = dict(w.environ, COUNTERSIGN_ACTOR=f"{name}@example.org")
        self.problem = None
        self.statuses = {}

    def words(self):
        flag = self.random.choice(FLAGS + LISTED)
        kind = self.random.choices(("promote", "back", "kill", "verify", "import", "pin", "again"),
                                   (10, 5, 2, 5, 1, 2, 3))[0]
        if kind == "import":
            path = self.w.top / f"companies-{self.name}.csv"
            path.write_text("id\n" + "".join(
                f"{n}\n" for n in range(1, self.random.randrange(35, 45))))
            return ("company", "import", path)
        if kind == "verify":
            return ("flag", "verify", flag)
        if kind == "pin":
            company = str(self.random.randrange(1, 35))
            return ("flag", "pin", flag, self.random.choice(("--in", "--out")), company)
        if kind == "again":  # for who is new, or pinned: within a stage
            return ("rollout", "promote", flag, "--stage", f"s{self.random.randrange(1, 5)}")
        return ("rollout", kind, flag) + (("--reason", "at random") if kind == "kill" else ())

    def strike(self, process):
        time.sleep(self.random.uniform(0, 0.6))
        victims = self.random.choice(("program", "scripts", "both"))
        scripts = descendants(process.pid) if victims != "program" else []
        if victims != "scripts":
            process.send_signal(signal.SIGKILL)
        kill(scripts)

    def run(self):
        for _ in range(self.operations):
            words = self.words()
            with subprocess.Popen(self.w.command(*words), env=self.environ,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE) as process:
                if self.random.random() < self.kills:
                    self.strike(process)
                error = process.stderr.read().decode()
                status = process.wait()
            self.statuses[status] = self.statuses.get(status, 0) + 1
            allowed = (0, 1, 3, 4, 5, -signal.SIGKILL) if self.kills else (0, 3, 5)
            if status not in allowed or "CRITICAL" in error:
                self.problem = f"{words}: {status} {error}"
                return


def settle(w, flag):
    """Whatever was interrupted is settled; a script of a program that died has its say first."""
    end = time.monotonic() + 60
    while True:
        done = subprocess.run(w.command("flag", "verify", flag), env=w.environ, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode == 0:
            return
        shown = w.json("flag", "show", flag)
        if shown["drift"] is not None:
            w.run("flag", "restore", flag, "--reason", "after the storm")
        expect(time.monotonic() < end, done.stderr.decode())
        time.sleep(0.1)


@functools.cache
def blob(w, digest):
    path = next(w.data.glob(f"**/{digest}*"), None) or next(
        w.data.glob(f"**/{digest[:2]}/{digest[2:]}*"))
    return path.read_text().split()


def text_of(state):
    """How a state that was recorded stands in the file."""
    if state[0] == "everyone":
        return ("true", "")
    return ("false", ",".join(sorted(state[1:], key=int)))


def set_up(w):
    settings = w.top / "settings"
    settings.mkdir()
    path = settings / ".env"
    path.write_bytes(SETTINGS)
    definitions = settings / "flags.json"
    definitions.write_text(DEFINITIONS)
    w.run("target", "add", "here", "--local")
    w.run("company", "import", w.write("companies.csv", "id\n" + "".join(
        f"{n}\n" for n in range(1, 41))))
    stages = [word for stage in STAGES for word in ("--stage", stage)]
    for flag in FLAGS:
        w.run("flag", "add", flag, "--provider", "dotenv", "--target", "here", "--path", path,
              "--companies", f"{flag.upper()}_COMPANIES", "--everyone", f"{flag.upper()}_ON",
              *stages)
    for flag in LISTED:
        w.run("flag", "add", flag, "--provider", "flagd", "--target", "here", "--path", definitions,
              *stages)
    return Observer(path, definitions)


def operate(w, observer, operations, kills):
    """Both at once; then whatever was interrupted is settled."""
    operators = [Operator(w, name, operations, kills, random.randrange(2 ** 31))
                 for name in ("olga", "paul")]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join()
        expect(operator.problem is None, operator.problem)
        print(f"# {operator.name}: {operator.statuses}", flush=True)
    for flag in FLAGS + LISTED:
        settle(w, flag)
    expect(observer.problem is None, observer.problem)


def stream_of(w, flag):
    """What is recorded of a flag, oldest first."""
    found = w.json("audit", "list", "--limit", "1000000")
    return [record for record in reversed(found) if record["stream"] == f"rollout/{flag}"]


def check_states(w, flag, records, seen):
    """What was ever to be seen is what was recorded to be written before it was."""
    recorded = {("false", "")}
    for record in records:
        if record["kind"] == "change-begun":
            for end in ("from", "to"):
                state = text_of(blob(w, record["body"][end]["digest"]))
                if flag in LISTED and state[0] == "true":
                    state = ("false", state[1])
                recorded.add(state)
    expect(seen <= recorded, f"{flag}: {seen - recorded}")


def check_changes(w, flag, records):
    """None is lost: each begins where the one before it ended. And a change within a stage, from
    the same companies, changes the answer of those alone that were pinned meanwhile."""
    changes = {record["body"]["change"]: record["body"] for record in records
               if record["kind"] == "change-begun"}
    state = before = None
    pinned = set()
    n_within = 0
    for record in records:
        if record["kind"] == "flag-pinned":
            pinned |= set(record["body"].get("in", []) + record["body"].get("out", []))
        if record["kind"] != "change-applied":
            continue
        change = changes[record["body"]["change"]]
        if change["act"] != "restore":
            expect(state in (None, change["from"]["digest"]), f"{flag}: an update lost")
        state = change["to"]["digest"]
        if (before and change["act"] == before["act"] == "promote" and
                all(change.get(word) == before.get(word) for word in ("stage", "companies")) and
                change["stage"] == "s1"):
            others = set(blob(w, state)[1:]) ^ set(blob(w, change["from"]["digest"])[1:])
            expect(others <= pinned, f"{flag}: {others} have changed, and {pinned} were pinned")
            n_within += 1
        before = change
        pinned = set(pins_now(records, record))
    return n_within


def pins_now(records, until):
    """Who was pinned last before a record: the next change may be about them no more."""
    last = []
    for record in records:
        if record is until:
            return last
        if record["kind"] == "flag-pinned":
            last = record["body"].get("in", []) + record["body"].get("out", [])
    return last


def storm():
    operations = int(os.environ.get("COUNTERSIGN_ISOLATION",
                                    10000 if os.environ.get("COUNTERSIGN_SOAK") else 32)) // 4
    with Workspace() as w:
        observer = set_up(w)
        observer.start()
        # While no program dies, nothing is ever there that is not recorded.
        operate(w, observer, operations, 0)
        for flag in FLAGS + LISTED:
            bad = [record for record in stream_of(w, flag)
                   if record["kind"] in ("drift-found", "change-failed")]
            expect(not bad, f"{flag}: {bad}")
        operate(w, observer, operations, 0.3)
        observer.ends.set()
        observer.join()
        expect(observer.problem is None, observer.problem)
        found = values(observer.path.read_bytes())
        for flag, ids in listed(observer.definitions.read_text()).items():
            found[flag] = {"ON": "false", "COMPANIES": ids}
        n_changes = n_within = 0
        for flag in FLAGS + LISTED:
            shown = w.json("flag", "show", flag)
            wanted = {"ON": "true" if shown["everyone"] else "false",
                      "COMPANIES": "" if shown["everyone"] else ",".join(shown["on"])}
            expect(found.get(flag, {"ON": "false", "COMPANIES": ""}) == wanted,
                   f"{flag}: {found.get(flag)} is not {wanted}")
            records = stream_of(w, flag)
            n_changes += len([record for record in records if record["kind"] == "change-applied"])
            check_states(w, flag, records, observer.seen[flag])
            n_within += check_changes(w, flag, records)
        print(f"# {4 * operations} operations, {n_changes} changes, {n_within} of them within a "
              f"stage; {observer.reads} reads", flush=True)
        # What was half written when its script was killed is tidied away by the next change.
        for flag in (FLAGS[0], LISTED[0]):
            w.run("rollout", "kill", flag, "--reason", "the end")
            w.run("rollout", "promote", flag)
        leftovers = {entry.name for entry in observer.path.parent.iterdir()}
        expect(leftovers <= {name + end for name in (".env", "flags.json")
                             for end in ("", ".countersign-backup")}, leftovers)
        w.run("audit", "verify")


if __name__ == "__main__":
    main("isolation", [storm])
