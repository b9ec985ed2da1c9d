# SPDX-License-Identifier: GPL-3.0-or-later
"""Runbooks as people wrote them, their passwords moved to a keyring, run by an account that may do
nothing here: then nobody finds a password again, wherever they look."""

import os
import random
import re
import shutil
import string
import subprocess
from pathlib import Path

from harness import expect, main
from programs import Sampler, WithPrograms, check_none, check_tree

NOBODY = 65534
OWN = Path(__file__).resolve().parent / "fixtures"
SEEDS = next((up / "shared" / "seeds" for up in OWN.parents if (up / "shared" / "seeds").is_dir()),
             OWN / "none")
# What stands in them in clear text.
CLEAR = {"shop.md": ["Wint3r+rain/9%k", "tok-8c/b2+41%dd7"],
         "001": ["test-token-12345"], "002": ["test-key-123"], "003": ["askproai_sample_pass_2024"]}
# Programs of servers, which tell what they were given; what else a sample names becomes one, too.
SERVERS = ["mysql", "mysqldump", "curl", "psql", "redis-cli", "ssh", "scp", "sudo", "systemctl",
           "php", "git", "composer", "npm", "docker", "chown", "kill", "crontab"]
# These are what they are, but for files that are not the test's own.
GUARDED = ["rm", "mv", "cp", "chmod"]
GUARD = """#!/bin/bash
for word in "$@"; do
  case $word in -*) continue ;; esac
  case $(realpath -m -- "$word") in TOP/*) ;; *) exit 0 ;; esac
done
exec PROGRAM "$@"
"""
TELLS = """#!/bin/bash
for (( i = 0; i < 100; i++ )); do [ -e "SAMPLED.${0##*/}" ] && break; sleep 0.02; done
printf 'given <%s> %q\\n' "$@"
env | grep -E 'SECRET|PWD|TOKEN|KEY|PASS'
env | grep -E 'SECRET|PWD|TOKEN|KEY|PASS' | cut -d= -f2- | base64
[ -t 0 ] || timeout 1 cat
for word in "$@"; do case $word in @*) cat "${word#@}" ;; esac; done
true
"""


class Account(WithPrograms):
    """The same as someone who owns nothing, where tests are run by root."""

    def __init__(self):
        super().__init__()
        if os.geteuid() == 0:
            self.who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        # The build may lie where only we can look.
        for name in ("COUNTERSIGNCTL", "COUNTERSIGN_ASKPASS"):
            shutil.copy(os.environ[name], self.top)
            self.environ[name] = str(self.top / os.path.basename(os.environ[name]))
        self.environ["LD_LIBRARY_PATH"] = os.environ.get("LD_LIBRARY_PATH", "")
        self.give()

    def give(self):
        for path in [self.top, *self.top.rglob("*")] if self.who else []:
            if not path.is_socket():
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def command(self, *words):
        return [self.environ["COUNTERSIGNCTL"], *super().command(*words)[1:]]

    def lay_out(self, text):
        """Programs in place of all that the text names and this computer does not have."""
        words = set(re.findall(r"\b[a-z][a-z0-9_.-]{1,30}\b", text)) - {"sampled"}
        for name in {*SERVERS, *(word for word in words if shutil.which(word) is None)}:
            (self.bin / name).write_text(TELLS.replace("SAMPLED", str(self.sampled)))
            (self.bin / name).chmod(0o755)
        for name in GUARDED:
            program = shutil.which(name, path="/usr/bin:/bin")
            (self.bin / name).write_text(GUARD.replace("TOP", str(self.top))
                                         .replace("PROGRAM", program))
            (self.bin / name).chmod(0o755)

    def run_any(self, *words, timeout=30):
        """Runs a command whatever comes of it; one that does not end is interrupted."""
        process = subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env=self.environ, start_new_session=True, **self.who)
        try:
            return process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            process.terminate()
            return process.communicate(timeout=60)[0]


def new_secret(rand):
    """Letters, and all that has to be quoted somewhere."""
    letters = [rand.choice(string.ascii_letters + string.digits) for _ in range(14)]
    return "".join(letters[:7]) + rand.choice("+/%&") + "".join(letters[7:]) + rand.choice("'$ \"")


