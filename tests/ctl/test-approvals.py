# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that requires approvals, from end to end: what was signed runs, and nothing else."""

import base64
import copy
import datetime
import json
import time

from agent import Agent, digest
from harness import Workspace, expect, main

RUNBOOK = """# Runbook: Approved

## Approval

**Deployment Approved By**:

- Tech Lead: _________________ Date: _________ Time: _________

## Deployment Steps

### Step 1: Do it

```bash
touch DIR/<version>
```

## Rollback

### Step 1: Undo it

```bash
rm DIR/<version>
```
"""
POLICY = """[policy]
environment=production
require-approvals=true
max-age={}

[role Tech Lead]
approvals=1
people=anna@example.com;carla@example.com
"""
DAY = 86400
VALUE = "it's 1.2"


class Room:
    """Anna operates, Carla leads and Ben may sign nothing; one agent, one workspace."""

    def __enter__(self):
        self.workspace = Workspace()
        self.agent = Agent(policy=POLICY.format(DAY))
        w, agent = self.workspace, self.agent
        w.environ["COUNTERSIGN_ACTOR"] = agent.anna.name
        w.environ["CREDENTIALS_DIRECTORY"] = str(w.top)
        w.write("countersign-token-web", agent.token)
        w.run("target", "add", "web", "--agent", f"https://127.0.0.1:{agent.port}",
              "--fingerprint", agent.fingerprint, "--identity", agent.anna.key, status=2)
        self.command = f"touch {w.work}/<version>\n"
        return self

    def __exit__(self, *failure):
        self.agent.__exit__(*failure)
        self.workspace.__exit__(*failure)

    def open(self, environment="production"):
        w = self.workspace
        return w.run("deploy", "start", w.write("runbook.md", RUNBOOK), "--environment",
                     environment, "--target", "web", "--reason", "test", "--set",
                     f"version={VALUE}").out.strip()

    def sign(self, deployment, person):
        return self.workspace.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead",
                                  "--key", person.key, "--name", person.name.split("@")[0],
                                  environ={"COUNTERSIGN_ACTOR": person.name})

    def run(self, deployment, status=0):
        return self.workspace.run("deploy", "run", deployment, status=status)

    def envelopes(self, deployment):
        """What was signed, out of the workspace."""
        data = self.workspace.data
        shown = self.workspace.json("deploy", "show", deployment)
        return [json.loads(next(data.glob(f"blobs/*/{each['envelope']}")).read_text())
                for each in shown["signoffs"] if each["envelope"]]

    def ask(self, deployment, envelopes, script=None, value=VALUE, by=None, **more):
        """A client without any gate of its own: the same request, signed and sent by hand."""
        return self.agent.put_run(script or self.command, by or self.agent.anna,
                                  deployment=deployment, envelopes=envelopes,
                                  environment="production", values={"<version>": value},
                                  **more)[1]

    def refused(self, answer, problem="not-approved"):
        expect(answer.problem == problem, f"{problem}: {answer.status} {answer.body}")
        expect(problem in self.agent.read_log(), "not logged")
        self.ran([])

    def ran(self, names):
        found = sorted(path.name for path in self.workspace.work.iterdir())
        expect(found == names, f"{found}, not {names}")

    def set_age(self, seconds):
        self.agent.write("policy", POLICY.format(seconds))
        self.agent.reload()


def signed_then_run():
    with Room() as room:
        deployment = room.open()
        room.run(deployment, status=3)
        room.refused(room.ask(deployment, []))
        room.sign(deployment, room.agent.carla)
        room.run(deployment)
        room.ran([VALUE])
        room.workspace.run("deploy", "close", deployment)
        room.workspace.run("audit", "verify")


def by_hand():
    """Whoever has the operator's key, token and every envelope still runs nothing else."""
    with Room() as room:
        first, second = room.open(), room.open()
        room.sign(first, room.agent.carla)
        good = room.envelopes(first)
        expect(len(good) == 1)
        changed = copy.deepcopy(good)
        changed[0]["signatures"] = []
        room.refused(room.ask(first, good, script=room.command + "\ntouch /dev/null"))
        room.refused(room.ask(first, good, script=room.command + " "))
        room.refused(room.ask(first, good, value="1.3"))
        room.refused(room.ask(second, good))
        room.refused(room.ask(first, good, by=room.agent.carla))
        room.refused(room.ask(first, changed), "invalid")
        answer = room.ask(first, good)
        expect(answer.status == 201, answer.body)
        ended = room.agent.wait(answer.json["id"])
        expect([each["signer"] for each in ended["approvals"]] == [room.agent.carla.name], ended)
        expect(ended["command"] == digest(room.command), ended)
        room.ran([VALUE])
        room.run(second, status=3)


def changed_value():
    """A signature lapses with the value that it covered, here and on the server."""
    with Room() as room:
        deployment = room.open()
        room.sign(deployment, room.agent.carla)
        old = room.envelopes(deployment)
        room.workspace.run("deploy", "set", deployment, "version=1.3")
        room.run(deployment, status=3)
        room.refused(room.ask(deployment, old, value="1.3"))
        room.sign(deployment, room.agent.carla)
        room.run(deployment)
        room.ran(["1.3"])


def wrong_people():
    """The server does not take the workspace's word for who may sign."""
    with Room() as room:
        for person in (room.agent.anna, room.agent.ben):
            deployment = room.open()
            room.sign(deployment, person)
            refused = room.run(deployment, status=5)
            expect("Tech Lead (0 of 1)" in refused.err and person.name in refused.err, refused.err)
            room.refused(room.ask(deployment, room.envelopes(deployment)))
            room.workspace.run("deploy", "unlock", deployment)


def too_old():
    with Room() as room:
        deployment = room.open()
        room.sign(deployment, room.agent.carla)
        good = room.envelopes(deployment)
        room.set_age(1)
        signed = room.workspace.json("deploy", "show", deployment)["signoffs"][0]["at"]
        until = datetime.datetime.fromisoformat(signed.replace("Z", "+00:00")).timestamp() + 2
        while time.time() <= until:
            time.sleep(0.1)
        answer = room.ask(deployment, good)
        room.refused(answer)
        expect(answer.json["reasons"] == ["it is too old"], answer.body)
        expect("it is too old" in room.run(deployment, status=5).err)
        room.ran([])
        room.set_age(DAY)
        room.run(deployment)
        room.ran([VALUE])


def way_back():
    """Who signed the way forward has signed the way back, and the server holds to that."""
    with Room() as room:
        w = room.workspace
        deployment = room.open()
        room.sign(deployment, room.agent.carla)
        good = room.envelopes(deployment)
        payload = json.loads(base64.b64decode(good[0]["payload"]))["predicate"]
        expect(payload["rollback"] == 1 and payload["shells"] == ["bash"] * 2, payload)
        room.run(deployment)
        room.ran([VALUE])
        undo = f"rm {w.work}/<version>\n"
        other = room.ask(deployment, good, script=undo, value="1.3")
        expect(other.problem == "not-approved", other.body)
        w.run("deploy", "rollback", deployment, "--reason", "it is slow")
        w.run("deploy", "run", deployment, "3.1")
        room.ran([])
        w.run("audit", "verify")


def other_environment():
    with Room() as room:
        deployment = room.open("staging")
        room.sign(deployment, room.agent.carla)
        refused = room.run(deployment, status=5)
        expect("production" in refused.err and "staging" in refused.err, refused.err)
        room.ran([])


main("approvals", [signed_then_run, by_hand, changed_value, wrong_people, too_old,
                   way_back, other_environment])
