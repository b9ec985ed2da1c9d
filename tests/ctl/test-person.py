# SPDX-License-Identifier: GPL-3.0-or-later
"""`person` and `policy`: who may sign is decided by signatures, at the command line, too."""

import subprocess

from harness import ACTOR, Workspace, expect, main

LEAD = {"COUNTERSIGN_ACTOR": "lead@example.org"}


def fingerprint(path):
    shown = subprocess.run(["ssh-keygen", "-l", "-f", path], check=True, capture_output=True)
    return shown.stdout.decode().split()[1]


def governed(w):
    """The manager, who is also the operator, and a tech lead; gives their keys."""
    boss, lead = w.key("boss"), w.key("lead")
    expect(w.run("person", "add", "--key", boss, "--name", "Boss").out.strip() == ACTOR)
    w.run("person", "add", "--key", lead, "--name", "Lead", environ=LEAD)
    w.run("person", "grant", ACTOR, "manager", "--key", boss)
    w.run("person", "grant", "lead@example.org", "Tech lead", "--key", boss)
    return boss, lead


def reached(w):
    """A deployment that waits for its signature."""
    deployment = w.start()
    w.run("deploy", "run", deployment, status=3)
    w.run("deploy", "check", deployment, "1.1.c1")
    w.run("deploy", "unlock", deployment)
    return deployment


def sign(w, deployment, key, status=0):
    return w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", key,
                 status=status)


def security_key(kind):
    """A key that has to be touched decides and signs as any other does."""
    with Workspace() as w:
        boss = w.key("boss", kind=kind)
        w.run("person", "add", "--key", boss, "--name", "Boss")
        w.run("person", "grant", ACTOR, "manager", "--key", boss)
        w.run("policy", "set", "staging", "--operator-may-approve", "--key", boss)
        w.run("person", "grant", ACTOR, "Tech lead", "--key", boss)
        deployment = reached(w)
        sign(w, deployment, boss)
        expect("all good" in w.run("audit", "verify").out)
        w.run("evidence", "export", deployment, "-o", w.top / "evidence")
        w.run("evidence", "verify", w.top / "evidence")
        subprocess.run(["bash", "verify.sh"], cwd=w.top / "evidence", check=True,
                       capture_output=True)


def security_key_ed25519():
    security_key("ed25519-sk")


def security_key_ecdsa():
    security_key("ecdsa-sk")


def nobody():
    with Workspace() as w:
        expect("Nobody holds a role yet" in w.run("person", "list").out)
        expect(w.json("person", "list") == {"governed": False, "people": []})
        expect(w.json("policy", "show", "staging")["governed"] is False)
        key = w.key()
        w.run("policy", "set", "staging", "--operator-may-approve", "--key", key, status=5)
        w.run("person", "grant", ACTOR, "manager", "--key", key, status=5)


def roles():
    with Workspace() as w:
        boss, lead = governed(w)
        listed = {p["id"]: p for p in w.json("person", "list")["people"]}
        expect(listed[ACTOR]["roles"] == ["manager"])
        expect(listed["lead@example.org"]["roles"] == ["Tech lead"])
        expect(listed[ACTOR]["keys"][0]["fingerprint"] == fingerprint(boss))
        w.run("person", "grant", "lead@example.org", "manager", "--key", lead, status=5)
        w.run("person", "take", ACTOR, "manager", "--key", boss, status=5)
        w.run("person", "grant", "nobody@example.org", "manager", "--key", boss, status=2)
        deployment = reached(w)
        expect("does not hold" in sign(w, deployment, boss, status=5).err)
        w.run("person", "grant", ACTOR, "Tech lead", "--key", boss)
        expect("someone else" in sign(w, deployment, boss, status=5).err)
        sign(w, deployment, lead)
        expect(w.json("audit", "verify")["clean"] is True)


