# SPDX-License-Identifier: GPL-3.0-or-later
"""Rejecting and the ways back, signed; and what someone with the database and a key can't do."""

from harness import ACTOR, RUNBOOK, Workspace, expect, main
from tampering import append, decree, fingerprint, last_of, sign_off

LINES = RUNBOOK.replace("\n## Deployment Steps",
                        "- Operations: _________________ Date: _________ Time: _________\n\n"
                        "## Deployment Steps")
BLOCKED = """# Runbook: Blocked

**Deployment Window:** not on Monday to Sunday

## Blockers

### BLOCKER 1: No index on customers

It is slow.

## Deployment Steps

### Step 1: Make the index

```bash
cd DIR
echo indexed >> log
```

## Rollback Procedure

```bash
true
```
"""
BOSS, LEAD, OPS = "boss@example.org", "lead@example.org", "ops@example.org"


class Room:
    """A manager, a tech lead and someone of operations; the operator is none of them."""

    def __init__(self, workspace):
        self.w = workspace
        self.keys = {}
        for person in (BOSS, LEAD, OPS):
            name = person.split("@")[0]
            self.keys[person] = workspace.key(name)
            self.by(person, "person", "add", "--name", name.title())
        self.by(BOSS, "person", "grant", BOSS, "manager")
        self.by(BOSS, "person", "grant", LEAD, "Tech lead")
        self.by(BOSS, "person", "grant", OPS, "Operations")

    def by(self, person, *words, status=0):
        return self.w.run(*words, "--key", self.keys[person], status=status,
                          environ={"COUNTERSIGN_ACTOR": person})

    def start(self):
        deployment = self.w.start(LINES)
        self.w.run("deploy", "run", deployment, status=3)
        self.w.run("deploy", "check", deployment, "1.1.c1")
        return deployment

    def sign(self, person, deployment, field, *more, status=0):
        role = {"s1": "Tech Lead", "s2": "Operations"}[field]
        return self.by(person, "deploy", "sign", deployment, field, "--role", role, *more,
                       status=status)

    def signed(self, deployment, field):
        return [record for record in self.w.json("deploy", "log", deployment)
                if record["kind"] == "signed" and record["body"]["field"] == field][-1]

    def line(self, deployment, field):
        return next(line for line in self.w.json("deploy", "show", deployment)["signoffs"]
                    if line["id"] == field)

    def findings(self):
        return self.w.run("audit", "verify", status=1).out


def withdrawn():
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(OPS, deployment, "s2", "--reject", "--comment", "no backup yet")
        room.sign(LEAD, deployment, "s1")
        waits = w.run("deploy", "run", deployment, status=3)
        expect("Ops rejected" in waits.out + waits.err, waits.out + waits.err)
        expect("no backup yet" in w.run("deploy", "show", deployment).out)
        refused = room.by(LEAD, "deploy", "withdraw", deployment, "s2", status=5)
        expect("nobody else can withdraw" in refused.err, refused.err)
        said = room.by(OPS, "deploy", "withdraw", deployment, "s2", "--reason", "it is there now")
        expect("Ops withdrew the rejection of s2: it is there now" in said.out, said.out)
        shown = w.json("deploy", "show", deployment)
        expect(shown["rejections"] == [] and shown["rulings"][0]["kind"] == "rejection-withdrawn")
        expect(w.json("audit", "verify")["clean"] is True)
        room.sign(OPS, deployment, "s2")
        w.run("deploy", "run", deployment, status=3)
        expect(w.log() == ["looked", "done"], w.log())


def overruled():
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(OPS, deployment, "s2", "--reject", "--comment", "not on a Friday")
        room.by(BOSS, "deploy", "overrule", deployment, "s2", status=2)
        room.by(BOSS, "deploy", "overrule", deployment, "s2", "--reason", " ", status=2)
        room.by(BOSS, "deploy", "overrule", deployment, "s1", "--reason", "now", status=2)
        refused = room.by(LEAD, "deploy", "overrule", deployment, "s2", "--reason", "now",
                          status=5)
        expect("only manager may overrule" in refused.err, refused.err)
        room.by(BOSS, "deploy", "overrule", deployment, "s2", "--reason", "the shop is down")
        shown = w.run("deploy", "show", deployment).out
        expect("OVERRIDE" in shown and "Boss, as manager, overruled" in shown, shown)
        record = w.json("deploy", "log", deployment)[-1]
        expect(record["kind"] == "rejection-overruled" and record["actor"] == BOSS, record)
        expect("the shop is down" in w.run("audit", "list").out)
        expect(w.json("audit", "verify")["clean"] is True)
        # It is set aside; the line still has to be signed.
        room.sign(LEAD, deployment, "s1")
        w.run("deploy", "run", deployment, status=3)
        expect(w.log() == ["looked"], w.log())


