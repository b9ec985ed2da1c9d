# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in a real keyring: moved out of runbooks, lent to commands, and kept nowhere else."""

import base64
import os
import shlex
import signal
import subprocess
import threading
import urllib.parse
from pathlib import Path

from harness import Workspace, expect, main
from keyring import Keyring

PASSWORD = "Tr0ub+dor/3%x"
TOKEN = "tok-5f/e9+77%aa1"
SEEDS = sorted(Path(__file__).resolve().parents[3].parent.glob("shared/seeds/0*.md"))

# The kinds of the samples that people gave us, and one that only an argument takes.
RUNBOOK = f"""# Runbook: Secrets

## Deployment

### Step 1: Back up

```bash
cd DIR
mysqldump -u shop -p{PASSWORD} \\
  shop
COUNT=$(mysql -u shop -p{PASSWORD} -h 127.0.0.1 -e "SELECT 1" 2>&1 | wc -l)
echo "$COUNT lines"
```

### Step 2: Ask

```bash
curl -s -H "Authorization: Bearer {TOKEN}" \\
  http://127.0.0.1:9/
sh -c 'mysql -u shop -p{PASSWORD} -e "SHOW"'
export API_TOKEN={TOKEN}
export COPY="$API_TOKEN" COLOUR=green
```

### Step 3: Go on

```bash
echo "it is <$COPY> and $COLOUR"
```

## Notes

The password is {PASSWORD}.
"""

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
    """With stand-ins for programs that take passwords."""

    def __enter__(self):
        super().__enter__()
        self.bin = self.top / "bin"
        self.bin.mkdir()
        self.environ["PATH"] = f"{self.bin}:{self.environ['PATH']}"
        self.sampled = self.top / "sampled"
        for name in ["mysql", "mysqldump", "curl"]:
            (self.bin / name).write_text(STAND_IN.replace("SAMPLED", str(self.sampled)))
            (self.bin / name).chmod(0o755)
        return self

    def run_input(self, text, *words, status=0):
        done = subprocess.run(self.command(*words), input=text.encode(), capture_output=True,
                              timeout=60, check=False, env=self.environ)
        expect(done.returncode == status, f"{words}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def move(self, path):
        new = self.top / "moved.md"
        self.run("runbook", "secrets", path, "--move", "--yes", "--output", new, "--environment",
                 "staging")
        return new


class Sampler(threading.Thread):
    """Reads the argument lists of all processes, and lets each stand-in go on once it was seen."""

    def __init__(self, workspace):
        super().__init__(daemon=True)
        self.sampled = workspace.sampled
        self.bin = os.fsencode(workspace.bin)
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
        except OSError:
            return
        self.seen.add(line)
        for name in ["mysqldump", "mysql", "curl"]:
            if self.bin + b"/" + name.encode() + b"\0" in line:
                Path(f"{self.sampled}.{name}").touch()

    def stop(self):
        self.over.set()
        self.join()
        return self.seen


def secrets_are_set_listed_and_removed():
    with WithPrograms() as w:
        w.run_input(PASSWORD + "\n", "secret", "set", "DB_PASSWORD", "--environment", "staging")
        w.run_input("line one\nline two\n", "secret", "set", "A_KEY")
        expect(w.run("secret", "list").out == "A_KEY\nDB_PASSWORD in staging\n")
        expect(w.json("secret", "list") == [{"name": "A_KEY", "environment": None},
                                            {"name": "DB_PASSWORD", "environment": "staging"}])
        w.run("secret", "remove", "A_KEY")
        w.run("secret", "remove", "A_KEY", status=2)
        w.run_input("x", "secret", "set", "lower", status=2)
        w.run_input("", "secret", "set", "EMPTY", status=2)
        check_tree(w.data, [PASSWORD])


def nothing_is_kept_without_a_keyring():
    with Workspace() as w:
        w.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        done = subprocess.run(w.command("secret", "set", "A"), input=b"value", check=False,
                              capture_output=True, env=w.environ)
        expect(done.returncode == 3 and b"Nothing was kept" in done.stderr, done.stderr)


def commands_get_what_was_moved():
    with WithPrograms() as w:
        path = w.write("clear.md", RUNBOOK)
        listed = w.run("runbook", "secrets", path, status=1).out
        expect("$COUNTERSIGN_SECRET_DB_PASSWORD" in listed, listed)
        check_none(listed.encode(), [PASSWORD, TOKEN], "the list")
        moved = w.move(path)
        text = moved.read_text()
        path.unlink()
        check_none(text.encode(), [PASSWORD, TOKEN], "the new version")
        expect(w.run("runbook", "secrets", moved).out == "")
        deployment = w.start(text)
        names = [entry["name"] for entry in w.json("secret", "list")]
        w.run("secret", "remove", names[1], "--environment", "staging")
        refused = w.run("deploy", "run", deployment, status=3)
        expect(f"needs the secret {names[1]}" in refused.out + refused.err, refused.err)
        w.run_input(PASSWORD, "secret", "set", names[1])
        sampler = Sampler(w)
        sampler.start()
        out = w.run("deploy", "run", deployment).out
        seen = sampler.stop()
        expect(out.count("plain [redacted]") == 3, out)
        expect("it is <[redacted]> and green" in out, out)
        expect("nothing was given" not in out, out)
        expect(any(b"mysqldump" in line for line in seen))
        secrets = [PASSWORD, TOKEN]
        check_none(out.encode(), secrets, "the output")
        check_none(b"\n".join(seen), secrets, "an argument list")
        check_none(w.run("deploy", "log", deployment, "--json").out.encode(), secrets, "the log")
        check_tree(w.data, secrets)
        check_tree(w.home, secrets)
        check_tree(w.work, secrets)
        w.run("audit", "verify")


def what_stands_in_clear_text_is_not_shown():
    with WithPrograms() as w:
        deployment = w.start(f"# Runbook: Clear\n\n## Deployment\n\n### Step 1: Say\n\n```bash\n"
                             f"export DB_PASSWORD={PASSWORD}\n"
                             f"for i in $(seq 1 $((${{#DB_PASSWORD}} - 1))); do\n"
                             f"  printf 'a %s' \"${{DB_PASSWORD:0:i}}\"; sleep 0.06\n"
                             f"  printf '%s z\\n' \"${{DB_PASSWORD:i}}\"\ndone\n```\n")
        out = w.run("deploy", "run", deployment).out
        expect(out.count("a [redacted] z\n") == len(PASSWORD) - 1, out)
        check_none(out.encode(), [PASSWORD], "the output")


def nothing_of_a_sample_remains():
    """The runbooks that people gave us, where they are there."""
    for seed in SEEDS:
        with WithPrograms() as w:
            done = subprocess.run(w.command("runbook", "secrets", seed), check=False,
                                  capture_output=True, env=w.environ)
            if done.returncode == 0:
                continue
            moved = w.move(seed)
            expect(w.run("runbook", "secrets", moved).out == "", seed.name)
            w.run("target", "add", "here", "--local")
            w.run("deploy", "start", moved, "--environment", "staging", "--target", "here",
                  "--reason", "a test")
            secrets = {"003": ["askproai_sample_pass_2024"], "002": ["test-key-123"],
                       "001": ["test-token-12345"]}.get(seed.name[:3], [])
            check_tree(w.data, secrets)
            check_none(moved.read_bytes(), secrets, "the new version")


main("secrets", [secrets_are_set_listed_and_removed, nothing_is_kept_without_a_keyring,
                 commands_get_what_was_moved, what_stands_in_clear_text_is_not_shown,
                 nothing_of_a_sample_remains])
