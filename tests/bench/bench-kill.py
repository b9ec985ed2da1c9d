#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the kill switch takes, from the start of countersignctl to what it says: with its own
start and a new connection each time, so an upper bound for a window that is open."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, os.environ["COUNTERSIGN_CTL_TESTS"])
from agent_server import Agent  # noqa: E402
from keyring import Keyring  # noqa: E402
from sshd import Sshd  # noqa: E402
from unleash import ADMIN, Unleash  # noqa: E402

ROUNDS = 20


def measure(w, name, key):
    taken = []
    for _ in range(ROUNDS):
        w.run("rollout", "promote", key)
        begun = time.monotonic()
        w.run("rollout", "kill", key, "--reason", "measured")
        taken.append(time.monotonic() - begun)
    print(f"kill  {name:28} median of {ROUNDS}: {statistics.median(taken):6.3f} s"
          f"  longest {max(taken):6.3f} s")


def main():
    with Keyring() as w, Sshd(w.top / "sshd") as server, Unleash() as unleash, \
            Agent(w) as agent:
        w.run("target", "add", "here", "--local")
        w.run("target", "add", "server", "--ssh", server.destination, "--identity", server.identity)
        w.run("target", "trust", "server", "--fingerprint", server.fingerprint())
        agent.add(w)
        ids = range(1, 1001)
        w.run("company", "import", w.write("companies.csv", "id\n" + "".join(
            f"{n}\n" for n in ids)))
        stages = ("--stage", "Half | 50 %")
        for target in ("here", "server", "web"):
            settings = Path(w.top / f"{target}.env")
            settings.write_text("A=1\nLIST=\nON=false\n")
            w.run("flag", "add", f"dotenv-{target}", "--provider", "dotenv", "--target", target,
                  "--path", settings, "--companies", "LIST", "--everyone", "ON", *stages)
            flags = Path(w.top / f"{target}.json")
            flags.write_text('{"flags": {}}\n')
            w.run("flag", "add", f"flagd-{target}", "--provider", "flagd", "--target", target,
                  "--path", flags, *stages)
        subprocess.run(w.command("secret", "set", "TOKEN"), input=ADMIN.encode(), check=True,
                       env=w.environ, stdout=subprocess.DEVNULL)
        unleash.add("unleash")
        w.run("flag", "add", "unleash", "--provider", "unleash", "--url", unleash.url,
              "--unleash-environment", "production", "--secret", "TOKEN", *stages)
        measure(w, "unleash, over HTTP", "unleash")
        for target, words in (("here", "this computer"), ("server", "a new SSH connection"),
                              ("web", "an agent")):
            for provider in ("dotenv", "flagd"):
                measure(w, f"{provider}, {words}", f"{provider}-{target}")


if __name__ == "__main__":
    main()
