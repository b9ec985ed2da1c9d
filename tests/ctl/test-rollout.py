# SPDX-License-Identifier: GPL-3.0-or-later
"""A feature switched on company by company in a file of settings: over SSH, with what can go wrong
on the way."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time

from agent_server import Agent
from harness import Workspace, expect, main
from rollouts import (COMPANIES, ENABLED, SETTINGS, Application, Service, Watching, add, companies,
                      gates, here, records, wait_until)
from sshd import Sshd

KEY = "phonetic-matching"

def recorded(w):
    """For whom it is on by the newest change in the journal: its blob, as it stands there."""
    applied = records(w, "change-applied")[0]["body"]["change"]
    begun = next(record["body"] for record in records(w, "change-begun")
                 if record["body"]["change"] == applied)
    digest = begun["to"]["digest"]
    blobs = [path for path in w.data.rglob("*") if path.is_file() and
             hashlib.sha256(path.read_bytes()).hexdigest() == digest]
    expect(len(blobs) == 1, blobs)
    return blobs[0].read_text().split()


def seed():
    """Phase 10 of the runbook for phonetic matching, against settings on a server."""
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        w.run("target", "add", "web", "--ssh", server.destination, "--identity", server.identity)
        w.run("target", "trust", "web", "--fingerprint", server.fingerprint())
        application = Application(w.top / "application")
        table = ("+----+-------------+----------------+\n| id | name        | customer_count |\n"
                 "+----+-------------+----------------+\n"
                 + "".join(f"| {n} | Company {n} | {n} |\n" for n in (7, 15, 42, 103))
                 + "+----+-------------+----------------+\n")
        (w.top / "table").write_text(table)
        w.run("company", "import", "--target", "web", "--command", f"cat {w.top}/table")
        add(w, application)
        application.expect("false", "")
        planned = w.json("rollout", "plan", "phonetic-matching")
        expect([company["name"] for company in planned["added"]] == ["Company 15"], planned)
        expect(len(planned["writes"]) == 1 and "=\"15\"" in planned["writes"][0], planned)
        for number, (enabled, listed) in enumerate(
                (("false", "15"), ("false", "15,42,103"), ("true", "")), 1):
            w.run("rollout", "promote", "phonetic-matching", "--stage", f"s{number}")
            application.expect(enabled, listed)
            expect(application.loads() == number)
            expect(application.loaded() == application.settings.read_bytes())
            seen = application.sees()
            expect((seen[ENABLED], seen[COMPANIES]) == (enabled, listed), seen)
            expect(recorded(w) == (["everyone", "15", "42", "103", "7"] if number == 3 else
                                   ["listed", *listed.split(",")]), recorded(w))
            shown = w.json("flag", "show", "phonetic-matching")
            expect(shown["stage"] == f"s{number}", shown)
            expect(shown["everyone"] == (number == 3), shown)
            expect(shown["on"] == (["7", "15", "42", "103"] if number == 3 else listed.split(",")),
                   shown)
            expect(len(records(w, "change-applied")) == number)
            w.run("flag", "verify", "phonetic-matching")
        w.run("rollout", "back", "phonetic-matching")
        application.expect("false", "15,42,103")
        w.run("rollout", "kill", "phonetic-matching", "--reason", "it was a test")
        application.expect("false", "")
        expect(application.loads() == 5)
        w.run("rollout", "back", "phonetic-matching", status=5)
        expect(application.leftovers() == [], application.leftovers())
        journal = json.dumps(w.json("audit", "list", "--limit", "1000"))
        expect("pa$$ word" not in journal and "c2VjcmV0" not in journal)
        w.run("audit", "verify")


def agent():
    """The same through an agent: a file there, what has it loaded, what is seen; and flagd's."""
    with Workspace() as w, Agent(w) as server:
        server.add(w)
        application = Application(w.top / "application")
        companies(w)
        add(w, application)
        for number, (enabled, listed) in enumerate(
                (("false", "15"), ("false", "15,42,103"), ("true", "")), 1):
            w.run("rollout", "promote", "phonetic-matching")
            application.expect(enabled, listed)
            expect(application.loads() == number)
            w.run("flag", "verify", "phonetic-matching")
        application.change(application.settings.read_bytes().replace(b"=true", b"=false"))
        found = w.run("flag", "verify", "phonetic-matching", status=1)
        expect("It is on for nobody" in found.err, found.err)
        w.run("flag", "restore", "phonetic-matching", "--reason", "nobody signed that")
        application.expect("true", "")
        w.run("rollout", "kill", "phonetic-matching", "--reason", "a test")
        application.expect("false", "")
        expect(application.leftovers() == [], application.leftovers())
        flags = w.write("flags.json", '{"flags": {}}\n')
        w.run("flag", "add", "listed", "--provider", "flagd", "--target", "web", "--path", flags,
              "--stage", "Test | 15")
        w.run("rollout", "promote", "listed")
        expect('"15"' in flags.read_text())
        w.run("audit", "verify")


