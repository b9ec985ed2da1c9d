# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in a real keyring: moved out of runbooks, lent to commands, and kept nowhere else."""

import resource
import subprocess
import time
from pathlib import Path

from harness import Workspace, expect, main
from programs import Sampler, WithPrograms, check_none, check_tree

PASSWORD = "Tr0ub+dor/3%x"
TOKEN = "tok-5f/e9+77%aa1"

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

# What people type: values, and where a command goes.
TYPED = """# Runbook: Typed

## Preparation

### Step 1: Go in

```bash
mkdir -p "DIR/$COUNTERSIGN_SECRET_DB_PASSWORD" && cd "DIR/$COUNTERSIGN_SECRET_DB_PASSWORD"
```

## Approval

**Deployment Approved By**:

- Tech Lead: _________________ Date: _________ Time: _________

## Deployment

### Step 1: Look and go out

```bash
cd DIR && echo out
```

### Step 2: Use

```bash
echo {{api_token}} {{shop_db}} {{db_host}}
```

## Rollback Procedure

### Step 1: Undo it

```bash
true
```
"""
CORE = """# Runbook: Core

## Deployment

### Step 1: Look

```bash
ulimit -Sc >DIR/limit
until [ -e DIR/go ]; do sleep 0.02; done
```
"""

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


def what_people_type_is_not_kept():
    """Values are refused; reasons, comments and directories are recorded without what they hold."""
    with WithPrograms() as w:
        w.run_input(PASSWORD, "secret", "set", "DB_PASSWORD")
        deployment = w.start(TYPED)
        w.run("deploy", "run", deployment, status=3)
        for value in (f"api_token={TOKEN}", f"shop_db={PASSWORD}",
                      "db_host=mysql://shop:hunter2@db/"):
            refused = w.run("deploy", "set", deployment, value, status=5)
            expect("move it to the keyring" in refused.err, refused.err)
        w.run("deploy", "set", deployment, "api_token=", "shop_db=shop_2024",
              "db_host=ann@db.example.org")
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--name", "Anna", "--key",
              w.key(), "--comment", f"it is {PASSWORD}, I know")
        comment = w.json("deploy", "show", deployment)["signoffs"][0]["comment"]
        expect(comment == "it is [redacted], I know", comment)
        w.run("deploy", "run", deployment)
        log = w.json("deploy", "log", deployment)
        ended = [record["body"] for record in log if record["kind"] == "block-finished"]
        expect([body["status"] for body in ended] == [0, 0, 0], ended)
        started = [record["body"].get("cwd") for record in log if record["kind"] == "block-started"]
        expect(started[1] is None and started[2] == str(w.work), started)
        # A reason is given before anything is known of what the keyring holds, by its looks alone.
        w.run("deploy", "start", w.write("more.md", TYPED), "--environment", "staging", "--target",
              "here", "--reason", f"the new password={TOKEN} works")
        w.run("deploy", "rollback", deployment, "--reason", f"{PASSWORD} was wrong")
        secrets = [PASSWORD, TOKEN]
        check_tree(w.data, secrets)
        w.run("evidence", "export", deployment, "-o", w.top / "evidence")
        check_tree(w.top / "evidence", secrets)
        check_none(w.run("audit", "list", "--csv").out.encode(), secrets, "the history")
        w.run("audit", "verify")


def no_core_file_holds_memory():
    """Neither ours; what commands may write is their own affair."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    wanted = 4096 if limit[1] == resource.RLIM_INFINITY else min(limit[1], 4096)
    with Workspace() as w:
        deployment = w.start(CORE)
        run = subprocess.Popen(
            w.command("deploy", "run", deployment), env=w.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (wanted, limit[1])))
        while not (w.work / "limit").exists() and run.poll() is None:
            time.sleep(0.02)
        limits = Path(f"/proc/{run.pid}/limits").read_text()
        (w.work / "go").touch()
        out = run.communicate(timeout=60)[0]
        expect(run.returncode == 0, out)
        own = next(line.split()[4] for line in limits.splitlines() if "core file" in line)
        expect(own == "0", limits)
        expect((w.work / "limit").read_text().strip() == str(wanted // 1024), out)


main("secrets", [secrets_are_set_listed_and_removed, nothing_is_kept_without_a_keyring,
                 commands_get_what_was_moved, what_stands_in_clear_text_is_not_shown,
                 what_people_type_is_not_kept, no_core_file_holds_memory])