def nothing_to_override():
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        for gate in ("window", "signoff", "rejected"):
            refused = room.by(BOSS, "deploy", "override", deployment, "3.1", gate, "--reason",
                              "why not", status=2)
            expect(gate in refused.err, refused.err)
        room.by(BOSS, "deploy", "override", deployment, "9.9", "window", "--reason", "x", status=2)
        expect(w.json("deploy", "show", deployment)["rulings"] == [])


def overridden():
    """A window that never opens, and a blocker: refused, overridden by who may, and run."""
    with Workspace() as w:
        room = Room(w)
        path = w.write("blocked.md", BLOCKED)
        w.run("target", "add", "here", "--local")
        deployment = w.run("deploy", "start", path, "--environment", "production", "--target",
                           "here", "--reason", "a test").out.strip()

        def override(person, gate, reason, status=0):
            return room.by(person, "deploy", "override", deployment, "1.1", gate, "--reason",
                           reason, status=status)
        waits = w.run("deploy", "run", deployment, "1.1", status=3)
        expect("No index on customers" in waits.err, waits.err)
        refused = override(LEAD, "blocker", "it is small", status=5)
        expect("only manager may" in refused.err, refused.err)
        override(BOSS, "blocker", " ", status=2)
        override(BOSS, "paused", "it is small", status=2)
        said = override(BOSS, "blocker", "it is small").out
        expect("Boss, as manager, let the deployment go on although" in said, said)
        expect("No index on customers" in said, said)
        closed = w.run("deploy", "run", deployment, "1.1", status=5)
        expect("window does not open" in closed.err and w.log() == [], closed.err)
        override(BOSS, "window", "the shop is down")
        w.run("deploy", "run", deployment, "1.1")
        expect(w.log() == ["indexed"], w.log())
        shown = w.json("deploy", "show", deployment)
        expect([(each["gate"], each["step"], each["by"]) for each in shown["rulings"]] ==
               [("blocker", "1.1", BOSS), ("window", None, BOSS)], shown["rulings"])
        expect(w.json("audit", "verify")["clean"] is True)
        expect(w.run("audit", "search", "shop is down").out != "")


def marked_by_who_holds_a_role():
    """With roles, marking a failure as passed takes one; and which one is said."""
    with Workspace() as w:
        room = Room(w)
        guest = "guest@example.org"
        room.keys[guest] = w.key("guest")
        room.by(guest, "person", "add", "--name", "Guest")
        deployment = w.start(LINES.replace("echo looked >> log", "false"))
        w.run("deploy", "run", deployment, status=1)

        def accept(person, *more, status=0):
            return room.by(person, "deploy", "accept", deployment, "1.1.1", "--reason", "it is so",
                           *more, status=status)
        expect("holds no role" in accept(guest, status=5).err)
        expect("is not Operations" in accept(LEAD, "--role", "Operations", status=5).err)
        w.run("deploy", "accept", deployment, "1.1.1", "--reason", "so", "--key", w.top / "none",
              status=2)
        accept(LEAD)
        shown = w.json("deploy", "show", deployment)["rulings"][-1]
        expect(shown["by"] == LEAD and shown["role"] == "Tech lead", shown)
        expect("Lead, as Tech lead, marked 1.1.1 as passed" in shown["words"], shown)
        expect(w.steps(deployment)["1.1"]["blocks"][0]["status"] == "passed")
        expect(w.json("audit", "verify")["clean"] is True)


def retired_key_signs():
    """Whoever has a retired key and the database can't sign, whatever time they write."""
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(LEAD, deployment, "s1")
        good = room.signed(deployment, "s1")
        before = good["at"]
        w.run("deploy", "check", deployment, "1.1.c1", "--undo", status=5)
        new = w.key("new")
        room.by(LEAD, "person", "add-key", LEAD, new)
        w.run("person", "retire-key", fingerprint(room.keys[LEAD]), "--reason", "stolen", "--key",
              new, environ={"COUNTERSIGN_ACTOR": LEAD})
        expect(w.json("audit", "verify")["clean"] is True)
        expect(room.line(deployment, "s1")["verified"] is True)
        # A deployment that begins after that: its records are younger, so a signature is, too.
        other = room.start()
        for at in (before, last_of(w, f"deployment/{other}")[2] + 1000):
            sign_off(w, f"deployment/{other}", good, LEAD, room.keys[LEAD], at)
            line = room.line(other, "s1")
            expect(line["verified"] is False and line["status"] == "failed", line)
            expect("retired" in line["problem"], line)
        said = room.findings()
        expect(said.count("retired") == 2 and other in said and deployment not in said, said)


