# SPDX-License-Identifier: GPL-3.0-or-later
"""A real countersign-agent on loopback with TLS, people with real keys, and a caller for it."""

import base64
import datetime
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lifetime import die_with_parent  # noqa: E402

AGENT = os.environ["COUNTERSIGN_AGENT"]


def digest(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def stamp(seconds=0, at=None):
    moment = at or datetime.datetime.now(datetime.timezone.utc)
    return (moment + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value):
    """RFC 8785, for what tests write: no numbers with a point."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Person:
    """Someone with a key of their own."""

    def __init__(self, directory, name, kind="ed25519"):
        self.name = name
        self.key = Path(directory) / f"{name}.key"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", self.key],
                       check=True, stdin=subprocess.DEVNULL)
        self.public = self.key.with_suffix(".key.pub").read_text(encoding="utf-8").strip()
        self.fingerprint = subprocess.run(["ssh-keygen", "-lf", self.key], check=True, text=True,
                                          capture_output=True).stdout.split()[1]

    def sign(self, namespace, message):
        """The armored signature."""
        return subprocess.run(["ssh-keygen", "-Y", "sign", "-f", self.key, "-n", namespace],
                              input=message, check=True, capture_output=True).stdout.decode()

    def sign_line(self, namespace, message):
        """The same as one line of base64."""
        return "".join(self.sign(namespace, message).split("\n")[1:-2])


def statement(person, deployment, commands, role="Tech Lead", scripts=None, at=None, rollback=(),
              old=False, **changes):
    """A sign-off, as Countersign writes it, in its envelope."""
    commands = [*commands, *rollback]
    commands = [digest(command) for command in commands]
    scripts = commands if scripts is None else [digest(script) if script else ""
                                                for script in scripts]
    manifest = digest("".join(command + "\n" for command in commands))
    predicate = {
        "deployment": deployment, "field": "s1", "role": role, "meaning": "Approved",
        "signer": person.name, "key": person.fingerprint, "decision": "approve", "comment": "",
        "at": at or stamp(), "commands": commands, "scripts": scripts,
        "environment": "production", "shells": ["bash"] * len(commands),
        "rollback": len(rollback),
    }
    if old:
        del predicate["shells"], predicate["rollback"]
    predicate.update(changes)
    predicate = {name: value for name, value in predicate.items() if value is not None}
    subjects = [{"name": name, "digest": {"sha256": value}} for name, value in
                (("runbook", digest("runbook")), ("head", digest("head")), ("manifest", manifest))]
    payload = canonical({
        "_type": "https://in-toto.io/Statement/v1", "subject": subjects,
        "predicateType": "https://countersign.github.io/signoff/v1", "predicate": predicate})
    kind = "application/vnd.in-toto+json"
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    signature = person.sign("signoff@countersign", pae).encode()
    return {"payload": base64.b64encode(payload).decode(), "payloadType": kind,
            "signatures": [{"keyid": person.fingerprint,
                            "sig": base64.b64encode(signature).decode()}]}


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.phrase = response.reason
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The last part of the problem's type; None if it is none."""
        if self.headers.get("Content-Type") != "application/problem+json":
            return None
        told = self.json
        assert told["status"] == self.status and told["title"] and told["detail"], told
        return told["type"].rsplit("/", 1)[1]


def read_frames(stream):
    """The frames of an answer, as (kind, payload), until it ends."""
    while True:
        head = stream.read(5)
        if len(head) < 5:
            return
        length = int.from_bytes(head[1:], "big")
        yield head[:1].decode(), stream.read(length)


class Agent:
    def __init__(self, plain=False, policy=None, limits="", environment=None, signers=None):
        self.directory = Path(tempfile.mkdtemp(prefix="cs-agent-"))
        self.config = self.directory / "etc"
        self.state = self.directory / "state"
        self.process = None
        self.connection = None
        self.extra = environment or {}
        command = [AGENT, "init", "--config", self.config, "--state", self.state,
                   "--listen", "127.0.0.1:0", "--host", "localhost"]
        told = subprocess.run(command + (["--plain"] if plain else []), check=True, text=True,
                              capture_output=True).stdout
        self.told = told
        self.token = next(line.strip() for line in told.splitlines()
                          if line.strip().startswith("csa_"))
        self.anna = Person(self.directory, "anna@example.com")
        self.ben = Person(self.directory, "ben@example.com", "ecdsa")
        self.carla = Person(self.directory, "carla@example.com")
        self.mallory = Person(self.directory, "mallory@example.com")
        self.write("allowed_signers", signers(self) if signers else "".join(
            f"{person.name} {person.public}\n" for person in (self.anna, self.ben, self.carla)))
        if policy is not None:
            self.write("policy", policy)
        if limits:
            conf = self.config / "agent.conf"
            conf.write_text(conf.read_text(encoding="utf-8") + limits, encoding="utf-8")
        self.start()

    def write(self, name, text):
        (self.config / name).write_text(text, encoding="utf-8")

    def start(self):
        self.log = open(self.directory / "log", "ab")
        environment = {"PATH": os.environ["PATH"], "G_MESSAGES_DEBUG": "cs-agent",
                       "COUNTERSIGN_SUPERVISOR": os.environ["COUNTERSIGN_SUPERVISOR"],
                       **{name: os.environ[name] for name in
                          ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ},
                       **self.extra}
        self.process = subprocess.Popen([AGENT, "serve", "--config", self.config],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, env=environment, text=True,
                                        preexec_fn=die_with_parent)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), (line, self.read_log())
        words = line.split()
        self.plain = words[2].startswith("http://")
        self.port = int(words[2].rsplit(":", 1)[1])
        self.fingerprint = None if self.plain else words[3]
        if self.plain:
            identity = (self.config / "agent.conf").read_text(encoding="utf-8")
            self.identity = "agent:" + next(line[3:] for line in identity.splitlines()
                                            if line.startswith("id="))
        else:
            self.identity = self.fingerprint

    def read_log(self):
        return (self.directory / "log").read_text(encoding="utf-8", errors="replace")

    def kill(self):
        self.drop()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        self.drop()
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(60)
        self.process.stdout.close()
        self.log.close()
        return status

    def close(self):
        status = self.stop() if self.process.poll() is None else 0
        log = self.read_log()
        shutil.rmtree(self.directory)
        assert status == 0, (status, log)
        assert "CRITICAL" not in log and "ERROR: AddressSanitizer" not in log, log
        assert self.token not in log

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if failure[0] is not None:
            for line in self.read_log().splitlines():
                print("# " + line)
        self.close()

    def reload(self):
        before = self.read_log().count("read again")
        self.process.send_signal(signal.SIGHUP)
        while self.read_log().count("read again") == before:
            assert self.process.poll() is None
            time.sleep(0.01)

    def socket(self):
        """A connection of its own, in which the agent's certificate is the pinned one."""
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.plain:
            return raw
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        secure = context.wrap_socket(raw)
        seen = hashlib.sha256(secure.getpeercert(True)).digest()
        seen = "SHA256:" + base64.b64encode(seen).decode().rstrip("=")
        assert seen == self.fingerprint, "another certificate than the pinned one"
        return secure

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.sock = self.socket()
        return connection

    def drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def headers(self, method, target, body, by=None, token=True, **changes):
        """What a request needs; changes replace a header, None leaves it out."""
        found = {}
        if token:
            found["Authorization"] = "Bearer " + (token if isinstance(token, str) else self.token)
        if by is not None:
            found.update({"Countersign-Agent": self.identity, "Countersign-Time": stamp(),
                          "Countersign-Nonce": str(uuid.uuid4())})
            found.update({"Countersign-" + name.capitalize(): value
                          for name, value in changes.items() if value is not None})
            message = "\n".join(["countersign-request-v1", method, target,
                                 found["Countersign-Agent"], found["Countersign-Time"],
                                 found["Countersign-Nonce"], digest(body), ""]).encode()
            if "signature" not in changes:
                found["Countersign-Signature"] = by.sign_line("request@countersign", message)
        if body:
            found["Content-Type"] = "application/json"
        for name, value in changes.items():
            if value is None:
                found.pop("Countersign-" + name.capitalize(), None)
        return found

    def send(self, method, target, body=b"", headers=None):
        """One request over the connection that is kept; gives the answer whole."""
        if self.connection is None:
            self.connection = self.connect()
        try:
            self.connection.request(method, target, body or None, headers or {})
            response = self.connection.getresponse()
            answer = Answer(response, response.read())
        except (OSError, http.client.HTTPException):
            self.drop()
            raise
        if response.will_close:
            self.drop()
        return answer

    def ask(self, method, target, body=None, by=None, token=True, **changes):
        data = b"" if body is None else body
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
        return self.send(method, target, data,
                         self.headers(method, target, data, by, token, **changes))

    def get(self, target, **more):
        return self.ask("GET", target, **more)

    def put_run(self, script, by=None, run=None, **members):
        run = run or str(uuid.uuid4())
        return run, self.ask("PUT", "/v1/runs/" + run, {"script": script, **members},
                             by or self.anna)

    def wait(self, run):
        while True:
            answer = self.get(f"/v1/runs/{run}?wait=30")
            assert answer.status == 200, answer.body
            if answer.json["state"] not in ("queued", "running"):
                return answer.json

    def run(self, script, **members):
        """Runs a script to its end; gives its run and what it printed."""
        run, answer = self.put_run(script, **members)
        assert answer.status == 201, answer.body
        ended = self.wait(run)
        output = self.get(f"/v1/runs/{run}/output").body
        assert digest(output) == ended["output"]["digest"]
        return ended, output
