# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of a certain speed between this computer and a network namespace (needs root)."""

import os
import subprocess


class Link:
    """Both ends are shaped by tc's token bucket; `ours` and `theirs` are their addresses."""

    def __init__(self, megabits):
        self.megabits = megabits
        self.namespace = f"csb-{os.getpid()}"
        self.name = f"csb{os.getpid() % 100000}"
        self.ours, self.theirs = "10.231.77.1", "10.231.77.2"

    def run(self, *words):
        subprocess.run([str(word) for word in words], check=True, stdin=subprocess.DEVNULL)

    def within(self, *words):
        return ["ip", "netns", "exec", self.namespace, *words]

    def shape(self, name, run):
        run("tc", "qdisc", "add", "dev", name, "root", "tbf", "rate", f"{self.megabits}mbit",
            "burst", "128kb", "latency", "50ms")

    def __enter__(self):
        peer = self.name + "p"
        self.run("ip", "netns", "add", self.namespace)
        try:
            self.run("ip", "link", "add", self.name, "type", "veth", "peer", "name", peer,
                     "netns", self.namespace)
            self.run("ip", "address", "add", f"{self.ours}/30", "dev", self.name)
            self.run("ip", "link", "set", self.name, "up")
            inside = lambda *words: self.run(*self.within(*words))  # noqa: E731
            inside("ip", "address", "add", f"{self.theirs}/30", "dev", peer)
            inside("ip", "link", "set", peer, "up")
            inside("ip", "link", "set", "lo", "up")
            self.shape(self.name, self.run)
            self.shape(peer, inside)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "delete", self.namespace], check=False)
