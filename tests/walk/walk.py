# SPDX-License-Identifier: GPL-3.0-or-later
"""One runbook from its first phase to its last, as people would go through it."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ctl"))
from harness import Workspace, expect, main  # noqa: E402, F401
from terminal import Terminal  # noqa: E402

MANAGER, OPERATOR = "boss@example.org", "anna@example.org"
SIGNERS = ["carla@example.org", "deniz@example.org", "emil@example.org"]


@dataclass
class Plan:
    """What people know of a runbook beyond its words; commands are named by their lines."""

    environment: str = "production"
    settings: tuple = ()           # of the service, before
    commits: int = 2
    files: dict = field(default_factory=dict)     # of the service, before
    values: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)   # line → [(what is asked, what is typed)]
    failures: dict = field(default_factory=dict)  # line → why it counts as passed all the same
    refused: dict = field(default_factory=dict)   # line → why the step is done another way
    taken: tuple = ()              # lines of what is left to a person, and is done
    chosen: tuple = ()             # which of several ways: lines of commands, ids of steps
    watched: dict = field(default_factory=dict)   # line → how long an endless command runs
    not_met: set = field(default_factory=set)     # (line, number) a person says: not as expected
    back: str = ""                 # the procedure by which it is taken back in the end


class Room(Workspace):
    """A team: who runs it signs nothing, and a manager may let a step pass its window."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.keys = {}
        (self.home / ".ssh").mkdir()
        for person in (MANAGER, *SIGNERS):
            self.keys[person] = self.key(person.split("@", maxsplit=1)[0])
            self.by(person, "person", "add", "--name", person.split("@", maxsplit=1)[0].title())
        sshd = server.sshd
        self.run("target", "add", "server", "--ssh", f"deploy@production:{sshd.port}",
                 "--identity", sshd.identity)
        self.run("target", "trust", "server", "--fingerprint", sshd.fingerprint())

    def by(self, person, *words, status=0):
        return self.run(*words, "--key", self.keys[person], status=status,
                        environ={"COUNTERSIGN_ACTOR": person})

    def appoint(self, roles):
        """Each line of a sheet has someone who may sign it; nobody signs two."""
        if roles:
            self.by(MANAGER, "person", "grant", MANAGER, "manager")
        for person, role in zip(SIGNERS, roles):
            self.by(MANAGER, "person", "grant", person, role)


