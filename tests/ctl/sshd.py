# SPDX-License-Identifier: GPL-3.0-or-later
"""A private sshd on loopback with its own keys and home."""

import getpass
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lifetime import die_with_parent  # noqa: E402


# sshd listens on no more (MAX_LISTEN_SOCKS is 16).
ADDRESSES = 15


class Sshd:
    """One server; with addresses it stands for as many computers, each an address of loopback."""

    def __init__(self, directory, addresses=("127.0.0.1",), like=None, link=None):
        """link: a network with a namespace, in which it runs (tests/bench/link.py)."""
        self.directory = directory
        self.link = link
        directory.mkdir()
        self.home = directory / "home"
        self.home.mkdir()
        self.addresses = list(addresses)
        self.identity = like.identity if like else self.make_key("identity")
        self.host_key = like.host_key if like else self.make_key("host_key")
        self.port = 22 if link else self.find_port(like.port if like else 0)
        self.destination = f"{getpass.getuser()}@127.0.0.1:{self.port}"
        (directory / "authorized_keys").write_text(Path(f"{self.identity}.pub").read_text())
        self.config = directory / "sshd_config"
        self.config.write_text(
            f"Port {self.port}\n"
            + "".join(f"ListenAddress {address}\n" for address in self.addresses)
            + f"HostKey {self.host_key}\n"
            f"AuthorizedKeysFile {directory}/authorized_keys\nPidFile none\nUsePAM no\n"
            "StrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPerSourceMaxStartups none\nMaxStartups 100\n"
            f"LogLevel ERROR\nSetEnv HOME={self.home}\n")
        self.process = None

    def find_port(self, wanted):
        with socket.create_server((self.addresses[0], wanted)) as probe:
            return probe.getsockname()[1]

    def make_key(self, name):
        path = self.directory / name
        path.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True,
                       stdin=subprocess.DEVNULL)
        return path

    def fingerprint(self):
        said = subprocess.run(["ssh-keygen", "-l", "-f", self.host_key], check=True,
                              capture_output=True)
        return said.stdout.decode().split()[1]

    def __enter__(self):
        os.makedirs("/run/sshd", exist_ok=True)
        with open(self.directory / "log", "ab") as log:
            command = ["/usr/sbin/sshd", "-D", "-e", "-f", self.config]
            self.process = subprocess.Popen(self.link.within(*command) if self.link else command,
                                            stderr=log, start_new_session=True,
                                            preexec_fn=die_with_parent)
        deadline = time.monotonic() + 20
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError("sshd does not answer")
            time.sleep(0.01)
        return self

    def answers(self):
        try:
            with socket.create_connection((self.addresses[-1], self.port), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def __exit__(self, *error):
        for child in self.children():
            os.kill(child, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path, encoding="ascii") as file:
            return [int(word) for word in file.read().split()]

    def known_hosts(self):
        key = Path(f"{self.host_key}.pub").read_text()
        return "".join(f"[{address}]:{self.port} {key}" for address in self.addresses)

    def change_host_key(self):
        (self.directory / "host_key.pub").unlink()
        self.make_key("host_key")


class Farm:
    """As many computers as wanted, from 127.0.1.1 on."""

    def __init__(self, directory, count):
        directory.mkdir()
        self.addresses = [f"127.0.1.{n}" for n in range(1, count + 1)]
        self.servers = []
        for first in range(0, count, ADDRESSES):
            like = self.servers[0] if self.servers else None
            self.servers.append(Sshd(directory / f"sshd-{first}",
                                     self.addresses[first:first + ADDRESSES], like))

    def __enter__(self):
        for server in self.servers:
            server.__enter__()
        return self

    def __exit__(self, *error):
        for server in self.servers:
            server.__exit__(*error)

    def members(self, ranks=None):
        """As `target add --members` reads them: m1, m2, … in rank order of their numbers."""
        first = self.servers[0]
        return "".join(
            f"m{n}=ssh://{getpass.getuser()}@{address}:{first.port} identity={first.identity}"
            f" rank={ranks(n) if ranks else 1}\n"
            for n, address in enumerate(self.addresses, 1))

    def known_hosts(self):
        return "".join(server.known_hosts() for server in self.servers)
