# SPDX-License-Identifier: GPL-3.0-or-later
"""A real keyring without a window, on a bus of its own."""

import signal
import subprocess
import sys
from pathlib import Path

from harness import Workspace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lifetime import die_with_parent  # noqa: E402


class Keyring(Workspace):
    """A workspace on a bus of its own, with a keyring that is unlocked."""

    def give(self):
        """Gives the account whose all this is what it has to have."""

    def __enter__(self):
        private = self.top / "private"
        private.mkdir(mode=0o700)
        self.give()
        self.bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    preexec_fn=die_with_parent, **self.who)
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().decode().strip()
        environ = dict(self.environ, XDG_DATA_HOME=str(private), XDG_RUNTIME_DIR=str(private),
                       XDG_CACHE_HOME=str(private))
        subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets",
                        f"--control-directory={private}/control"], input=b"letmein", check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ,
                       **self.who)
        return self

    def __exit__(self, *error):
        self.bus.send_signal(signal.SIGTERM)
        self.bus.wait()
        super().__exit__(*error)