class Walk:
    """One deployment; every command of it comes to an end that the record names."""

    def __init__(self, room, path, plan):
        self.room = room
        self.plan = plan
        room.server.lay_out(path.read_text(), plan.settings, plan.commits, plan.files)
        self.roles = self.read_roles(path)
        room.appoint(self.roles)
        started = room.run("deploy", "start", path, "--environment", plan.environment,
                           "--target", "server", "--reason", "a walk")
        self.id = started.out.strip()
        self.failed = set()
        self.choose(plan.chosen)

    def choose(self, ways):
        """Long ahead: steps by their ids, commands by their lines."""
        steps = self.steps(self.show())
        for way in ways:
            self.do("choose", next(each["id"] for step in steps for each in (step, *step["blocks"])
                                   if way in (each["id"], each.get("line"))))

    def read_roles(self, path):
        shown = self.room.json("runbook", "show", path)
        return [line["role"] for line in shown["signoffs"]]

    def do(self, command, *words, status=0):
        return self.room.run("deploy", command, self.id, *words, status=status)

    def show(self):
        return self.room.json("deploy", "show", self.id)

    def go(self):
        """Goes the path to its end, where there is one the way back, too, and closes."""
        shown = self.go_until("close")
        if self.plan.back:
            self.do("rollback", "--procedure", self.plan.back, "--reason", "to know the way back")
            shown = self.go_until("close")
        for phase in shown["references"]:
            for step in phase["steps"]:
                if step["status"] not in ("skipped", "passed") and phase["kind"] == "reference":
                    self.do("skip", step["id"], "--reason", "nothing was to be looked up")
        for follow_up in self.room.json("deploy", "follow-ups", self.id):
            if not follow_up["done"] and follow_up["left_out"] is None:
                self.do("follow-up", str(follow_up["line"]))
        self.do("close")
        return self.show()

    def go_until(self, kind):
        """Does the one next thing, again and again."""
        for _ in range(1000):
            shown = self.show()
            if not self.leave_behind(shown):
                if shown["next"]["kind"] == kind:
                    return shown
                self.act(shown, shown["next"])
        raise AssertionError(f"it does not come to an end: {shown['next']}")

    def act(self, shown, following):
        kind, step = following["kind"], following["step"]
        if kind == "run":
            self.run_command(shown, following)
        elif kind == "check":
            self.do("check", following["item"]) if following["item"] else self.do("confirm", step)
        elif kind == "judge":
            self.judge(self.find(shown, following["block"]))
        elif kind == "settle":
            self.settle(shown, step)
        elif kind == "sign":
            self.sign(shown, following["field"])
        elif kind == "resolve":
            point = next(each for each in shown["points"] if each["kind"] == "blocker"
                         and not each["settled"])
            self.do("resolve", point["line"], "--note", "mended before this walk")
        elif kind == "decide":
            self.do("decide", "go", "--reason", "all is green")
        else:
            raise AssertionError(f"nobody knows what to do about {following}")

    def steps(self, shown):
        return [step for part in ("phases", "rollbacks", "references") for phase in shown[part]
                for step in phase["steps"]]

    def leave_behind(self, shown):
        """What the author leaves to a person, up to where the walk is: done, or left out."""
        here = next((step for step in self.steps(shown) if step["id"] == shown["next"]["step"]),
                    None)
        for step in self.path(shown):
            for block in step["blocks"]:
                if step is here and not self.is_behind(block, here, shown["next"]["block"]):
                    return False
                if block["condition"] and block["status"] in ("todo", "ready"):
                    self.do_or_leave_out(step, block)
                    return True
            if step is here:
                return False
        return False

    def is_behind(self, block, step, following):
        ids = [each["id"] for each in step["blocks"]]
        return following is None or ids.index(block["id"]) < ids.index(following)

    def path(self, shown):
        phases = shown["rollbacks"] if shown["status"] == "rolling-back" else shown["phases"]
        return [step for phase in phases for step in phase["steps"]
                if step["status"] != "skipped"]

    def do_or_leave_out(self, step, block):
        if block["line"] in self.plan.taken:
            self.run_command(self.show(), {"step": step["id"], "block": block["id"]})
        else:
            self.do("skip", block["id"], "--reason", "it was not so: " + block["condition"])

    def find(self, shown, block):
        return next(each for step in self.steps(shown) for each in step["blocks"]
                    if each["id"] == block)

    def find_step(self, shown, step):
        return next(each for each in self.steps(shown) if each["id"] == step)

    def run_command(self, shown, following):
        block = self.find(shown, following["block"])
        if block["line"] in self.plan.refused:
            self.do("skip", following["step"], "--reason", self.plan.refused[block["line"]])
            return
        status, said = self.run_or_type(block)
        while status == 3 and self.lift(following["step"], said):
            status, said = self.run_or_type(block)
        for _ in range(20):
            # Its archive lies in the folder that it packs: who sees that tries once more.
            if status == 0 or "file changed as we read it" not in said:
                break
            status, said = self.run_or_type(block)
        if status == 3 and "waits for a verdict" in said:
            return
        expected = block["line"] in self.plan.failures
        expect(status == (1 if expected else 0),
               f"line {block['line']} of {shown['title']}: status {status}\n{said}")

    def lift(self, step, said):
        """What a gate asks for, where that is known: a value, or a manager's word."""
        if "deployment window" in said:
            self.room.by(MANAGER, "deploy", "override", self.id, step, "window",
                         "--reason", "agreed with everybody")
            return True
        named = re.search(r"needs a value for (\S+)|give “([^”]+)” the value", said)
        if named is None:
            return False
        name = named.group(1) or named.group(2)
        value = self.plan.values.get(name, "as people say it")
        self.do("set", f"{name}={value() if callable(value) else value}")
        return True

    def run_or_type(self, block):
        line = block["line"]
        words = ("deploy", "run", self.id, block["id"], "--for",
                 self.plan.watched.get(line, "1s"))
        if line not in self.plan.answers:
            done = self.room.run(*words, status=None)
            return done.returncode, done.out + done.err
        terminal = Terminal(self.room, *words)
        begun = 0
        for asked, typed in self.plan.answers[line]:
            begun = wait_behind(terminal, asked, begun)
            if begun < 0:
                break
            terminal.type(f"{typed}\r")
        status = terminal.end()
        return status, terminal.seen.decode(errors="replace")

    def judge(self, block):
        for number, each in enumerate(block["expectations"], 1):
            if each["verdict"] == "judge":
                good = (block["line"], number) not in self.plan.not_met
                self.do("judge", block["id"], number, "met" if good else "not-met")
                return

    def settle(self, shown, step):
        """What failed and was to be expected counts as passed, with the reason."""
        block = next(each for each in self.find_step(shown, step)["blocks"]
                     if each["status"] == "failed")
        expect(block["line"] in self.plan.failures, f"line {block['line']} failed: {block}")
        self.failed.add(block["line"])
        self.room.by(MANAGER, "deploy", "accept", self.id, block["id"], "--reason",
                     self.plan.failures[block["line"]])

    def sign(self, shown, line):
        role = next(each["role"] for each in shown["signoffs"] if each["id"] == line)
        self.room.by(SIGNERS[self.roles.index(role)], "deploy", "sign", self.id, line,
                     "--role", role)


def wait_behind(terminal, text, begun):
    """Waits for words that came later than a place; gives the place behind them, -1 if it ends."""
    while text.encode() not in terminal.seen[begun:]:
        if not terminal.read():
            return -1
    return terminal.seen.index(text.encode(), begun) + len(text)


def ends(shown, back):
    """How each command of the path, and of the way back that was gone, came to its end."""
    found = {}
    for phase in shown["phases"] + [each for each in shown["rollbacks"] if each["id"] == back]:
        for step in phase["steps"]:
            for block in step["blocks"]:
                found[block["line"]] = end_of(step, block)
    return found


def end_of(step, block):
    if block["accepted"]:
        return "accepted"
    if block["status"] == "passed":
        judged = any(each["actor"] for each in block["expectations"])
        return "judged" if judged else "passed"
    if step["status"] == "skipped" and step["reason"]:
        return "skipped"
    if block["status"] == "skipped" or step["status"] == "skipped":
        return "left out"
    return block["status"]
