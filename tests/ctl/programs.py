# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that tell what they were given, and the search for it in all that is left."""

import base64
import os
import shlex
import subprocess
import threading
import urllib.parse
from pathlib import Path

from harness import expect
from keyring import Keyring

# Prints what it was given, in all ways in which it may be written, once it has been looked at.
STAND_IN = """#!/bin/bash
until [ -e "SAMPLED.${0##*/}" ]; do sleep 0.02; done
value=$MYSQL_PWD
while [ $# -gt 0 ]; do
  case $1 in -H) value=$(cat "${2#@}"); value=${value##* }; shift ;; esac
  shift
done
[ -n "$value" ] || { echo "nothing was given"; exit 1; }
export value
printf 'plain %s\\nquoted %q\\nbase64 ' "$value" "$value"
printf %s "$value" | base64 -w0
python3 -c 'import os, urllib.parse
print("\\nurl", urllib.parse.quote(os.environ["value"], safe=""))
print("hex", os.environ["value"].encode().hex())'
"""


def forms(secret):
    data = secret.encode()
    return {data, base64.b64encode(data).rstrip(b"="), shlex.quote(secret).encode(),
            urllib.parse.quote(secret, safe="").encode(), data.hex().encode(),
            urllib.parse.quote_plus(secret).encode()}


def check_none(data, secrets, where):
    for secret in secrets:
        for form in forms(secret):
            expect(form not in data, f"{where} holds a secret")


def check_tree(top, secrets):
    for path in Path(top).rglob("*"):
        if path.is_file():
            check_none(path.read_bytes(), secrets, path)
            check_none(os.fsencode(path.name), secrets, "a name")


class WithPrograms(Keyring):
    """With a place for stand-ins of programs, and those that take passwords."""

    def __enter__(self):
        self.bin = self.top / "bin"
        self.bin.mkdir()
        super().__enter__()
        self.environ["PATH"] = f"{self.bin}:{self.environ['PATH']}"
        self.sampled = self.top / "sampled"
        for name in ["mysql", "mysqldump", "curl"]:
            (self.bin / name).write_text(STAND_IN.replace("SAMPLED", str(self.sampled)))
            (self.bin / name).chmod(0o755)
        return self

    def run_input(self, text, *words, status=0):
        done = subprocess.run(self.command(*words), input=text.encode(), capture_output=True,
                              timeout=60, check=False, env=self.environ, **self.who)
        expect(done.returncode == status, f"{words}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def move(self, path):
        new = self.top / "moved.md"
        self.run("runbook", "secrets", path, "--move", "--yes", "--output", new, "--environment",
                 "staging")
        return new


class Sampler(threading.Thread):
    """Reads the argument lists of all processes, and lets each stand-in go on once it was seen."""

    def __init__(self, workspace, names=("mysqldump", "mysql", "curl")):
        super().__init__(daemon=True)
        self.names = names
        self.sampled = workspace.sampled
        self.bin = os.fsencode(workspace.bin)
        self.top = os.fsencode(workspace.top)
        self.seen = set()
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            for entry in os.listdir("/proc"):
                if entry.isdigit():
                    self.sample(f"/proc/{entry}/cmdline")

    def sample(self, path):
        try:
            line = Path(path).read_bytes()
            # Other tests run at the same time, with secrets of their own.
            environ = Path(path.replace("cmdline", "environ"))
            if self.top not in line and self.top not in environ.read_bytes():
                return
        except OSError:
            return
        self.seen.add(line)
        for name in self.names if self.bin in line else []:
            if self.bin + b"/" + name.encode() + b"\0" in line:
                Path(f"{self.sampled}.{name}").touch()

    def stop(self):
        self.over.set()
        self.join()
        return self.seen
