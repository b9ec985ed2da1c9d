# SPDX-License-Identifier: GPL-3.0-or-later
"""Terminals of runs: typed into by who started them, each byte once, and kept nowhere."""

import base64
import json
import sys
import uuid

import tap
from agent import Agent, digest, stamp, statement

TERMINAL = {"type": "vt100", "columns": 80, "rows": 24}
POLICY = """[policy]
environment=production
require-approvals=true

[role Tech Lead]
people=carla@example.com
"""


def type_into(agent, run, text=None, by=None, at=None, **members):
    if text is not None:
        members["input"] = base64.b64encode(text).decode()
    if at is not None:
        members["at"] = at
    return agent.ask("POST", f"/v1/runs/{run}/terminal", members, by or agent.anna)


def type_soon(agent, run, text):
    """The same as soon as the terminal is there."""
    while (answer := type_into(agent, run, text)).problem == "no-terminal":
        assert agent.get(f"/v1/runs/{run}").json["state"] in ("queued", "running")
    assert answer.status == 202, answer.body


def await_output(agent, run, text):
    """Follows the run until it has printed this."""
    seen, connection = b"", agent.connect()
    target = f"/v1/runs/{run}/output?from=0"
    connection.request("GET", target, None, agent.headers("GET", target, b""))
    response = connection.getresponse()
    while text not in seen:
        more = response.read1(65536)
        assert more, seen
        seen += more
    connection.close()
    return seen


def begin(agent, script, **members):
    run, answer = agent.put_run(script, terminal=TERMINAL, **members)
    assert answer.status == 201 and answer.json["terminal"] is True, answer.body
    return run


def test_typing():
    with Agent() as agent:
        run = begin(agent, "stty size; echo $TERM; read -rsp 'Password: ' it; echo ${#it}; "
                           "read -rp 'Name: ' name; echo \"<$name>\"; export A=1; cd /usr; exit 3")
        await_output(agent, run, b"Password: ")
        assert type_into(agent, run, b"secret-4711\n", at=0).status == 202
        await_output(agent, run, b"Name: ")
        # Heard before, partly heard before, behind a gap; then what is missing.
        assert type_into(agent, run, b"secret-4711\n", at=0).status == 202
        assert type_into(agent, run, b"\nab", at=11).status == 202
        assert type_into(agent, run, b"XX", at=20).status == 202
        assert type_into(agent, run, b"c\n").status == 202
        ended = agent.wait(run)
        output = agent.get(f"/v1/runs/{run}/output").body
        assert output.startswith(b"24 80\r\nvt100\r\nPassword: 11\r\nName: "), output
        assert b"<abc>\r\n" in output and b"X" not in output, output
        assert ended["status"] == 3 and ended["cwd"] == "/usr", ended
        assert ended["environment"] == {"A": "1"}, ended
        answer = type_into(agent, run, b"late")
        assert answer.problem == "no-terminal", answer.body
        # What was typed while nothing was echoed is in no file.
        for path in agent.directory.rglob("*"):
            assert not path.is_file() or b"secret-4711" not in path.read_bytes(), path


def test_much():
    """A program that reads late gets all of it, and the agent says when that is enough."""
    with Agent() as agent:
        run = begin(agent, "stty -echo -icanon; echo ready; sleep 2; head -c 20000 | sha256sum; "
                           "stty echo icanon")
        await_output(agent, run, b"ready")
        text = bytes(97 + i % 26 for i in range(20000))
        for at in range(0, len(text), 4000):
            assert type_into(agent, run, text[at:at + 4000], at=at).status == 202
        agent.wait(run)
        assert digest(text).encode() in agent.get(f"/v1/runs/{run}/output").body
        run = begin(agent, "stty raw -echo; echo ready; sleep 60")
        await_output(agent, run, b"ready")
        answers = [type_into(agent, run, b"x" * 4000) for _ in range(60)]
        full = [answer for answer in answers if answer.status != 202]
        assert full and {answer.problem for answer in full} == {"queue-full"}
        assert full[0].headers["Retry-After"] == "1"
        agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "TERM"}, agent.anna)
        assert agent.wait(run)["ending"] == "stopped"


def test_refused():
    with Agent() as agent:
        run = begin(agent, "read -r line; echo \"<$line>\"", timeout=60)
        assert type_into(agent, run, b"x\n", by=agent.ben).problem == "not-yours"
        assert type_into(agent, run, b"x\n", by=agent.mallory).problem == "signature-refused"
        target = f"/v1/runs/{run}/terminal"
        assert agent.ask("POST", target, {"input": "eAo="}).problem == "signature-missing"
        nobody = str(uuid.uuid4())
        assert type_into(agent, nobody, b"x").problem == "no-such-run"
        bodies = [{}, {"input": ""}, {"input": "!"}, {"input": 1}, {"at": -1, "input": "eA=="},
                  {"at": "0", "input": "eA=="}, {"columns": 80}, {"columns": 0, "rows": 24},
                  {"columns": 80, "rows": 2001}, {"input": "eA==", "more": 1}, [],
                  {"input": base64.b64encode(b"x" * 4001).decode()}]
        for body in bodies:
            answer = agent.ask("POST", target, json.dumps(body).encode(), agent.anna)
            assert answer.problem == "invalid", (body, answer.body)
        type_soon(agent, run, b"right\n")
        agent.wait(run)
        assert b"<right>" in agent.get(f"/v1/runs/{run}/output").body
        plain, _ = agent.run("true")
        assert type_into(agent, plain["id"], b"x").problem == "no-terminal"
        for terminal in (None, 1, {}, {"type": "x"}, {**TERMINAL, "type": "../x"},
                         {**TERMINAL, "type": "a b"}, {**TERMINAL, "rows": 0},
                         {**TERMINAL, "columns": 5000}, {**TERMINAL, "more": 1}):
            _, answer = agent.put_run("true", terminal=terminal)
            assert answer.problem == "invalid", (terminal, answer.body)


def test_approved_for_terminal():
    """Who signed for a command that runs by itself did not sign for one that someone answers."""
    with Agent(policy=POLICY) as agent:
        def ask(**changes):
            envelope = statement(agent.carla, "d1", ["cat"], at=stamp(), **changes)
            return agent.put_run("cat", deployment="d1", envelopes=[envelope], terminal=TERMINAL)

        _, answer = ask()
        assert answer.problem == "not-approved" and "in a terminal" in answer.json["reasons"][0]
        run, answer = ask(shells=["bash terminal"])
        assert answer.status == 201, answer.body
        type_soon(agent, run, b"hello\n\x04")
        assert agent.wait(run)["status"] == 0
        assert agent.get(f"/v1/runs/{run}/output").body == b"hello\r\nhello\r\n"


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
