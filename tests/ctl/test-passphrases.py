# SPDX-License-Identifier: GPL-3.0-or-later
"""Passphrases on a terminal, to connect and to sign: remembered, forgotten, wrong too often."""

import subprocess

from harness import Workspace, expect, main
from keyring import Keyring
from sshd import Sshd
from terminal import Terminal


def change(key, before, after):
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", before, "-N", after, "-f", key], check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def add_server(w, sshd):
    change(sshd.identity, "", "open sesame")
    known = w.data / "state" / "known_hosts"
    known.parent.mkdir(parents=True)
    known.write_text(sshd.known_hosts())
    w.run("target", "add", "web-1", "--ssh", sshd.destination, "--identity", sshd.identity)


def kinds(w):
    return [record["kind"] for record in w.json("audit", "list")
            if record["stream"] == "keys"][::-1]


def remembered_and_forgotten():
    with Keyring() as w, Sshd(w.top / "sshd") as sshd:
        add_server(w, sshd)
        first = Terminal(w, "target", "test", "web-1")
        first.wait_for(f"Passphrase of {sshd.identity}: ")
        first.type("open barley\r")
        first.wait_for("Remember it in the keyring")
        first.type("y\r")
        first.wait_for("That was wrong. 2 tries are left")
        first.type("open sesame\r")
        while first.seen.count(b"Remember it") < 2:
            expect(first.read(), first.seen)
        first.type("y\r")
        expect(first.end() == 0, first.seen)
        expect(b"open" not in first.seen, first.seen)
        # Nobody is asked now, not even without a terminal.
        w.run("target", "test", "web-1")
        expect(kinds(w) == ["passphrase-wrong"], kinds(w))
        change(sshd.identity, "open sesame", "open poppy")
        refused = w.run("target", "test", "web-1", status=5)
        expect("no terminal to ask on" in refused.err, refused.err)
        expect(kinds(w) == ["passphrase-wrong", "passphrase-forgotten"], kinds(w))
        anew = Terminal(w, "target", "test", "web-1")
        anew.wait_for("Passphrase of")
        anew.type("open poppy\r")
        anew.wait_for("Remember it")
        anew.type("n\r")
        expect(anew.end() == 0, anew.seen)
        w.run("target", "test", "web-1", status=5)
        expect(kinds(w) == ["passphrase-wrong", "passphrase-forgotten"], kinds(w))
        w.run("audit", "verify")


def three_tries():
    """An hour's wait holds for connecting and signing alike, and for each program."""
    with Workspace() as w, Sshd(w.top / "sshd") as sshd:
        add_server(w, sshd)
        wrong = Terminal(w, "target", "test", "web-1")
        for left in ("Passphrase of", "2 tries are left", "1 try is left"):
            wrong.wait_for(left)
            wrong.type("guess\r")
        expect(wrong.end() == 5 and b"not tried again before" in wrong.seen, wrong.seen)
        expect(kinds(w) == ["passphrase-wrong"] * 3, kinds(w))
        again = Terminal(w, "target", "test", "web-1")
        expect(again.end() == 5 and b"not tried again before" in again.seen, again.seen)
        expect(b"Passphrase of" not in again.seen, again.seen)
        signing = Terminal(w, "person", "add", "--key", sshd.identity)
        expect(signing.end() == 5 and b"not tried again before" in signing.seen, signing.seen)
        other = w.run("target", "test", "web-1", status=5, environ={"COUNTERSIGN_ACTOR": "bob@x"})
        expect("no terminal to ask on" in other.err, other.err)


main("passphrases", [remembered_and_forgotten, three_tries])
