# SPDX-License-Identifier: GPL-3.0-or-later
"""Promotions that are planned for a time: carried out once by a program that runs, suspended once
anything changes that they rest on."""

import datetime
import os
import random
import signal
import subprocess
import time

from harness import Workspace, expect, main
from rollouts import (COMPANIES, Service, Watching, companies, gates, here, records, wait_until)

KEY = "phonetic-matching"


def moment(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def planned(w):
    return w.json("flag", "show", KEY)["schedule"]


def stage(w):
    return w.json("flag", "show", KEY)["stage"]


def carried_out():
    """At its time, and not before; by the program that runs."""
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", KEY)
        w.run("rollout", "schedule", KEY, "--at", "yesterday", status=2)
        w.run("rollout", "schedule", KEY, "--at", moment(-60), status=2)
        w.run("rollout", "schedule", KEY, "--at", moment(600), "--stage", "Everyone", status=5)
        w.run("rollout", "unschedule", KEY, "--reason", "nothing is planned", status=2)
        w.run("rollout", "schedule", KEY, "--at", "2100-01-01T06:00", "--reason", "some day")
        shown = planned(w)
        expect(shown["stage"] == "s2" and shown["suspended"] is None, shown)
        expect(shown["at"].startswith("2099-12-31") or shown["at"].startswith("2100-01-01"), shown)
        w.run("rollout", "unschedule", KEY, "--reason", "that is late")
        expect(planned(w) is None)
        # In its own words, but for a secret.
        w.run("rollout", "schedule", KEY, "--at", moment(4), "--reason",
              "the night shift, password=hunter2-hunter2")
        application.expect("false", "15")
        with Watching(w, f"rollout/{KEY}"):
            wait_until(lambda: stage(w) == "s2")
        application.expect("false", "15,42,103")
        expect(planned(w) is None)
        begun = records(w, "change-begun")
        expect(len(begun) == 2 and "schedule" in begun[0]["body"], begun)
        expect(begun[0]["body"]["reason"].startswith("the night shift"), begun[0])
        expect("hunter2" not in w.run("audit", "list", "--limit", "1000", "--json").out)
        said = (w.top / "watching").read_text()
        expect("promoted, as planned" in said, said)
        w.run("audit", "verify")


def suspended():
    """Whatever it rests on changes: it is not carried out, and says why."""
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", KEY)
        good = application.settings.read_bytes()

        def plan(seconds=86400):
            w.run("rollout", "schedule", KEY, "--at", moment(seconds))
            expect(planned(w)["suspended"] is None)

        def expect_suspended(words):
            shown = planned(w)
            expect(shown["suspended"] is not None and words in shown["suspended"], shown)

        plan()
        w.run("flag", "pin", KEY, "--in", "7")
        expect_suspended("has pinned companies")
        plan()
        w.run("flag", "change", KEY, "--description", "other words")
        expect_suspended("has changed the flag")
        plan()
        w.run("rollout", "kill", KEY, "--reason", "a test")
        expect_suspended("has switched it")
        w.run("flag", "pin", KEY)
        w.run("rollout", "promote", KEY)
        expect(stage(w) == "s1" and application.settings.read_bytes() == good)
        plan()
        application.change(good.replace(b'"15"', b'"15,7"'))
        w.run("flag", "verify", KEY, status=1)
        expect_suspended("by hand")
        w.run("flag", "restore", KEY, "--reason", "a test")
        # What is not in the flag's own records is seen by the program that runs.
        plan()
        companies(w, (7, 15, 42, 103, 104))
        with Watching(w, f"rollout/{KEY}"):
            wait_until(lambda: planned(w)["suspended"] is not None)
        expect_suspended("companies, or for whom it is on, have changed")
        companies(w)
        plan()
        w.run("watch", "probe", f"rollout/{KEY}", "Errors", "--http", "http://127.0.0.1:1/",
              "--value", "/errors", "--unit", "%", "--every", "2s", "--timeout", "2s")
        w.run("watch", "threshold", f"rollout/{KEY}", "Errors", "Error rate", "--if", "> 0.5 %",
              "--of", "value", "--severity", "warning")
        with Watching(w, f"rollout/{KEY}"):
            wait_until(lambda: planned(w)["suspended"] is not None)
        expect_suspended("guardrails of the stage have changed")
        expect(stage(w) == "s1")
        application.expect("false", "15")
        w.run("audit", "verify")


def signed():
    """A signature that it rests on is taken back; one that is missing is asked for at that time."""
    stages = ("Test company | 15 | sign=Tech lead", "Expanded | 15,42,103 | sign=Tech lead")
    with Workspace() as w:
        application = here(w, stages=stages)
        anna, paul = w.key("anna"), w.key("paul")
        w.run("person", "add", "--key", anna, "--name", "Anna")
        w.run("person", "grant", "anna@example.org", "Manager", "--key", anna)
        w.run("person", "add", "paul@example.org", f"{paul}.pub", "--name", "Paul", "--key", anna)
        w.run("person", "grant", "paul@example.org", "Tech lead", "--key", anna)
        w.run("rollout", "sign", KEY, "--role", "Tech lead", "--key", paul)
        w.run("rollout", "schedule", KEY, "--at", moment(86400))
        w.run("rollout", "sign", KEY, "--role", "Tech lead", "--key", paul, "--reject",
              "--comment", "not on a Friday, token=abcdefghijklmnop123456")
        expect("has rejected it" in planned(w)["suspended"], planned(w))
        expect("abcdefghijklmnop123456" not in w.run("audit", "list", "--json").out)
        w.run("rollout", "schedule", KEY, "--at", moment(86400), status=5)
        w.run("rollout", "sign", KEY, "--role", "Tech lead", "--key", paul)
        w.run("rollout", "schedule", KEY, "--at", moment(3))
        with Watching(w, f"rollout/{KEY}"):
            wait_until(lambda: stage(w) == "s1")
        application.expect("false", "15")
        # Missing when it is due: it waits, says for whom, and goes on once they have signed.
        w.run("rollout", "schedule", KEY, "--at", moment(3))
        with Watching(w, f"rollout/{KEY}") as watching:
            wait_until(lambda: "signature of a Tech lead" in watching.log.read_text())
            expect(stage(w) == "s1")
            w.run("rollout", "sign", KEY, "--role", "Tech lead", "--key", paul)
            wait_until(lambda: stage(w) == "s2")
        w.run("audit", "verify")


def inconclusive():
    """Guardrails that nobody can judge: what is due waits, and says why; a bad one suspends it."""
    stages = ("Test company | 15 | soak=1s", "Expanded | 15,42,103")
    service = Service()
    service.rate = "null"
    with Workspace() as w:
        application = here(w, stages=stages)
        watch = f"rollout/{KEY}"
        w.run("watch", "probe", watch, "Errors", "--http", service.url, "--value", "/errors",
              "--unit", "%", "--every", "2s", "--timeout", "2s")
        w.run("watch", "threshold", watch, "Errors", "Error rate", "--if", "> 0.5 %", "--of",
              "value", "--severity", "warning")
        w.run("rollout", "promote", KEY)
        w.run("rollout", "schedule", KEY, "--at", moment(3))
        with Watching(w, watch) as watching:
            wait_until(lambda: "due  waits: " in watching.log.read_text())
            wait_until(lambda: service.asked > 2)
            expect(stage(w) == "s1" and planned(w)["suspended"] is None)
            expect("not judged yet" in gates(w)["guardrail"], gates(w))
            application.expect("false", "15")
            service.rate = "0.1"
            wait_until(lambda: stage(w) == "s2")
        w.run("rollout", "back", KEY)
        w.run("rollout", "schedule", KEY, "--at", moment(86400))
        service.rate = "3.5"
        with Watching(w, watch):
            wait_until(lambda: planned(w)["suspended"] is not None)
        expect("is bad" in planned(w)["suspended"], planned(w))
        expect(stage(w) == "s1")


def never_twice():
    """The program dies around that time, and another one goes on: it is begun once at the most."""
    rounds = 20 if os.environ.get("COUNTERSIGN_SOAK") else 4
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", KEY)
        for number in range(rounds):
            w.run("rollout", "schedule", KEY, "--at", moment(3))
            with subprocess.Popen(w.command("watch", "run", f"rollout/{KEY}", "--every", "1s"),
                                  env=w.environ, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(1, 5))
                process.send_signal(signal.SIGKILL)
            with Watching(w, f"rollout/{KEY}"):
                # What was interrupted is settled by what is there; what was not begun, is done.
                wait_until(lambda: planned(w) is None and
                           not w.json("flag", "show", KEY)["changing"])
            if w.run("flag", "verify", KEY, status=None).returncode != 0:
                w.run("flag", "restore", KEY, "--reason", "a script had its say late")
            ids = [record["body"]["schedule"] for record in records(w, "change-begun")
                   if "schedule" in record["body"]]
            expect(len(ids) == len(set(ids)) == number + 1, ids)
            if stage(w) == "s2":
                application.expect("false", "15,42,103")
                w.run("rollout", "back", KEY)
            application.expect("false", "15")
        expect(COMPANIES.encode() in application.settings.read_bytes())
        w.run("audit", "verify")


if __name__ == "__main__":
    main("schedule", [carried_out, suspended, signed, inconclusive, never_twice])
