# SPDX-License-Identifier: GPL-3.0-or-later
"""A value that a command printed, taken by itself and by a person."""

from harness import ACTOR, Workspace, expect, main

TEXT = """# Values

## Deployment Steps

### Step 1: Look

```bash {capture=COMMIT}
echo 4f2a1b
```

```bash
echo made backup-17.sql in 3 s
```

### Step 2: Use

```bash
echo "<COMMIT> <BACKUP>" >> DIR/log
```
"""


def values(w, deployment):
    return {value["name"]: value for value in w.json("deploy", "show", deployment)["values"]}


def captured():
    with Workspace() as w:
        deployment = w.start(TEXT)
        w.run("deploy", "run", deployment, status=3)
        taken = values(w, deployment)["COMMIT"]
        expect(taken["value"] == "4f2a1b" and taken["source"]["block"] == "1.1.1", taken)
        expect(taken["source"]["line"] == 1 and taken["source"]["actor"] == ACTOR, taken)
        expect("4f2a1b  (printed by 1.1.1 in line 1)" in w.run("deploy", "show", deployment).out)
        w.run("deploy", "capture", deployment, "1.1.2", "BACKUP", "backup-18.sql", status=5)
        w.run("deploy", "capture", deployment, "1.1.9", "BACKUP", status=2)
        w.run("deploy", "capture", deployment, "1.1.2", "BACKUP", "backup-17.sql")
        record = w.json("deploy", "log", deployment)[-1]
        expect(record["kind"] == "value-set", record)
        expect(record["body"]["block"] == "1.1.2" and record["body"]["line"] == 1, record)
        w.run("deploy", "run", deployment)
        expect(w.log() == ["4f2a1b backup-17.sql"], w.log())
        w.run("audit", "verify")


main("capture", [captured])
