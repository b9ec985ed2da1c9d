# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent and its OpenAPI file say the same: routes, methods, problems, members."""

import os
import re
import sys
import uuid
from pathlib import Path

import tap
from agent import Agent

TOP = Path(os.environ["G_TEST_SRCDIR"]).parent.parent
CONTRACT = (TOP / "data" / "openapi" / "countersign-agent.yaml").read_text(encoding="utf-8")


def routes():
    """Path and methods, as far as two levels of the file's own layout tell them."""
    found = {}
    path = None
    for line in CONTRACT.split("\npaths:\n")[1].split("\ncomponents:\n")[0].splitlines():
        if re.match(r"  /", line):
            path = line.strip().rstrip(":")
            found[path] = set()
        elif re.match(r"    (get|put|post|delete|patch):", line):
            found[path].add(line.strip().rstrip(":").upper())
    return found


def test_routes():
    with Agent() as agent:
        run, _ = agent.run("true")
        filled = {"id": run["id"], "stream": "deployment/x"}
        assert len(routes()) == 7, routes()
        for path, methods in routes().items():
            target = re.sub(r"{(\w+)}", lambda match: filled[match.group(1)], path)
            for method in ("GET", "PUT", "POST", "DELETE", "PATCH"):
                answer = agent.ask(method, target, b"" if method in ("GET", "DELETE") else b"{}")
                if method in methods:
                    assert answer.problem not in ("wrong-method", "no-such-route"), (method, path)
                else:
                    assert answer.problem == "wrong-method", (method, path, answer.body)


def test_problems():
    source = (TOP / "src" / "agent" / "cs-problem.c").read_text(encoding="utf-8")
    ours = dict(re.findall(r'= { "([a-z-]+)", (\d+),', source))
    text = CONTRACT.split("one of, with its status:")[1].split("type: string")[0]
    told = dict(re.findall(r"([a-z-]+) (\d{3})", text))
    assert ours == told, set(ours.items()) ^ set(told.items())


def test_members():
    schema = CONTRACT.split("\n  schemas:\n")[1].split("\n    Run:\n")[1]
    schema = schema.split("\n    Health:\n")[0]
    known = set(re.findall(r"^        (\w+):", schema, re.MULTILINE))
    with Agent(policy="[policy]\nenvironment=production\n") as agent:
        run, _ = agent.run("export A=1", deployment="d1", environment="production")
        assert set(run) <= known, set(run) - known
        health = CONTRACT.split("\n    Health:\n")[1].split("\n    Problem:\n")[0]
        known = set(re.findall(r"^        (\w+):", health, re.MULTILINE))
        assert set(agent.get("/v1/health").json) <= known
        for header in ("X-Response-Time", "X-RateLimit-Limit", "X-RateLimit-Remaining",
                       "X-RateLimit-Reset"):
            assert agent.get("/v1/health").headers[header]


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
