# SPDX-License-Identifier: GPL-3.0-or-later
"""What Tab offers in bash, zsh and fish, each a real one."""

import os
import shlex
import subprocess

from harness import CTL, Workspace, expect, main
from terminal import Terminal

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "completions")
BASH = """source %s
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt () { :; }
_countersignctl
printf '%%s\\n' "${COMPREPLY[@]}"
"""


class Shells(Workspace):
    """With the program found by its name, as it is when it's installed."""

    def __init__(self):
        super().__init__()
        programs = self.top / "bin"
        programs.mkdir()
        (programs / "countersignctl").symlink_to(CTL)
        self.environ["PATH"] = f"{programs}:{self.environ['PATH']}"
        self.environ.pop("ZDOTDIR", None)

    def typed(self, *words):
        return ["countersignctl", "--data-dir", str(self.data), *words]

    def bash(self, *words):
        done = subprocess.run(
            ["bash", "--norc", "-c", BASH % shlex.quote(f"{DATA}/countersignctl.bash"), "bash",
             *self.typed(*words)], env=self.environ, cwd=self.top, check=True,
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        expect(not done.stderr, done.stderr)
        return done.stdout.split()

    def fish(self, *words):
        line = " ".join(self.typed(*words))
        done = subprocess.run(
            ["fish", "--no-config", "-c",
             f"source {DATA}/countersignctl.fish; complete -C {shlex.quote(line)}"],
            env=self.environ, cwd=self.top, check=True, capture_output=True, text=True,
            stdin=subprocess.DEVNULL)
        expect(not done.stderr, done.stderr)
        return [row.split("\t")[0] for row in done.stdout.splitlines()]


def offer(shells, *words):
    """What the program itself offers, without what it says to that."""
    out = shells.run("complete", "--", *words).out
    return [line.split("\t")[0] for line in out.splitlines()]


def commands_and_options():
    with Shells() as w:
        groups = offer(w, "")
        expect({"deploy", "rollout", "evidence", "help"} <= set(groups), groups)
        expect(len(set(groups)) == len(groups), groups)
        expect(offer(w, "deploy", "st") == ["start"])
        expect("--reason" in offer(w, "deploy", "skip", "x", "y", "--"))
        expect(offer(w, "deploy", "decide", "x", "") == ["go", "no-go"])
        expect(offer(w, "nothing", "") == [] and offer(w, "deploy", "nothing", "") == [])
        expect(not w.data.exists(), "to complete is not to write")


def names_of_what_is_there():
    with Shells() as w:
        started = w.start()
        expect(offer(w, "deploy", "show", "") == [started])
        expect(offer(w, "deploy", "show", started[:6]) == [started])
        expect(offer(w, "deploy", "show", "nothing") == [])
        expect(offer(w, "target", "test", "") == ["here"])
        expect(offer(w, "deploy", "start", "x.md", "--target", "") == ["here"])
        expect(offer(w, "deploy", "run", started, "--for", "") == [])
        expect(offer(w, "evidence", "export", started, "-o", "") == [":files"])
        expect(offer(w, "deploy", "start", "") == [":files"])


def bash_completes():
    with Shells() as w:
        started = w.start()
        expect(w.bash("deploy", "st") == ["start"])
        expect(w.bash("deploy", "show", "") == [started])
        expect("runbook.md" in w.bash("runbook", "check", "run"))


def fish_completes():
    with Shells() as w:
        started = w.start()
        expect(w.fish("deploy", "st") == ["start"])
        expect(w.fish("deploy", "show", "") == [started])
        expect("runbook.md" in w.fish("runbook", "check", "run"))


def zsh_completes():
    with Shells() as w:
        started = w.start()
        w.environ["PS1"] = "ready> "
        shell = Terminal(w, program=["zsh", "-f", "-i"], columns=400)
        shell.wait_for("ready> ")
        shell.type(f"fpath=({shlex.quote(DATA)} $fpath); autoload -Uz compinit; "
                   "compinit -u -D; print loa'ded'\n")
        shell.wait_for("loaded")
        shell.type(" ".join(w.typed("deploy", "sho")) + "\t")
        shell.wait_for("deploy show")
        shell.type(started[:8] + "\t")
        shell.wait_for(started)
        shell.type("\x15exit\n")
        shell.end()


main("completion", [commands_and_options, names_of_what_is_there, bash_completes, fish_completes,
                    zsh_completes])