def from_runbook():
    """Flag and stages as the runbook for phonetic matching describes them."""
    # Repeated from that runbook: what its phase 10 says; F_ stands for the long names.
    text = """# Phonetic matching

## Phase 10: Controlled Feature Activation

### Step 10.1: Test Company Rollout (Week 1)

```bash
sed -i 's/F_TEST_COMPANIES=/F_TEST_COMPANIES=15/' .env
```

### Step 10.2: Expanded Rollout (Week 2-3)

```bash
sed -i 's/F_TEST_COMPANIES=15/F_TEST_COMPANIES=15,42,103/' .env
```

### Step 10.3: Full Rollout (Week 4)

```bash
sed -i 's/F_ENABLED=false/F_ENABLED=true/' .env
sed -i 's/F_TEST_COMPANIES=.*/F_TEST_COMPANIES=/' .env
```

## Appendix

```
F_ENABLED=false
F_TEST_COMPANIES=
```
""".replace("F_", "FEATURE_PHONETIC_MATCHING_")
    with Workspace() as w:
        w.run("target", "add", "here", "--local")
        application = Application(w.top / "application")
        companies(w)
        w.run("flag", "add", "phonetic-matching", "--runbook", w.write("runbook.md", text),
              "--target", "here", "--path", application.settings, "--reload", "./reload",
              "--readback", "./show")
        stages = w.json("flag", "show", "phonetic-matching")["stages"]
        expect([stage["cohort"] for stage in stages] == ["15", "15,42,103", "everyone"], stages)
        expect([stage["soak"] // 86400 for stage in stages] == [7, 14, 7], stages)
        w.run("rollout", "promote", "phonetic-matching")
        application.expect("false", "15")
        waits = w.run("rollout", "promote", "phonetic-matching", status=5)
        expect("of 7 d 0 h" in waits.err, waits.err)
        w.run("flag", "add", "b", "--runbook", w.write("other.md", "# Nothing\n"), "--target",
              "here", "--path", "/x", status=2)


def failures():
    """A reload that fails, an application that sees something else: what was there is put back."""
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", "phonetic-matching")
        before = application.settings.read_bytes()
        good = (application.directory / "reload").read_text()
        (application.directory / "reload").write_text(
            "#!/bin/sh\ncp .env loaded\n! grep -q 42 .env\n")
        failed = w.run("rollout", "promote", "phonetic-matching", status=1)
        expect("./reload" in failed.err and "status 1" in failed.err, failed.err)
        expect(application.settings.read_bytes() == before)
        expect(application.loaded() == before)
        expect(w.json("flag", "show", "phonetic-matching")["stage"] == "s1")
        expect(len(records(w, "change-undone")) == 1)
        # It says that it has loaded, and has not.
        (application.directory / "reload").write_text("#!/bin/sh\ntrue\n")
        failed = w.run("rollout", "promote", "phonetic-matching", status=1)
        expect(f"The application sees {COMPANIES}=15" in failed.err, failed.err)
        expect(application.settings.read_bytes() == before)
        # Putting it back fails as well: nobody knows, and it says so until it is verified.
        (application.directory / "reload").write_text("#!/bin/sh\nfalse\n")
        w.run("rollout", "promote", "phonetic-matching", status=1)
        expect(len(records(w, "change-failed")) == 1)
        refused = w.run("rollout", "promote", "phonetic-matching", status=5)
        expect("nobody knows what is there" in refused.err, refused.err)
        (application.directory / "reload").write_text(good)
        w.run("flag", "verify", "phonetic-matching")
        w.run("rollout", "promote", "phonetic-matching")
        application.expect("false", "15,42,103")
        # Off stays off, also when what follows fails.
        (application.directory / "reload").write_text("#!/bin/sh\nfalse\n")
        w.run("rollout", "kill", "phonetic-matching", "--reason", "a test", status=1)
        application.expect("false", "")
        expect("flag" not in w.run("rollout", "kill", "phonetic-matching", status=2).out)


def damaged():
    """Files that can't be understood are left alone, and say what is wrong with them."""
    cases = {
        f"A=1\n{COMPANIES}=15\n{COMPANIES}=42\n".encode(): "in lines 2 and 3",
        COMPANIES.encode() + b'="15\n42"\n': "where the value ends",
        COMPANIES.encode() + b"=15 42\n": "where the value ends",
        COMPANIES.encode() + b"=15;42\n": "is no id of a company",
        COMPANIES.encode() + b"=15\n" + ENABLED.encode() + b"=maybe\n": "neither true nor false",
    }
    with Workspace() as w:
        application = here(w)
        for settings, words in cases.items():
            application.settings.write_bytes(settings)
            failed = w.run("rollout", "promote", "phonetic-matching", status=2)
            expect(words in failed.err, failed.err)
            expect(application.settings.read_bytes() == settings)
        application.settings.unlink()
        failed = w.run("rollout", "promote", "phonetic-matching", status=2)
        expect("There is no file" in failed.err, failed.err)
        expect(w.json("flag", "show", "phonetic-matching")["stage"] is None)
        # Lines that are not there yet come to the end, also behind one without an end, and in a
        # file to which a link leads.
        real = w.top / "shared"
        real.write_bytes(b"A=1\r\nB=2")
        application.settings.symlink_to(real)
        w.run("rollout", "promote", "phonetic-matching")
        expect(real.read_bytes() == b"A=1\r\nB=2\n" + f"{ENABLED}=false\n{COMPANIES}=15\n".encode(),
               real.read_bytes())
        expect(application.settings.is_symlink())


class Crowd:
    """Others change what is not ours in a file, each time just when a program reads it."""

    def __init__(self, w, program, path, edit):
        self.turns = w.top / f"turns-{program}"
        script = w.top / f"bin-{program}" / program
        script.parent.mkdir()
        script.write_text(f"#!/bin/sh\n{shutil.which(program)} \"$@\"\nstatus=$?\n"
                          f"turns=$(cat {self.turns})\n"
                          "if [ \"$turns\" -gt 0 ]; then\n"
                          f"  echo $((turns - 1)) > {self.turns}\n"
                          f"  sed -i \"{edit}\" {path}\n"
                          "fi\nexit $status\n")
        script.chmod(0o755)
        self.environ = {"PATH": f"{script.parent}:{os.environ['PATH']}"}

    def run(self, w, turns, *words, status=0):
        self.turns.write_text(f"{turns}\n")
        done = w.run(*words, environ=self.environ, status=status)
        expect(int(self.turns.read_text()) == 0, self.turns.read_text())
        return done


def in_a_crowd():
    """Others change other parts of the file again and again, each time while it is read or between
    the reading and the writing: the kill switch works all the same, and so does a promotion."""
    with Workspace() as w:
        application = here(w)
        settings = application.settings
        crowd = Crowd(w, "awk", settings, "s/^# Application.*/# Application $turns/")
        for words, wanted in ((("promote", KEY), "15"), (("kill", KEY, "--reason", "now"), "")):
            crowd.run(w, 24, "rollout", *words)
            expect(f'{COMPANIES}="{wanted}"'.encode() in settings.read_bytes())
            expect(b"# Application 1\n" in settings.read_bytes())
        # Also what is put back.
        reload = application.directory / "reload"
        good = reload.read_text()
        reload.write_text(f"#!/bin/sh\ncp .env loaded\ngrep -q '\"15\"' .env || exit 0\n"
                          f"echo 8 > {crowd.turns}\nexit 1\n")
        crowd.run(w, 0, "rollout", "promote", KEY, status=1)
        expect(f'{COMPANIES}=""'.encode() in settings.read_bytes())
        expect(len(records(w, "change-undone")) == 1 and records(w, "change-failed") == [])
        reload.write_text(good)
        w.run("flag", "verify", KEY)
        in_a_crowded_list(w)


def in_a_crowded_list(w):
    path = w.write("flags.json", '{"flags": {}, "metadata": {"version": "0"}}\n')
    w.run("flag", "add", "listed", "--provider", "flagd", "--target", "here", "--path", path,
          "--stage", "Test | 15")
    # The size is asked for between the sum of the file and what it holds.
    crowd = Crowd(w, "wc", path, 's/version.*/version\\": \\"$turns\\"}}/')
    for words, wanted in ((("promote", "listed"), ["15"]),
                          (("kill", "listed", "--reason", "now"), [])):
        crowd.run(w, 12, "rollout", *words)
        found = json.loads(path.read_text())
        expect(found["metadata"]["version"] == "1", found)
        expect(w.json("flag", "show", "listed")["on"] == wanted)
        w.run("flag", "verify", "listed")
    expect(len(records(w, "change-undone")) == 1 and records(w, "change-failed") == [])


def drift():
    """Somebody changes it by hand: it is found, and both ways out work."""
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", "phonetic-matching")
        by_hand = application.settings.read_bytes().replace(b'"15"', b'"15,7"')
        application.change(by_hand)
        refused = w.run("rollout", "promote", "phonetic-matching", status=1)
        expect("by hand" in refused.err and "7, 15" in refused.err, refused.err)
        expect(application.settings.read_bytes() == by_hand)
        for _ in range(2):
            found = w.run("flag", "verify", "phonetic-matching", status=1)
            expect("on for 2 companies: 7, 15" in found.err, found.err)
        expect(len(records(w, "drift-found")) == 1)
        waits = w.run("rollout", "promote", "phonetic-matching", status=5)
        expect("Adopt that or restore" in waits.err, waits.err)
        w.run("flag", "restore", "phonetic-matching", status=2)
        w.run("flag", "restore", "phonetic-matching", "--reason", "nobody signed that")
        application.expect("false", "15")
        application.change(by_hand)
        w.run("flag", "verify", "phonetic-matching", status=1)
        w.run("flag", "adopt", "phonetic-matching", "--reason", "agreed by telephone")
        expect(application.settings.read_bytes() == by_hand)
        expect(w.json("flag", "show", "phonetic-matching")["on"] == ["7", "15"])
        w.run("flag", "verify", "phonetic-matching")
        w.run("flag", "adopt", "phonetic-matching", "--reason", "again", status=2)
        # Undone by hand as it was done: nothing is left to decide.
        application.change(SETTINGS)
        w.run("flag", "verify", "phonetic-matching", status=1)
        application.change(by_hand)
        w.run("flag", "verify", "phonetic-matching")
        expect(w.json("flag", "show", "phonetic-matching")["drift"] is None)


def signatures():
    """What is signed is this very change; who switches it does not approve it."""
    stages = ("Test company | 15 | sign=Tech lead", "Expanded | 50 % | soak=1h | sign=Tech lead")
    with Workspace() as w:
        application = here(w, stages=stages)
        anna, paul = w.key("anna"), w.key("paul")
        w.run("person", "add", "--key", anna, "--name", "Anna")
        w.run("person", "grant", "anna@example.org", "Manager", "--key", anna)
        w.run("person", "add", "paul@example.org",
              f"{paul}.pub", "--name", "Paul", "--key", anna)
        w.run("person", "grant", "paul@example.org", "Tech lead", "--key", anna)
        waits = w.run("rollout", "promote", "phonetic-matching", status=3)
        expect("The signature of a Tech lead over this very change is missing" in waits.err,
               waits.err)
        w.run("rollout", "sign", "phonetic-matching", "--role", "Tech lead", "--key", anna,
              status=5)
        w.run("rollout", "sign", "phonetic-matching", "--role", "Tech lead", "--key", paul,
              "--reject", "--comment", "not on a Friday")
        rejected = w.run("rollout", "promote", "phonetic-matching", status=3)
        expect("paul@example.org rejected" in rejected.err, rejected.err)
        w.run("rollout", "sign", "phonetic-matching", "--role", "Tech lead", "--key", paul)
        # Another list of companies is another change.
        companies(w, (7, 15, 42, 103, 200))
        w.run("rollout", "promote", "phonetic-matching", status=3)
        w.run("rollout", "sign", "phonetic-matching", "--role", "Tech lead", "--key", paul)
        # Who signed can't switch it alone.
        own = w.run("rollout", "promote", "phonetic-matching", status=5,
                    environ={"COUNTERSIGN_ACTOR": "paul@example.org"})
        expect("does not count" in own.err, own.err)
        w.run("rollout", "promote", "phonetic-matching")
        application.expect("false", "15")
        # The soak is not over, and nobody has signed: it can be overridden, signed, with a reason.
        waits = w.json("rollout", "plan", "phonetic-matching")
        expect([gate["gate"] for gate in waits["gates"]] == ["signoff"], waits)
        w.run("rollout", "promote", "phonetic-matching", "--override", "--key", paul, status=2)
        w.run("rollout", "promote", "phonetic-matching", "--override", "--reason", "a fair",
              "--key", paul, status=5)
        w.run("rollout", "promote", "phonetic-matching", "--override", "--reason", "a fair",
              "--key", anna)
        expect(len(w.json("flag", "show", "phonetic-matching")["on"]) == 3)
        expect(records(w, "rollout-overridden")[0]["body"]["reason"] == "a fair")
        w.run("audit", "verify")


def guardrails():
    """A stage soaks only while its guardrails are measured and good; drift is seen on the way."""
    stages = ("Test company | 15 | soak=2s", "Expanded | 15,42,103")
    service = Service()
    with Workspace() as w:
        application = here(w, stages=stages)
        watch = "rollout/phonetic-matching"
        w.run("watch", "probe", watch, "Errors", "--http", service.url, "--value", "/errors",
              "--unit", "%", "--every", "2s", "--timeout", "2s")
        w.run("watch", "threshold", watch, "Errors", "Error rate", "--if", "> 0.5 %", "--of",
              "value", "--severity", "warning")
        w.run("rollout", "promote", "phonetic-matching")
        found = gates(w)
        expect("not judged yet" in found["guardrail"] and "soak" in found, found)
        waits = w.run("rollout", "promote", "phonetic-matching", status=5)
        expect("has soaked for 0 s of 2 s" in waits.err, waits.err)
        # Without anyone who measures, no time counts.
        time.sleep(2.5)
        expect("soak" in gates(w))
        service.rate = "null"
        with Watching(w, watch):
            # Nothing to measure is no verdict.
            wait_until(lambda: service.asked > 2)
            found = gates(w)
            expect("not judged yet" in found["guardrail"] and "soak" in found, found)
            service.rate = "0.1"
            wait_until(lambda: gates(w) == {})
            w.run("watch", "run", watch, "--for", "1s", status=5)
            application.change(application.settings.read_bytes().replace(b'"15"', b'"42"'))
            wait_until(lambda: "drift" in gates(w))
            w.run("flag", "restore", "phonetic-matching", "--reason", "a test")
            wait_until(lambda: gates(w) == {})
        # A verdict that nobody upholds is none.
        wait_until(lambda: "nobody measures it now" in gates(w).get("guardrail", ""))
        w.run("rollout", "promote", "phonetic-matching", status=5)
        service.rate = "3.5"
        with Watching(w, watch):
            wait_until(lambda: "is bad" in gates(w).get("guardrail", ""))
            w.run("rollout", "promote", "phonetic-matching", status=5)
        w.run("watch", "report", watch)
        w.run("watch", "end", watch)


def killed():
    """The program dies at a random moment; what was begun is settled by what is there."""
    rounds = 40 if os.environ.get("COUNTERSIGN_SOAK") else 6
    with Workspace() as w:
        application = here(w)
        w.run("rollout", "promote", "phonetic-matching")
        begun = time.monotonic()
        w.run("rollout", "promote", "phonetic-matching")
        lasts = time.monotonic() - begun
        w.run("rollout", "back", "phonetic-matching")
        for _ in range(rounds):
            with subprocess.Popen(w.command("rollout", "promote", "phonetic-matching"),
                                  env=w.environ, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(0, lasts))
                process.send_signal(signal.SIGKILL)
            shown = w.json("flag", "show", "phonetic-matching")
            if shown["changing"]:
                waits = w.run("rollout", "promote", "phonetic-matching", status=3)
                expect("was interrupted" in waits.err, waits.err)
            # A script that runs yet on the target has its say first.
            for _ in range(50):
                done = subprocess.run(w.command("flag", "verify", "phonetic-matching"),
                                      env=w.environ, check=False, capture_output=True)
                if done.returncode == 0:
                    break
                time.sleep(0.1)
            expect(done.returncode == 0, done.stderr.decode())
            shown = w.json("flag", "show", "phonetic-matching")
            expect(not shown["changing"] and shown["stage"] in ("s1", "s2"), shown)
            application.expect("false", ",".join(shown["on"]))
            expect(application.loaded() == application.settings.read_bytes())
            if shown["stage"] == "s2":
                w.run("rollout", "back", "phonetic-matching")
        w.run("rollout", "kill", "phonetic-matching", "--reason", "done")
        application.expect("false", "")
        expect(application.leftovers() == [], application.leftovers())
        w.run("audit", "verify")


def usage():
    """What is wrong is said before anything is recorded."""
    with Workspace() as w:
        w.run("company", "import", w.write("bad.csv", "id,name\n1\n"), status=2)
        w.run("company", "import", status=2)
        w.run("company", "import", w.top / "nothing.csv", status=2)
        w.run("flag", "show", "nothing", status=2)
        w.run("flag", "add", "a/b", "--provider", "dotenv", status=2)
        w.run("flag", "add", "a", "--provider", "dotenv", "--target", "x", "--path", "relative",
              "--companies", "C", "--stage", "One | 1", status=2)
        w.run("flag", "add", "a", "--provider", "other", "--stage", "One | 1", status=2)
        w.run("flag", "add", "a", "--provider", "dotenv", "--target", "x", "--path", "/x",
              "--companies", "C", "--stage", "One", status=2)
        expect(w.json("flag", "list") == [])
        application = here(w)
        w.run("flag", "add", "phonetic-matching", "--provider", "dotenv", "--target", "here",
              "--path", "/x", "--companies", "C", "--stage", "One | 1", status=5)
        w.run("rollout", "plan", "phonetic-matching", "--stage", "nothing", status=2)
        order = w.run("rollout", "promote", "phonetic-matching", "--stage", "Everyone", status=5)
        expect("“Test company” comes first" in order.err, order.err)
        w.run("flag", "pin", "phonetic-matching", "--out", "15")
        pinned = w.json("rollout", "plan", "phonetic-matching")
        expect(pinned["added"] == [], pinned)
        w.run("flag", "change", "phonetic-matching", "--stage", "Few | 7,42", "--stage",
              "Half | 50 %", "--description", "as agreed")
        shown = w.json("flag", "show", "phonetic-matching")
        expect([stage["id"] for stage in shown["stages"]] == ["s4", "s5"], shown)
        expect(shown["description"] == "as agreed" and shown["provider"] == "dotenv", shown)
        w.run("rollout", "promote", "phonetic-matching")
        w.run("flag", "change", "phonetic-matching", "--stage", "Other | 7", status=5)
        w.run("flag", "change", "phonetic-matching", "--provider", "dotenv", status=2)
        w.run("rollout", "back", "phonetic-matching")
        found = w.json("company", "list", "--search", "salonn")
        expect(len(found) == 4, found)
        w.run("company", "list", "--search", "Zahnarzt", status=1)
        application.expect("false", "")


if __name__ == "__main__":
    main("rollout", [seed, agent, from_runbook, failures, damaged, in_a_crowd, drift, signatures,
                     guardrails, killed, usage])
