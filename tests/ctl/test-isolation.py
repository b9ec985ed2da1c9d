# SPDX-License-Identifier: GPL-3.0-or-later
"""Two operators at once, at random, on flags that share a file, and programs that are killed at any
moment: nobody's change touches another flag or another company, none is lost, no file is half."""

import json
import os
import random
import re
import signal
import subprocess
import threading
import time

from harness import Workspace, expect, main

FLAGS = ("alpha", "beta", "gamma")
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


class Observer(threading.Thread):
    """Reads the file all the time, as the application would."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.seen = {flag: set() for flag in FLAGS}
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
            self.reads += 1
            time.sleep(0.002)


class Operator(threading.Thread):
    """Does what comes to mind; every now and then the program is killed while it does."""

    def __init__(self, w, name, operations, seed):
        super().__init__(daemon=True)
        self.w = w
        self.operations = operations
        self.random = random.Random(seed)
        self.environ = dict(w.environ, COUNTERSIGN_ACTOR=f"{name}@example.org")
        self.problem = None
        self.statuses = {}

    def words(self):
        flag = self.random.choice(FLAGS)
        kind = self.random.choices(("promote", "back", "kill", "verify", "import"),
                                   (10, 5, 2, 5, 1))[0]
        if kind == "import":
            path = self.w.top / f"companies-{self.ident}.csv"
            path.write_text("id\n" + "".join(
                f"{n}\n" for n in range(1, self.random.randrange(35, 45))))
            return ("company", "import", path)
        if kind == "verify":
            return ("flag", "verify", flag)
        return ("rollout", kind, flag) + (("--reason", "at random") if kind == "kill" else ())

    def run(self):
        for _ in range(self.operations):
            words = self.words()
            with subprocess.Popen(self.w.command(*words), env=self.environ,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE) as process:
                if self.random.random() < 0.3:
                    time.sleep(self.random.uniform(0, 0.6))
                    process.send_signal(signal.SIGKILL)
                error = process.stderr.read().decode()
                status = process.wait()
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status not in (0, 1, 3, 5, -signal.SIGKILL) or "CRITICAL" in error:
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


def blob(w, digest):
    path = next(w.data.glob(f"**/{digest}*"), None) or next(
        w.data.glob(f"**/{digest[:2]}/{digest[2:]}*"))
    return path.read_text().split()


def text_of(state):
    """How a state that was recorded stands in the file."""
    if state[0] == "everyone":
        return ("true", "")
    return ("false", ",".join(sorted(state[1:], key=int)))


def storm():
    operations = int(os.environ.get("COUNTERSIGN_ISOLATION",
                                    200 if os.environ.get("COUNTERSIGN_SOAK") else 14))
    with Workspace() as w:
        settings = w.top / "settings"
        settings.mkdir()
        path = settings / ".env"
        path.write_bytes(SETTINGS)
        w.run("target", "add", "here", "--local")
        w.run("company", "import", w.write("companies.csv", "id\n" + "".join(
            f"{n}\n" for n in range(1, 41))))
        for flag in FLAGS:
            w.run("flag", "add", flag, "--provider", "dotenv", "--target", "here", "--path", path,
                  "--companies", f"{flag.upper()}_COMPANIES", "--everyone", f"{flag.upper()}_ON",
                  *(word for stage in STAGES for word in ("--stage", stage)))
        observer = Observer(path)
        observer.start()
        operators = [Operator(w, name, operations, random.randrange(2 ** 31))
                     for name in ("olga", "paul")]
        for operator in operators:
            operator.start()
        for operator in operators:
            operator.join()
            expect(operator.problem is None, operator.problem)
            print(f"# {operator.statuses}", flush=True)
        for flag in FLAGS:
            settle(w, flag)
        observer.ends.set()
        observer.join()
        expect(observer.problem is None, observer.problem)
        print(f"# {observer.reads} reads", flush=True)
        found = values(path.read_bytes())
        listed = w.json("audit", "list", "--limit", "100000")
        for flag in FLAGS:
            shown = w.json("flag", "show", flag)
            expect(found[flag] == {"ON": "true" if shown["everyone"] else "false",
                                   "COMPANIES": "" if shown["everyone"] else ",".join(shown["on"])},
                   f"{flag}: {found[flag]} {json.dumps(shown['on'])}")
            # What was ever to be seen is what was recorded to be written before it was.
            recorded = {("false", "")}
            for record in listed:
                if record["stream"] == f"rollout/{flag}" and record["kind"] == "change-begun":
                    for end in ("from", "to"):
                        recorded.add(text_of(blob(w, record["body"][end]["digest"])))
            expect(observer.seen[flag] <= recorded, observer.seen[flag] - recorded)
            # None is lost: each change begins where the one before it ended.
            state = None
            changes = {record["body"]["change"]: record["body"] for record in listed
                       if record["stream"] == f"rollout/{flag}"
                       and record["kind"] == "change-begun"}
            for record in reversed(listed):
                if record["stream"] == f"rollout/{flag}" and record["kind"] == "change-applied":
                    change = changes[record["body"]["change"]]
                    if change["act"] not in ("restore",):
                        expect(state in (None, change["from"]["digest"]), f"{flag}: an update lost")
                    state = change["to"]["digest"]
        leftovers = {entry.name for entry in settings.iterdir()}
        expect(leftovers <= {".env", ".env.countersign-backup"}, leftovers)
        w.run("audit", "verify")


if __name__ == "__main__":
    main("isolation", [storm])
