# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed on a terminal, and what is seen there."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios

from harness import expect


class Terminal:
    """A command of countersignctl, or another program, on a terminal of its own."""

    def __init__(self, workspace, *words, program=None, rows=30, columns=100):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            command = program or workspace.command(*words)
            os.execvpe(command[0], command, dict(workspace.environ, TERM="xterm-256color"))
        self.seen = b""
        self.resize(rows, columns)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def read(self):
        if not select.select([self.fd], [], [], 60)[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise TimeoutError(self.seen.decode(errors="replace"))
        try:
            part = os.read(self.fd, 4096)
        except OSError:
            part = b""
        self.seen += part
        return part

    def wait_for(self, text):
        while text.encode() not in self.seen:
            expect(self.read(), f"it ended without “{text}”: {self.seen.decode(errors='replace')}")

    def end(self):
        while self.read():
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
