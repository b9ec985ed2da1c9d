# SPDX-License-Identifier: GPL-3.0-or-later
"""The incident report of a deployment that was rolled back, held to its records."""

import re
import subprocess

from harness import Workspace, expect, main

RUNBOOK = """# Runbook: Shop | *one*

## Preparation

### Step 1: Look

```bash
cd DIR
echo {{version}} | tee version
```

### Step 2: Tell people

Tell everybody.

## Approval

**Deployment Approved By**:

- Tech Lead: _________________ Date: _________ Time: _________

## Deployment Steps

### Step 1: Switch

```bash
false || exit 7
```

### Step 2: Look again

```bash
true
```

## Rollback Procedure

### Step 1: Put back

```bash
echo back | tee -a version
```

- [ ] The shop answers
- [ ] Orders come in
"""


def rolled_back(w):
    deployment = w.start(RUNBOOK)
    w.run("deploy", "set", deployment, "version=2.0 <beta>|x")
    w.run("deploy", "run", deployment, "1.1")
    w.run("deploy", "skip", deployment, "1.2", "--reason", "they know | already")
    w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--name", "Anna", "--key",
          w.key(), "--comment", "go")
    w.run("deploy", "run", deployment, "3.1", status=1)
    w.run("deploy", "report", deployment, status=2)
    w.run("deploy", "rollback", deployment, "--reason", "it exits with 7\n# not a heading")
    return deployment


def html(text):
    return subprocess.run(["cmark-gfm", "-e", "table", "-e", "tasklist"], input=text.encode(),
                          capture_output=True, check=True).stdout.decode()


def section(text, title):
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def filled():
    with Workspace() as w:
        deployment = rolled_back(w)
        open_yet = w.run("deploy", "report", deployment).out
        expect("The rollback is not over" in open_yet, open_yet)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "4.1.c1")
        w.run("deploy", "check", deployment, "4.1.c2")
        w.run("deploy", "close", deployment)
        path = w.top / "report.md"
        w.run("deploy", "report", deployment, "-o", path)
        text = path.read_text()
        log = w.json("deploy", "log", deployment)
        shown = html(text)
        expect(re.findall("<h2>(.*)</h2>", shown) ==
               ["Timeline", "Actions", "Versions", "Downtime", "Verification", "Open questions"],
               shown)
        title = w.json("deploy", "show", deployment)["title"]
        expect(re.findall("<h1>(.*)</h1>", shown) == [f"Incident report: {title}"], shown)
        # Each act is a line of the timeline, but for the beginnings of commands.
        acts = [record for record in log if record["kind"] != "block-started"]
        rows = section(text, "Timeline").strip().splitlines()[2:]
        expect(len(rows) == len(acts), text)
        for row, record in zip(rows, acts):
            expect(row.count(" | ") == 2, row)
            expect(record["actor"].replace("_", "\\_") in row.replace("\\@", "@"), row)
        expect("they know \\| already" in text and "<p>it exits" not in shown, text)
        ended = [record for record in log if record["kind"] == "block-finished"]
        actions = section(text, "Actions").strip().splitlines()[2:]
        expect(len(actions) == len(ended) == 3, text)
        expect("FAILED: exited with status 7" in actions[1] and "(rollback)" in actions[2], actions)
        runbook = log[0]["body"]["runbook"]
        expect(runbook in section(text, "Versions"))
        expect("2.0 &lt;beta&gt;|x" in shown, shown)
        downtime = section(text, "Downtime")
        seconds = (log[-1]["at"] - ended[1]["at"]) // 10 ** 6
        expect(f"**{seconds} s** later" in downtime and "status 7" in downtime, downtime)
        verification = section(text, "Verification")
        expect("[x] The shop answers (anna@example.org" in verification, verification)
        questions = section(text, "Open questions")
        expect("Why: a command of step 3.1" in questions and "Was it right: skipped" in questions)
        expect(log[-1]["hash"] in text, "it names the head")


main("report", [filled])
