# SPDX-License-Identifier: GPL-3.0-or-later
"""A real countersign-agent for a workspace, which knows its token."""

import os
import re
import socket
import subprocess

from harness import expect


class Agent:
    def __init__(self, workspace):
        top = workspace.top / "agent"
        top.mkdir()
        self.key = top / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        public = self.key.with_suffix(".pub").read_text(encoding="utf-8")
        (top / "signers").write_text(f"operator@example.com {public}", encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.config = top / "config"
        out = subprocess.run(
            [os.environ["COUNTERSIGN_AGENT"], "init", "--config", self.config, "--state",
             top / "state", "--listen", f"127.0.0.1:{self.port}", "--host", "127.0.0.1",
             "--signers", top / "signers"],
            check=True, capture_output=True, text=True).stdout
        self.fingerprint = re.search(r"SHA256:\S+", out).group()
        self.token = re.search(r"csa_\S+", out).group()
        (top / "countersign-token-web").write_text(self.token, encoding="utf-8")
        workspace.environ["CREDENTIALS_DIRECTORY"] = str(top)
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [os.environ["COUNTERSIGN_AGENT"], "serve", "--config", self.config],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        expect(self.process.stdout.readline().startswith(b"listening"))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def rotate(self):
        """Makes the next certificate, which is announced from now on; gives its fingerprint."""
        following = subprocess.run(
            [os.environ["COUNTERSIGN_AGENT"], "rotate-certificate", "--config", self.config,
             "--overlap", "600"], check=True, capture_output=True, text=True).stdout.strip()
        self.restart()
        return following

    def restart(self):
        self.__exit__()
        self.__enter__()

    def use_next(self):
        rotation = self.config / "rotation"
        text = rotation.read_text(encoding="utf-8")
        rotation.write_text(re.sub("from=.*", "from=2020-01-01T00:00:00Z", text), encoding="utf-8")
        self.restart()

    def use_first(self):
        (self.config / "rotation").unlink()
        self.restart()

    def add(self, workspace, *more, name="web"):
        return workspace.run("target", "add", name, "--agent", f"https://127.0.0.1:{self.port}",
                             "--fingerprint", self.fingerprint, "--identity", str(self.key), *more,
                             status=2)
