# SPDX-License-Identifier: GPL-3.0-or-later
"""`deploy run` killed (SIGKILL) at random moments: nothing is lost, nothing runs twice."""

import random
import signal
import subprocess
import time

from harness import Workspace, expect, main

KILLS = 50
STEPS = 12
# The last line of each step takes time, so that kills hit commands at work, too.
STEP = """
### Step {n}: Number {n}

```bash
echo {n} >> DIR/log
sleep 0.02
echo output of {n}
```
"""


def runbook():
    steps = "".join(STEP.format(n=n) for n in range(1, STEPS + 1))
    return "# Killed\n\n## Deployment Steps\n" + steps


def run_and_kill(workspace, deployment, after):
    """Gives how many steps it said were done before it was killed, and its status."""
    with subprocess.Popen(workspace.command("deploy", "run", deployment), env=workspace.environ,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        try:
            _, err = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            _, err = process.communicate()
    return err.count(b"== passed"), process.returncode


def records_of(workspace, deployment):
    return workspace.json("deploy", "log", deployment)


def check_after_kill(workspace, deployment, passed_before, told):
    """What was acknowledged is there; a command without end is shown as interrupted."""
    records = records_of(workspace, deployment)
    passed = [r for r in records if r["kind"] == "block-finished" and r["body"]["passed"]]
    expect(len(passed) >= passed_before + told,
           f"{told} were told, {passed_before} were before, {len(passed)} are recorded")
    ended = {r["body"]["run"] for r in records
             if r["kind"] in ("block-finished", "block-not-started")}
    open_runs = {r["body"]["run"] for r in records if r["kind"] == "block-started"} - ended
    shown = {block["run"] for step in workspace.steps(deployment).values()
             for block in step["blocks"] if block["status"] == "interrupted"}
    expect(shown == open_runs, f"shown as interrupted: {shown}, without end: {open_runs}")
    workspace.run("audit", "verify")
    return len(passed), bool(open_runs)


def recover(workspace, deployment, interrupted):
    if interrupted:
        refused = workspace.run("deploy", "run", deployment, status=3)
        expect("recover" in refused.err, refused.err)
    workspace.run("deploy", "recover", deployment)
    states = [block["status"] for step in workspace.steps(deployment).values()
              for block in step["blocks"]]
    expect("interrupted" not in states and "failed" not in states, states)
    expect(not [r for r in records_of(workspace, deployment) if r["kind"] == "block-unknown"])


def kill_until_done(workspace, deployment, duration, kills):
    passed = 0
    while True:
        told, status = run_and_kill(workspace, deployment, random.uniform(0, duration))
        if status == 0:
            break
        expect(status == -signal.SIGKILL, f"status {status}")
        kills["all"] += 1
        passed, interrupted = check_after_kill(workspace, deployment, passed, told)
        kills["in a command"] += interrupted
        recover(workspace, deployment, interrupted)
    return passed


def check_done(workspace, deployment):
    workspace.run("deploy", "close", deployment)
    workspace.run("audit", "verify")
    expected = [str(n) for n in range(1, STEPS + 1)]
    expect(workspace.log() == expected, f"each once and in order, not {workspace.log()}")
    finished = [r for r in records_of(workspace, deployment) if r["kind"] == "block-finished"]
    expect(len(finished) == STEPS)


def random_moments():
    kills = {"all": 0, "in a command": 0}
    with Workspace() as w:
        deployment = w.start(runbook())
        begun = time.monotonic()
        w.run("deploy", "run", deployment)
        duration = time.monotonic() - begun
        check_done(w, deployment)
        while kills["all"] < KILLS:
            (w.work / "log").unlink()
            deployment = w.start(runbook())
            kill_until_done(w, deployment, duration / 2, kills)
            check_done(w, deployment)
    print(f"# {kills}", flush=True)
    expect(kills["in a command"] > 0, "no kill hit a command at work")


main("kill", [random_moments])
