#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment that is watched: a real service fails, an alarm counts down, the runbook's rollback
restores it; a person stops a countdown; a real Prometheus is asked."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from harness import Workspace, expect, main  # noqa: E402
from tampering import rewrite  # noqa: E402

# "current" is what the service serves; its releases lie beside it.
RUNBOOK = """# Runbook: Watched

## Deployment Steps

### Step 1: Switch to the new release

```bash
ln -sfn new DIR/current
```

## Monitoring

### Automatic Rollback Triggers

- Health check failures (3 consecutive)
- Error rate >10% for 5 minutes
- Response time >2s for 5 minutes

### Escalation Contacts

#### Level 1 - Operations (0-15 min)

- Primary: operations on call
- Backup: the channel of operations

#### Level 2 - Tech lead (15-30 min)

- Name: Ada

## Rollback Procedure

### Step 1: Switch back

```bash
ln -sfn old DIR/current
```

### Step 2: Look

```bash
cat DIR/current/health
```
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """Python's own HTTP server, which serves whatever release "current" points to."""

    def __init__(self, directory):
        for name in ("old", "new"):
            (directory / name).mkdir()
            (directory / name / "health").write_text("well\n")
        (directory / "current").symlink_to("old")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/current/health"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(self.port)],
            cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.status() == 200)

    def status(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/current/health")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, "waited in vain")
        time.sleep(0.05)


def begin(space, service, *, consent=True):
    """A deployment that has run its step and is to be watched."""
    deployment = space.start(RUNBOOK)
    space.run("deploy", "run", deployment, status=3)  # what comes then is for people
    space.run("watch", "probe", deployment, "Health", "--http", service.url, "--every", "1s",
              "--timeout", "1s")
    line = next(number for number, text in enumerate(RUNBOOK.splitlines(), 1)
                if "Health check failures" in text)
    space.run("watch", "threshold", deployment, "Health", "--line", line)
    if consent:
        key = space.key()
        space.run("person", "add", "--key", key, "--name", "Ada")
        space.run("watch", "consent", deployment, "--countdown", "10s", "--key", key)
    return deployment


def run_in_background(space, deployment):
    return subprocess.Popen(space.command("watch", "run", deployment), env=space.environ,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True)


def alarms(space, deployment):
    return space.json("watch", "report", deployment)["alarms"]


def by_hand(folder):
    return subprocess.run(["bash", "verify.sh"], cwd=folder, capture_output=True, text=True,
                          check=False)


def check_evidence(space, deployment):
    """Alarms and consents are part of the evidence, and held to who signed, by hand as well."""
    folder = space.work / "evidence"
    space.run("evidence", "export", deployment, "-o", folder)
    space.run("evidence", "verify", folder)
    lines = (folder / "records" / "watch.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    expect("watch-consented" in kinds and "watch-alarm-fired" in kinds, kinds)
    checked = by_hand(folder)
    expect(checked.returncode == 0, checked.stdout)


def check_report(space, deployment):
    """Verdicts and alarms, with their times and what became of them, for those who ask why."""
    lines = (space.work / "evidence" / "records" / "watch.jsonl").read_text().splitlines()
    raised = [record["body"]["at"].replace("T", " ")[:19] for record in map(json.loads, lines)
              if record["kind"] == "watch-alarm-raised"][0]
    text = space.run("deploy", "report", deployment).out
    watch = text.split("\n## Watch\n", 1)[1].split("\n## ", 1)[0]
    expect("| good |" in watch and "| bad |" in watch, watch)
    alarm = watch.split("\n| Alarm |", 1)[1].splitlines()[2:]
    expect(alarm[0].startswith(f"| {raised} | "), f"{raised}: {watch}")
    expect("| rollback |" in alarm[0] and "led to the rollback on" in alarm[0],
           watch)
    timeline = text.split("\n## Timeline\n", 1)[1].split("\n## ", 1)[0]
    expect("**alarm " in timeline and "agreed that the program" in timeline, timeline)
    expect(timeline.index("**alarm ") < timeline.index("began to roll back"), timeline)
    expect("- Why: alarm " in text.split("\n## Open questions\n", 1)[1], text)
    path = space.work / "sheet.pdf"
    space.run("evidence", "sheet", deployment, "-o", path)
    for sheet in path, space.work / "evidence" / "sheet.pdf":
        shown = subprocess.run(["pdftotext", "-layout", str(sheet), "-"], capture_output=True,
                               text=True, check=True).stdout
        expect("Watched afterwards" in shown and "ALARM" in shown, shown)
        expect("led to the rollback" in " ".join(shown.split()), shown)


def check_forged_consent(space, deployment):
    """What was consented to is changed, with all hashes right again."""
    def change(kind, body):
        if kind == "watch-consented":
            body["countdown"] = 1

    rewrite(space, f"watch/deployment/{deployment}", change)
    folder = space.work / "forged"
    space.run("evidence", "export", deployment, "-o", folder)
    refused = space.run("evidence", "verify", folder, status=1)
    expect("watch/deployment" in refused.out and "counts for nothing" in refused.out, refused.out)
    checked = by_hand(folder)
    expect(checked.returncode == 1, checked.stdout)
    expect("watch.jsonl: record" in checked.stdout, checked.stdout)
    expect("says something else than what was signed" in checked.stdout, checked.stdout)


def test_rollback():
    with Workspace() as space, Service(space.work) as service:
        deployment = begin(space, service)
        expect(space.json("watch", "report", deployment)["consent_to"] == "Rollback Procedure")
        watching = run_in_background(space, deployment)
        wait_until(lambda: space.json("watch", "report", deployment)["thresholds"][0]["verdict"]
                   == "good")
        (space.work / "new" / "health").unlink()
        out, _ = watching.communicate(timeout=120)
        expect(watching.returncode == 1, out)
        expect("ALARM" in out and "Call now: Level 1 - Operations" in out, out)
        expect("operations on call" in out, out)
        expect(os.readlink(space.work / "current") == "old", out)
        expect(service.status() == 200)
        found = alarms(space, deployment)
        expect([alarm["state"] for alarm in found] == ["fired"], found)
        expect(found[0]["fired"] >= found[0]["fires"] > found[0]["raised"], found)
        shown = space.json("deploy", "show", deployment)
        expect(shown["status"] == "rolling-back", shown["status"])
        expect(all(step["status"] == "passed" for phase in shown["rollbacks"]
                   for step in phase["steps"]), shown["rollbacks"])
        space.run("audit", "verify")
        check_evidence(space, deployment)
        check_report(space, deployment)
        # The consent is used up, and a second program finds nothing left to begin.
        expect(space.json("watch", "report", deployment)["consent_by"] is None)
        space.run("watch", "run", deployment, "--for", "3s")
        expect(len(alarms(space, deployment)) == 1)
        check_forged_consent(space, deployment)


def test_stop():
    with Workspace() as space, Service(space.work) as service:
        deployment = begin(space, service)
        (space.work / "new" / "health").unlink()
        watching = run_in_background(space, deployment)
        wait_until(lambda: alarms(space, deployment))
        space.run("watch", "stop", deployment, status=2)
        space.run("watch", "stop", deployment, "--reason", "known, ends at noon")
        space.run("watch", "acknowledge", deployment)
        found = alarms(space, deployment)[0]
        expect(found["state"] == "stopped" and found["stop_reason"] == "known, ends at noon", found)
        space.run("watch", "run", deployment, status=5)  # the first program still watches
        time.sleep(11)
        expect(alarms(space, deployment)[0]["state"] == "stopped")
        (space.work / "new" / "health").write_text("well\n")
        wait_until(lambda: alarms(space, deployment)[0]["state"] == "settled")
        watching.send_signal(signal.SIGINT)
        out, _ = watching.communicate(timeout=30)
        expect(watching.returncode == 0, out)
        expect(space.json("deploy", "show", deployment)["status"] == "active")
        space.run("watch", "end", deployment)
        space.run("watch", "probe", deployment, "More", "--http", service.url, status=5)


def test_alarm_alone():
    """Nobody consented: people are called, nothing is rolled back."""
    with Workspace() as space, Service(space.work) as service:
        deployment = begin(space, service, consent=False)
        (space.work / "new" / "health").unlink()
        space.run("watch", "run", deployment, "--for", "8s")
        found = alarms(space, deployment)
        expect([alarm["state"] for alarm in found] == ["raised"], found)
        expect(found[0]["fires"] is None, found)
        expect(space.json("deploy", "show", deployment)["status"] == "active")


def test_killed():
    """The program dies in the countdown; the next one goes on with it."""
    with Workspace() as space, Service(space.work) as service:
        deployment = begin(space, service)
        (space.work / "new" / "health").unlink()
        watching = run_in_background(space, deployment)
        wait_until(lambda: alarms(space, deployment))
        watching.kill()
        watching.communicate()
        expect(alarms(space, deployment)[0]["state"] == "counting")
        space.run("watch", "run", deployment, "--for", "60s", status=1)
        expect(os.readlink(space.work / "current") == "old")
        expect([alarm["state"] for alarm in alarms(space, deployment)] == ["fired"])


def test_usage():
    with Workspace() as space, Service(space.work) as service:
        deployment = space.start(RUNBOOK)
        listed = space.run("watch", "suggest", deployment).out
        expect("Error rate > 10 % for 5 min" in listed, listed)
        expect("Response time > 2 s for 5 min" in listed, listed)
        space.run("watch", "run", deployment, status=5)
        space.run("watch", "probe", deployment, "Health", "--http", "ftp://x", status=2)
        space.run("watch", "probe", deployment, "Health", status=2)
        told = space.run("watch", "probe", deployment, "Health", "--http", "http://a:b@x/",
                         status=2)
        expect("keyring" in told.err, told.err)
        space.run("watch", "consent", deployment, "--key", space.key(), status=2)
        space.run("watch", "probe", deployment, "Health", "--http", service.url)
        space.run("watch", "threshold", deployment, "Nothing", "x", "--if", "> 1", status=2)
        space.run("watch", "threshold", deployment, "Health", "x", "--if", "many", status=2)
        space.run("watch", "threshold", deployment, "Health", "Slow", "--if", "> 2 MB", "--of",
                  "time", status=2)
        space.run("watch", "threshold", deployment, "Health", "Slow", "--if", "> 200 ms", "--of",
                  "time", "--statistic", "p95", "--for", "1m", "--severity", "critical")
        shown = space.run("watch", "report", deployment).out
        expect("[critical] Slow > 200 ms for 1 min: not judged" in shown, shown)
        space.run("watch", "remove", deployment, "c1")
        space.run("watch", "remove", deployment, "c1", status=2)


def test_prometheus():
    with Workspace() as space:
        port = free_port()
        config = space.top / "prometheus.yml"
        config.write_text(f"global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: self\n"
                          f"  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n")
        server = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
             f"--storage.tsdb.path={space.top / 'tsdb'}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deployment = space.start(RUNBOOK)
            url = f"http://127.0.0.1:{port}"
            space.run("watch", "probe", deployment, "Up", "--prometheus", url, "--query",
                      "sum(up)", "--every", "1s", "--timeout", "1s")
            space.run("watch", "probe", deployment, "Errors", "--prometheus", url, "--query",
                      "sum(rate(nothing_total[1m])) / 0", "--every", "1s", "--timeout", "1s")
            space.run("watch", "probe", deployment, "Divided", "--prometheus", url, "--query",
                      "scalar(sum(up)) / 0 - scalar(sum(up)) / 0", "--every", "1s",
                      "--timeout", "1s")
            for probe in ("Up", "Errors", "Divided"):
                space.run("watch", "threshold", deployment, probe, probe, "--if", "< 1", "--of",
                          "value", "--times", "3", "--severity", "rollback")
            watching = run_in_background(space, deployment)
            wait_until(lambda: space.json("watch", "report", deployment)["thresholds"][0]["verdict"]
                       == "good")
            server.kill()
            wait_until(lambda: space.json("watch", "report", deployment)["thresholds"][0]["verdict"]
                       == "error", seconds=120)
            watching.send_signal(signal.SIGTERM)
            out, _ = watching.communicate(timeout=30)
            expect("Errors: the query finds no series" in out, out)
            expect("Divided: the query gives NaN" in out, out)
            expect(alarms(space, deployment) == [], out)
        finally:
            server.kill()
            server.wait()


main("watch", [test_rollback, test_stop, test_alarm_alone, test_killed, test_usage,
               test_prometheus])
