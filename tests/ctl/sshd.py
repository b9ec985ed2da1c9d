# SPDX-License-Identifier: GPL-3.0-or-later
"""A private sshd on loopback with its own keys and home."""

import getpass
import os
import signal
import socket
import subprocess
import time


class Sshd:
    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.home = directory / "home"
        self.home.mkdir()
        self.identity = self.make_key("identity")
        self.host_key = self.make_key("host_key")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.destination = f"{getpass.getuser()}@127.0.0.1:{self.port}"
        (directory / "authorized_keys").write_text((directory / "identity.pub").read_text())
        self.config = directory / "sshd_config"
        self.config.write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.host_key}\n"
            f"AuthorizedKeysFile {directory}/authorized_keys\nPidFile none\nUsePAM no\n"
            "StrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPerSourceMaxStartups none\nMaxStartups 100\n"
            f"LogLevel ERROR\nSetEnv HOME={self.home}\n")
        self.process = None

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
            self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.config],
                                            stderr=log, start_new_session=True)
        deadline = time.monotonic() + 20
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError("sshd does not answer")
            time.sleep(0.01)
        return self

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
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

    def change_host_key(self):
        (self.directory / "host_key.pub").unlink()
        self.make_key("host_key")