def retired_key_decides():
    """The same for what managers decide: about people, policies and rejections."""
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(OPS, deployment, "s2", "--reject")
        new = w.key("new")
        room.by(BOSS, "person", "add-key", BOSS, new)
        before = last_of(w, "people")[2]
        w.run("person", "retire-key", fingerprint(room.keys[BOSS]), "--reason", "stolen", "--key",
              new, environ={"COUNTERSIGN_ACTOR": BOSS})
        w.run("policy", "set", "other", "--operator-may-approve", "--key", new,
              environ={"COUNTERSIGN_ACTOR": BOSS})
        decree(w, "people", "role-granted", BOSS, room.keys[BOSS], {"id": OPS, "role": "manager"},
               before)
        weak = {"environment": "staging", "needs": [], "operator-may-approve": True,
                "overrider": "manager"}
        decree(w, "policy", "policy-set", BOSS, room.keys[BOSS], weak, before)
        n = next(record["n"] for record in w.json("deploy", "log", deployment)
                 if record["kind"] == "signed")
        w.run("deploy", "check", deployment, "1.1.c1", "--undo")
        decree(w, f"deployment/{deployment}", "rejection-overruled", BOSS, room.keys[BOSS],
               {"field": "s2", "rejection": n, "role": "manager", "reason": "so"}, before)
        listed = {p["id"]: p for p in w.json("person", "list")["people"]}
        expect(listed[OPS]["roles"] == ["Operations"], listed)
        expect(w.json("policy", "show", "staging")["operator-may-approve"] is False)
        shown = w.json("deploy", "show", deployment)
        expect(len(shown["rejections"]) == 1 and shown["rulings"] == [], shown["rulings"])
        expect(room.findings().count("counts for nothing") == 3, room.findings())


def rejection_covered():
    """Whoever has the database and a good key can't sign a rejection away."""
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(OPS, deployment, "s2", "--reject")
        second = w.key("second")
        w.run("person", "add", "--key", second, "--name", "Second",
              environ={"COUNTERSIGN_ACTOR": "second@example.org"})
        room.by(BOSS, "person", "grant", "second@example.org", "Operations")
        model = room.signed(deployment, "s2")
        at = last_of(w, f"deployment/{deployment}")[2] + 1000
        sign_off(w, f"deployment/{deployment}", model, "second@example.org", second, at + 10 ** 9,
                 decision="approve")
        line = room.line(deployment, "s2")
        expect(line["verified"] is True and line["signer_name"] == "Second", line)
        shown = w.json("deploy", "show", deployment)
        expect([each["signer"] for each in shown["rejections"]] == [OPS], shown["rejections"])
        room.sign(LEAD, deployment, "s1")
        waits = w.run("deploy", "run", deployment, status=3)
        expect("Ops rejected" in waits.out + waits.err, waits.err)


def without_the_role():
    """A signature by someone who may not approve is found by the audit, not only by the page."""
    with Workspace() as w:
        room = Room(w)
        deployment = room.start()
        room.sign(LEAD, deployment, "s1")
        model = room.signed(deployment, "s1")
        at = last_of(w, f"deployment/{deployment}")[2] + 1000
        sign_off(w, f"deployment/{deployment}", model, OPS, room.keys[OPS], at)
        expect(room.line(deployment, "s1")["status"] == "failed")
        expect("does not hold the role" in room.findings())
        # A record of the deployment's own operator is one more that does not count.
        own = w.key("own")
        w.run("person", "add", "--key", own, "--name", "Own")
        room.by(BOSS, "person", "grant", ACTOR, "Tech lead")
        sign_off(w, f"deployment/{deployment}", model, ACTOR, own, at + 10 ** 9)
        expect("who runs one can't approve it" in room.findings())
        append(w, f"deployment/{deployment}", BOSS, "overridden",
               {"gate": "window", "reason": "so", "role": "manager", "words": "It is late"},
               at + 2 * 10 ** 9)
        expect("Nobody has signed it" in room.findings())
        expect(w.json("deploy", "show", deployment)["rulings"] == [])


main("rulings", [withdrawn, overruled, nothing_to_override, overridden,
                 marked_by_who_holds_a_role, retired_key_signs, retired_key_decides,
                 rejection_covered, without_the_role])