def policy():
    with Workspace() as w:
        boss, _ = governed(w)
        w.run("person", "grant", ACTOR, "Tech lead", "--key", boss)
        w.run("policy", "set", "staging", "--require", "Tech lead=21", "--key", boss, status=2)
        w.run("policy", "set", "staging", "--operator-may-approve", "--four-eyes", "--key", boss,
              status=2)
        w.run("policy", "set", "staging", "--operator-may-approve", "--key", boss)
        shown = w.json("policy", "show", "Staging")
        expect(shown["operator-may-approve"] is True and shown["governed"] is True)
        w.run("policy", "set", "staging", "--overrider", "Incident commander", "--key", boss)
        shown = w.json("policy", "show", "staging")
        expect(shown["overrider"] == "Incident commander" and shown["operator-may-approve"] is True)
        expect("the role Incident commander" in w.run("policy", "show", "staging").out)
        expect(w.json("policy", "show", "production")["operator-may-approve"] is False)
        deployment = reached(w)
        sign(w, deployment, boss)
        log = w.json("deploy", "log", deployment)
        expect(log[-1]["kind"] == "signed" and log[-1]["body"]["own-deployment"] is True)
        table = w.run("deploy", "log", deployment, "--csv").out.splitlines()
        expect(len(table) == len(log) + 1 and "own-deployment" in table[-1])
        w.run("evidence", "sheet", deployment, status=2)
        w.run("evidence", "sheet", deployment, "-o", w.top / "sheet.pdf")
        expect((w.top / "sheet.pdf").read_bytes().startswith(b"%PDF-"))


def keys():
    with Workspace() as w:
        boss, lead = governed(w)
        new = w.key("new")
        w.run("person", "add-key", "lead@example.org", new, "--key", lead)
        deployment = reached(w)
        sign(w, deployment, lead)
        w.run("person", "retire-key", fingerprint(lead), "--reason", "lost", "--key", new)
        w.run("person", "retire-key", fingerprint(boss), "--reason", "lost", "--key", new, status=5)
        # What it signed stands, and it signs no more.
        expect(w.json("audit", "verify")["clean"] is True)
        expect(w.json("deploy", "show", deployment)["signoffs"][0]["verified"] is True)
        other = reached(w)
        expect("retired" in sign(w, other, lead, status=5).err)
        sign(w, other, new)
        expect("retired" in w.run("person", "list").out)


def others():
    with Workspace() as w:
        boss, lead = governed(w)
        new, dan = w.key("new"), w.key("dan")
        w.run("person", "add", "dan@example.org", f"{dan}.pub", "--key", boss, status=2)
        w.run("person", "add", "dan@example.org", "--name", "Dan", "--key", boss, status=2)
        w.run("person", "add", "dan@example.org", f"{dan}.pub", "--name", "Dan", "--key", lead,
              status=5)
        added = w.run("person", "add", "dan@example.org", f"{dan}.pub", "--name", "Dan", "--key",
                      boss)
        expect(added.out.strip() == "dan@example.org")
        w.run("person", "rotate-key", fingerprint(lead), new, "--key", lead, status=2)
        w.run("person", "rotate-key", fingerprint(lead), new, "--reason", "aged", "--key", lead)
        listed = {p["id"]: p for p in w.json("person", "list")["people"]}
        expect(listed["dan@example.org"]["keys"][0]["added-by"] == ACTOR)
        expect(listed["lead@example.org"]["granted"][0]["granted-by"] == ACTOR)
        old, now = listed["lead@example.org"]["keys"]
        expect(old["retired-by"] == "lead@example.org" and old["reason"] == "aged")
        expect(now["fingerprint"] == fingerprint(new) and now["retired"] is None)
        signers = w.run("person", "allowed-signers").out
        expect(signers.count("valid-before=") == 1 and signers.count("dan@example.org ") == 1)
        expect(w.run("person", "allowed-signers", "--at", "2020-01-01").out == "")
        w.run("person", "allowed-signers", "--at", "yesterday", status=2)
        expect(w.json("audit", "verify")["clean"] is True)


main("person", [security_key_ed25519, security_key_ecdsa, nobody, roles, policy, keys, others])