class Walk:
    """One deployment from end to end: what refers to a secret is run, all else is skipped."""

    def __init__(self, workspace, lines, deployment, outputs):
        self.w = workspace
        self.lines = lines
        self.deployment = deployment
        self.outputs = outputs
        self.tried = set()
        self.ran = 0

    def do(self, *words, **more):
        out = self.w.run_any("deploy", words[0], self.deployment, *words[1:], **more)
        self.outputs.append(out)

    def secretive(self, step):
        """Whether a command of the step refers to a secret: from its line to its block's end."""
        for block in step["blocks"]:
            for line in self.lines[block["line"]:]:
                if line.lstrip().startswith("```"):
                    break
                if "COUNTERSIGN_SECRET_" in line:
                    return True
        return False

    def act(self, shown):
        step = shown["next"]["step"]
        found = next((each for phase in shown["phases"] for each in phase["steps"]
                      if each["id"] == step), None)
        if shown["next"]["kind"] == "sign":
            self.do("sign", shown["next"]["field"], "--role", next(
                line["role"] for line in shown["signoffs"] if line["id"] == shown["next"]["field"]),
                    "--name", "Anna", "--key", self.w.top / "key")
        elif shown["next"]["kind"] == "close":
            self.do("close")
        elif shown["next"]["kind"] == "decide":
            self.do("decide", "go", "--reason", "all is well")
        elif shown["next"]["kind"] == "resolve":
            told = self.w.run("deploy", "show", self.deployment).out
            line = re.search(r"deploy resolve \S+ (\d+)", told).group(1)
            self.do("resolve", line, "--note", "looked at")
        elif found is not None and self.secretive(found) and step not in self.tried:
            self.tried.add(step)
            self.ran += 1
            self.do("run", step, "--for", "2s")
        else:
            self.do("skip", step, "--reason", "not here")

    def go(self):
        for _ in range(400):
            shown = self.w.json("deploy", "show", self.deployment)
            if shown["next"]["kind"] == "nothing":
                return
            self.act(shown)
        raise AssertionError(f"it does not come to an end: {shown['next']}")


def search(w, deployment, outputs, secrets):
    """Every byte that was kept, printed, shown to other processes or given away."""
    for number, out in enumerate(outputs):
        check_none(out, secrets, f"output {number}")
    out = w.run_any("evidence", "export", deployment, "-o", w.top / "evidence", timeout=120)
    expect(b"SHA-256" in out, out)
    check_tree(w.top / "evidence", secrets)
    for words in (("deploy", "log", deployment, "--json"), ("audit", "list", "--csv"),
                  ("audit", "list", "--json"), ("deploy", "show", deployment, "--json")):
        check_none(w.run_any(*words), secrets, words)
    check_tree(w.data, secrets)


def walked(path):
    """Moves, gives each secret a value of its own, runs, and looks everywhere."""
    with Account() as w:
        clear = next((CLEAR[key] for key in CLEAR if path.name.startswith(key)), [])
        text = path.read_text()
        sample = w.top / "sample.md"
        sample.write_text(text)
        w.lay_out(text)
        w.key()
        w.give()
        found = w.run_any("runbook", "secrets", sample)
        if not found:
            expect(not clear, "nothing was found")
            return 0, 0
        moved = w.top / "moved.md"
        out = w.run_any("runbook", "secrets", sample, "--move", "--yes", "--output", moved,
                        "--environment", "staging")
        sample.unlink()
        check_none(moved.read_bytes(), clear, "the new version")
        arguments = [int(line.split(":")[1]) for line in out.decode().splitlines()
                     if ": warning: the program of this line" in line]
        rand = random.Random(random.random())
        names = [entry["name"] for entry in w.json("secret", "list")]
        secrets = {name: new_secret(rand) for name in names}
        for name, value in secrets.items():
            w.run_input(value, "secret", "set", name, "--environment", "staging")
        w.run("target", "add", "here", "--local")
        deployment = w.run("deploy", "start", moved, "--environment", "staging", "--target", "here",
                           "--reason", "a test").out.strip()
        outputs = []
        sampler = Sampler(w, sorted({path.name for path in w.bin.iterdir()} - set(GUARDED)))
        sampler.start()
        walk = Walk(w, moved.read_text().splitlines(), deployment, outputs)
        walk.go()
        seen = sampler.stop()
        expect(walk.ran > 0, "nothing that needs a secret was run")
        values = [*secrets.values(), *clear]
        # A program that takes it only as an argument was warned of; nothing of ours does so.
        ours = [line for line in seen
                if not (arguments and any(os.fsencode(w.bin) in word
                                          for word in line.split(b"\0")[:2]))]
        for line in ours:
            check_none(line, values, f"the argument list of {line.split(bytes(1))[:2]}")
        search(w, deployment, outputs, values)
        w.run("audit", "verify")
        return walk.ran, b"".join(outputs).count(b"[redacted]")


def own_sample():
    ran, hidden = walked(OWN / "shop.md")
    expect(ran >= 3 and hidden >= 10, f"{ran} steps were run, and {hidden} places hidden")


def given_samples():
    """Those that people gave us, where they are there."""
    for path in sorted(SEEDS.glob("0*.md")):
        ran, hidden = walked(path)
        print(f"# {path.name}: {ran} steps with secrets were run, {hidden} places hidden",
              flush=True)


main("samples", [own_sample, given_samples])
