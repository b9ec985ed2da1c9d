# SPDX-License-Identifier: GPL-3.0-or-later
"""Interactive commands in the caller's own terminal: here, over SSH, on an agent."""

import os
import signal
import termios

from agent_server import Agent
from harness import Workspace, expect, main
from sshd import Sshd
from terminal import Terminal

TEXT = """# Asks

## Deployment Steps

### Step 1: Ask

```bash
read -rsp 'Password: ' word; echo; echo "${#word} characters on $(tty >/dev/null && stty size)"
python3 -q
export ANSWERED=yes
```

### Step 2: Go on

```bash
echo "answered: $ANSWERED"
```
"""


def converse(w, deployment):
    terminal = Terminal(w, "deploy", "run", deployment, "1.1")
    terminal.wait_for("Password: ")
    terminal.type("hush hush\r")
    terminal.wait_for("9 characters on 30 100")
    terminal.wait_for(">>> ")
    terminal.resize(43, 132)
    terminal.type("import os, time\r")
    terminal.type("while os.get_terminal_size().lines != 43: time.sleep(0.01)\r\r")
    terminal.type("print('resized', *os.get_terminal_size())\r")
    terminal.wait_for("resized 132 43")
    terminal.type("\x03")
    terminal.wait_for("KeyboardInterrupt")
    terminal.type("\x04")
    status = terminal.end()
    expect(status == 0, (status, terminal.seen))
    expect(b"hush" not in terminal.seen, terminal.seen)
    block = w.steps(deployment)["1.1"]["blocks"][0]
    expect(block["status"] == "passed" and block["ending"] == "exited", block)
    kept = b"".join(path.read_bytes() for path in w.data.rglob("*")
                    if path.is_file() and "blob" in str(path))
    expect(b"9 characters on 30 100" in kept and b"hush" not in kept, kept)
    went_on = w.run("deploy", "run", deployment, "1.2")
    expect(went_on.out == "answered: yes\n", went_on.out)
    w.run("audit", "verify")


def here():
    with Workspace() as w:
        converse(w, w.start(TEXT))


def over_ssh():
    with Workspace() as w, Sshd(w.top / "sshd") as server:
        w.run("target", "add", "web", "--ssh", server.destination, "--identity", server.identity)
        w.run("target", "trust", "web", "--fingerprint", server.fingerprint())
        converse(w, w.start(TEXT, target="web"))


def by_agent():
    with Workspace() as w, Agent(w) as agent:
        agent.add(w)
        converse(w, w.start(TEXT, target="web"))
        expect(not any(b"hush" in path.read_bytes() for path in w.top.rglob("*")
                       if path.is_file()), "what was typed is in a file")


def no_terminal():
    """Where nobody can answer, nothing is run."""
    with Workspace() as w:
        deployment = w.start(TEXT)
        refused = w.run("deploy", "run", deployment, "1.1", status=3)
        expect("asks questions" in refused.err and "terminal" in refused.err, refused.err)
        expect([r["kind"] for r in w.json("deploy", "log", deployment)] == ["opened"])


def terminal_as_it_was():
    """Also when it is ended from outside, the caller's terminal is as before."""
    with Workspace() as w:
        deployment = w.start(TEXT)
        terminal = Terminal(w, "deploy", "run", deployment, "1.1")
        before = termios.tcgetattr(terminal.fd)
        terminal.wait_for("Password: ")
        expect(termios.tcgetattr(terminal.fd) != before, "the terminal is not raw")
        os.kill(terminal.pid, signal.SIGTERM)
        while True:
            if termios.tcgetattr(terminal.fd) == before:
                break
            if not terminal.read():
                break
        expect(termios.tcgetattr(terminal.fd) == before, "the terminal is still raw")
        expect(terminal.end() == 1, terminal.seen)
        block = w.steps(deployment)["1.1"]["blocks"][0]
        expect(block["ending"] == "stopped" and block["status"] == "failed", block)


main("terminal", [here, over_ssh, by_agent, no_terminal, terminal_as_it_was])
