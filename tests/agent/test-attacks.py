# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not get through: each attempt is refused with its problem, logged, and runs nothing."""

import base64
import json
import resource
import socket
import ssl
import subprocess
import sys
import time
import uuid

import tap
from agent import Agent, Person, canonical, digest, read_frames, stamp, statement

POLICY = """[policy]
environment=production
require-approvals=true
max-age=3600
max-delegation=3600

[role Tech Lead]
approvals=1
people=ben@example.com;carla@example.com
"""


def marker(agent):
    return agent.directory / "marker"


def refused(agent, answer, problem):
    assert answer.problem == problem, (problem, answer.status, answer.body)
    assert problem in agent.read_log()
    assert answer.json["instance"] in agent.read_log()
    assert not marker(agent).exists(), f"{problem}: something was run"
    assert answer.headers["X-Response-Time"]


def put(server, script=None, by="anna", members=None, run=None, **changes):
    run = run or str(uuid.uuid4())
    body = {"script": script or f"touch {marker(server)}", **(members or {})}
    return server.ask("PUT", "/v1/runs/" + run, body,
                     getattr(server, by) if isinstance(by, str) else by, **changes)


def test_tokens_and_signatures():
    with Agent() as agent:
        nobody = Person(agent.directory, "nobody")
        refused(agent, put(agent, token=False), "token-missing")
        refused(agent, put(agent, token="csa_" + "A" * 43), "token-refused")
        refused(agent, put(agent, token=agent.token[:-1]), "token-refused")
        refused(agent, put(agent, by=None), "signature-missing")
        refused(agent, put(agent, by=nobody), "signature-refused")
        refused(agent, put(agent, by="mallory"), "signature-refused")
        refused(agent, put(agent, signature="AAAA"), "signature-refused")
        refused(agent, put(agent, signature="no base64!"), "signature-refused")
        refused(agent, put(agent, time=stamp(-301)), "stale")
        refused(agent, put(agent, time=stamp(301)), "stale")
        refused(agent, put(agent, time="yesterday"), "invalid")
        refused(agent, put(agent, nonce="short"), "invalid")
        refused(agent, put(agent, agent="SHA256:" + "A" * 43), "wrong-agent")
        target = "/v1/runs/" + str(uuid.uuid4())
        body = json.dumps({"script": f"touch {marker(agent)}"}).encode()
        good = agent.headers("PUT", target, body, agent.anna)
        # What was signed is what counts: another body, target or method is another request.
        refused(agent, agent.send("PUT", target, body + b" ", good), "signature-refused")
        refused(agent, agent.send("PUT", target[:-1] + ("0" if target[-1] != "0" else "1"), body,
                                  good), "signature-refused")
        refused(agent, agent.send("DELETE", target, b"", good), "signature-refused")
        other = agent.anna.sign_line("signoff@countersign", b"x")
        refused(agent, put(agent, signature=other), "signature-refused")


def test_retired_key():
    def signers(agent):
        return (f'anna@example.com valid-before="20200101Z" {agent.anna.public}\n'
                f'ben@example.com valid-after="20990101Z" {agent.ben.public}\n'
                f'carla@example.com namespaces="signoff@countersign" {agent.carla.public}\n')
    with Agent(signers=signers) as agent:
        for name, words in (("anna", "not valid any more"), ("ben", "not valid yet"),
                            ("carla", "not for signatures of this kind")):
            answer = put(agent, by=name)
            refused(agent, answer, "signature-refused")
            assert words in answer.json["detail"]


def test_replay():
    with Agent() as agent:
        target = "/v1/runs/" + str(uuid.uuid4())
        count = agent.directory / "count"
        body = json.dumps({"script": f"echo x >> {count}"}).encode()
        headers = agent.headers("PUT", target, body, agent.anna)
        assert agent.send("PUT", target, body, headers).status == 201
        agent.wait(target.rsplit("/", 1)[1])
        refused(agent, agent.send("PUT", target, body, headers), "replayed")
        agent.kill()
        agent.start()
        refused(agent, agent.send("PUT", target, body, headers), "replayed")
        # Who asks again as one should gets the same run, and it does not run again.
        again = agent.ask("PUT", target, body, agent.anna)
        assert again.status == 200 and again.json["state"] == "finished", again.body
        refused(agent, agent.ask("PUT", target, body + b" ", agent.anna), "run-exists")
        assert count.read_text() == "x\n"


def test_another_agent():
    with Agent() as one, Agent(signers=lambda agent: "") as other:
        other.write("allowed_signers", f"anna@example.com {one.anna.public}\n")
        other.reload()
        target = "/v1/runs/" + str(uuid.uuid4())
        body = json.dumps({"script": f"touch {marker(other)}"}).encode()
        headers = one.headers("PUT", target, body, one.anna)
        headers["Authorization"] = "Bearer " + other.token
        refused(other, other.send("PUT", target, body, headers), "wrong-agent")


def test_wrong_certificate():
    with Agent() as agent:
        agent.fingerprint = "SHA256:" + "A" * 43
        try:
            agent.get("/v1/health")
        except AssertionError as failure:
            assert "another certificate" in str(failure)
        else:
            raise AssertionError("a connection to another certificate was used")


def delegation(person, key, issued=0, expires=600, **more):
    payload = canonical({"type": "https://countersign.github.io/delegation/v1", "key": key.public,
                         "issued": stamp(issued), "expires": stamp(expires), **more})
    text = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    return text + "." + person.sign_line("delegate@countersign", payload)


def test_delegation():
    with Agent(policy="[policy]\nmax-delegation=3600\n") as agent:
        key = Person(agent.directory, "delegate")
        run = str(uuid.uuid4())

        def ask(paper, by=key, **members):
            return put(agent, by=by, members=members, delegation=paper)

        good = delegation(agent.anna, key)
        refused(agent, put(agent, by=key), "signature-refused")
        refused(agent, ask(good, by=agent.mallory), "delegation-refused")
        refused(agent, ask(delegation(agent.mallory, key)), "delegation-refused")
        refused(agent, ask(delegation(agent.anna, key, -1200, -600)), "delegation-refused")
        refused(agent, ask(delegation(agent.anna, key, 600, 1200)), "delegation-refused")
        refused(agent, ask(delegation(agent.anna, key, 0, 3700)), "delegation-refused")
        refused(agent, ask(delegation(agent.anna, key, deployment="d1"), deployment="d2"),
                "delegation-refused")
        refused(agent, ask(good.replace(".", "")), "delegation-refused")
        refused(agent, ask("x" + good), "delegation-refused")
        answer = put(agent, "true", by=key, run=run, delegation=good,
                     members={"deployment": "d1"})
        assert answer.status == 201 and answer.json["operator"] == "anna@example.com"
        agent.wait(run)
        other = delegation(agent.anna, key, deployment="d2")
        refused(agent, agent.ask("DELETE", "/v1/runs/" + run, None, key, delegation=other),
                "delegation-refused")
        # Whose key is taken off the list has no delegates any more, also known ones.
        agent.write("allowed_signers", f"ben@example.com {agent.ben.public}\n")
        agent.reload()
        refused(agent, ask(good), "delegation-refused")


def test_approvals():
    with Agent(policy=POLICY) as agent:
        script = f"touch {marker(agent)} <NAME>"
        sent = f"touch {marker(agent)} 'x'"
        plain = f"touch {marker(agent)}"

        def ask(*envelopes, text=plain, by="anna", **members):
            return put(agent, text, by=by,
                       members={"deployment": "d1", "envelopes": list(envelopes), **members})

        good = statement(agent.carla, "d1", [plain])
        table = [
            ("no approval", ask()),
            ("for another command", ask(statement(agent.carla, "d1", ["true"]))),
            ("script altered afterwards", ask(good, text=plain + " ")),
            ("for another deployment", ask(statement(agent.carla, "d2", [plain]))),
            ("for another environment",
             ask(statement(agent.carla, "d1", [plain], environment="staging"))),
            ("for no environment", ask(statement(agent.carla, "d1", [plain], environment=None))),
            ("from the operator", ask(statement(agent.ben, "d1", [plain]), by="ben")),
            ("by someone without the role", ask(statement(agent.anna, "d1", [plain]), by="ben")),
            ("in a role that nobody asked for",
             ask(statement(agent.carla, "d1", [plain], role="Manager"))),
            ("too old", ask(statement(agent.carla, "d1", [plain], at=stamp(-3700)))),
            ("from the future", ask(statement(agent.carla, "d1", [plain], at=stamp(600)))),
            ("for another shell", ask(good, shell="sh")),
            ("from before shells were named",
             ask(statement(agent.carla, "d1", [plain], old=True))),
            ("a rejection beside it",
             ask(good, statement(agent.ben, "d1", [plain], decision="reject"))),
            ("signed by someone unknown", ask(statement(agent.mallory, "d1", [plain]))),
            ("in another's name",
             ask(statement(agent.anna, "d1", [plain], signer="carla@example.com"))),
            ("with another value", ask(statement(agent.carla, "d1", [script], scripts=[sent]),
                                       text=script, values={"<NAME>": "y"})),
            ("a value that nobody saw", ask(statement(agent.carla, "d1", [script], scripts=[""]),
                                            text=script, values={"<NAME>": "x"})),
            ("another file by a value that is none",
             ask(good, text=plain, values={str(marker(agent)): "/tmp/x"})),
        ]
        forged = json.loads(json.dumps(good))
        payload = base64.b64decode(forged["payload"]).replace(b'"d1"', b'"d2"')
        forged["payload"] = base64.b64encode(payload).decode()
        table.append(("altered after signing", ask(forged, deployment="d2")))
        for words, answer in table:
            print("#", words, answer.json.get("reasons"))
            refused(agent, answer, "not-approved")
            assert answer.json["missing"] == [{"role": "Tech Lead", "wanted": 1, "found": 0}] or \
                answer.json["reasons"][0] == ""
        refused(agent, ask(good, values={"touch": "rm"}), "value-refused")
        refused(agent, ask(good, variables={"PATH": "/tmp"}), "not-allowed-variable")
        refused(agent, ask(good, secrets={"LD_PRELOAD": "/tmp/x.so"}), "not-allowed-variable")
        refused(agent, ask(good, environment="staging"), "wrong-environment")
        place = str(agent.directory)
        last = statement(agent.carla, "d1", ["true", script], scripts=["true", sent])

        def ask_last(**members):
            return ask(last, text=script, values={"<NAME>": "x"}, **members)

        # What an approved command finds is what those before it have left, not what a caller says.
        refused(agent, ask_last(cwd=place), "not-approved")
        refused(agent, ask_last(variables={"WHERE": "here"}), "not-allowed-variable")
        refused(agent, ask_last(secrets={"WHERE": "here"}), "not-allowed-variable")
        begin = f"cd {place}; export WHERE=here; unset LANG"
        for deployment in ("d2", "d1"):
            refused(agent, ask_last(cwd=place), "not-approved")
            answer = ask(statement(agent.carla, deployment, [begin]), text=begin,
                         deployment=deployment)
            assert answer.status == 201, answer.body
            agent.wait(answer.json["id"])
        refused(agent, ask_last(variables={"WHERE": "there"}), "not-allowed-variable")
        refused(agent, ask_last(variables={"WHERE": None}), "not-allowed-variable")
        agent.kill()
        agent.start()
        answer = ask_last(cwd=place, variables={"WHERE": "here"})
        assert answer.status == 201, answer.body
        ended = agent.wait(answer.json["id"])
        assert [each["signer"] for each in ended["approvals"]] == ["carla@example.com"]
        assert ended["text"] == digest(sent) and ended["command"] == digest(script)
        assert marker(agent).exists() and (agent.directory / "x").exists()


def reason(answer):
    return answer.json["reasons"][0]


def test_words():
    """Why a sign-off does not count is said so that one knows what to do."""
    with Agent(policy=POLICY) as agent:
        def ask(envelope, **members):
            return put(agent, members={"deployment": "d1", "envelopes": [envelope], **members})

        script = f"touch {marker(agent)}"
        old = statement(agent.carla, "d1", [script], old=True)
        assert "older Countersign" in reason(ask(old)) and "sign again" in reason(ask(old))
        older = statement(agent.carla, "d1", [script], old=True, scripts=None)
        assert "sign again" in reason(ask(older))
        good = statement(agent.carla, "d1", [script])
        assert reason(ask(good, shell="sh")) == "it releases this command for bash, not for sh"
        assert reason(ask(good, deployment="d2")) == "it is for another deployment"
        assert not marker(agent).exists()


def test_again():
    """An approval is for one deployment; there, until it is too old, a step may be retried."""
    with Agent(policy=POLICY) as agent:
        count = agent.directory / "count"
        script = f"echo x >> {count}"
        good = statement(agent.carla, "d1", [script])
        for _ in range(2):
            answer = put(agent, script, members={"deployment": "d1", "envelopes": [good]})
            assert answer.status == 201, answer.body
            assert agent.wait(answer.json["id"])["status"] == 0
        assert count.read_text() == "x\nx\n"
        refused(agent, put(agent, script, members={"deployment": "d2", "envelopes": [good]}),
                "not-approved")
        agent.write("policy", POLICY.replace("max-age=3600", "max-age=1"))
        agent.reload()
        aged = statement(agent.carla, "d1", [script], at=stamp(-2))
        refused(agent, put(agent, script, members={"deployment": "d1", "envelopes": [aged]}),
                "not-approved")
        assert count.read_text() == "x\nx\n"


def test_rollback():
    """Who signs the way forward has signed the way back, with the same values and no others."""
    policy = POLICY.replace("approvals=1", "approvals=2")
    with Agent(policy=policy) as agent:
        forward, back = "true", f"echo back to <VERSION> > {agent.directory}/back"
        sent = back.replace("<VERSION>", "'1.0'")
        scripts = [forward, sent]

        def ask(envelope, text=back, by="anna", value="1.0", **members):
            return put(agent, text, by=by, members={
                "deployment": "d1", "envelopes": [envelope], "values": {"<VERSION>": value},
                **members})

        one = statement(agent.carla, "d1", [forward], rollback=[back], scripts=scripts)
        # One approval of the deployment is good for the way back, and not for the way forward.
        refused(agent, ask(one, text=forward, values={}), "not-approved")
        refused(agent, ask(one, value="0.9"), "not-approved")
        refused(agent, ask(one, deployment="d2"), "not-approved")
        refused(agent, ask(one, shell="sh"), "not-approved")
        for envelope in (
                statement(agent.mallory, "d1", [forward], rollback=[back], scripts=scripts),
                statement(agent.anna, "d1", [forward], rollback=[back], scripts=scripts),
                statement(agent.carla, "d1", [forward], rollback=[back], scripts=scripts,
                          at=stamp(-3700)),
                statement(agent.carla, "d1", [forward], rollback=[back], scripts=scripts,
                          role="Manager"),
                statement(agent.carla, "d1", [forward], rollback=[back], scripts=scripts,
                          decision="reject")):
            refused(agent, ask(envelope), "not-approved")
        refused(agent, ask(one, by="carla"), "not-approved")
        assert not (agent.directory / "back").exists()
        answer = ask(one)
        assert answer.status == 201, answer.body
        ended = agent.wait(answer.json["id"])
        used, = ended["approvals"]
        assert used["signer"] == "carla@example.com" and used["rollback"] is True
        assert (agent.directory / "back").read_text() == "back to 1.0\n"


def test_no_shell():
    """What was signed for bash is not read by another shell because there is no bash."""
    with Agent(policy=POLICY) as agent:
        sign_off = statement(agent.carla, "d1", [f"touch {marker(agent)}"])
        conf = agent.config / "agent.conf"
        text = conf.read_text(encoding="utf-8")
        conf.write_text(text.replace("[agent]", f"[agent]\npath={agent.directory}"),
                        encoding="utf-8")
        agent.reload()
        answer = put(agent, members={"deployment": "d1", "envelopes": [sign_off]})
        refused(agent, answer, "not-approved")
        assert "bash" in answer.json["detail"]


def test_time():
    """The operator says how long a run may take, the policy how long at most."""
    with Agent(policy="[policy]\nmax-timeout=1\n") as agent:
        for timeout in (0, 900, 1):
            ended, _ = agent.run("sleep 60", timeout=timeout)
            assert ended["ending"] == "timed-out" and ended["timeout"] == 1, ended


def test_two_roles():
    """Someone with two roles is put where nobody else can stand, and never in two places."""
    policy = POLICY + "\n[role Operations]\napprovals=1\npeople=ben@example.com\n"
    with Agent(policy=policy) as agent:
        both = [statement(agent.ben, "d1", ["true"]),
                statement(agent.ben, "d1", ["true"], role="Operations")]
        answer = put(agent, "true", members={"deployment": "d1", "envelopes": both})
        refused(agent, answer, "not-approved")
        assert len(answer.json["missing"]) == 1
        both.append(statement(agent.carla, "d1", ["true"]))
        answer = put(agent, "true", members={"deployment": "d1", "envelopes": both})
        assert answer.status == 201, answer.body
        used = {each["role"]: each["signer"] for each in answer.json["approvals"]}
        assert used == {"Tech Lead": "carla@example.com", "Operations": "ben@example.com"}
        agent.wait(answer.json["id"])


def test_bodies():
    with Agent() as agent:
        good = f"touch {marker(agent)}"
        bodies = [
            b"", b"[]", b"{", b'{"script":7}', b'{"script":"x","script":"y"}',
            b'{"script":"x\\u0000"}', b'{"script":"x","more":1}', b'{"script":"x","timeout":-1}',
            b'{"script":"x","timeout":1.5}', b'{"script":"x","shell":"zsh"}',
            b'{"script":"x","variables":{"A;B":"1"}}', b'{"script":"x","variables":{"A":1}}',
            b'{"script":"x","secrets":{"A":null}}', b'{"script":{"base64":"AA=="}}',
            b'{"script":{"base64":"!"}}', b'{"script":"x","envelopes":[1]}',
            b'{"script":"x","head":{"stream":"../x","n":1,"hash":"x"}}', b"{}", b"\xff",
            b'{"script":"x","envelopes":' + b"[" * 5000,
        ]
        for body in bodies:
            target = "/v1/runs/" + str(uuid.uuid4())
            headers = agent.headers("PUT", target, body, agent.anna)
            headers["Content-Type"] = "application/json"
            refused(agent, agent.send("PUT", target, body, headers), "invalid")
        refused(agent, put(agent, good, members={"cwd": "/no/such/directory"}), "cwd-missing")
        refused(agent, put(agent, good, members={"cwd": "relative"}), "cwd-missing")
        answer = put(agent, "bash -c '<X>'", members={"values": {"<X>": f"; {good}"}})
        refused(agent, answer, "value-refused")
        target = "/v1/runs/" + str(uuid.uuid4())
        headers = agent.headers("PUT", target, b"{}", agent.anna)
        headers["Content-Type"] = "text/plain"
        refused(agent, agent.send("PUT", target, b"{}", headers), "media-type")


def test_paths():
    with Agent() as agent:
        known = str(uuid.uuid4())
        for path in ("/v1/runs/..", "/v1/runs/../../etc/passwd", "/v1/runs/%2e%2e/x",
                     "/v1/runs/" + known.upper() if known.upper() != known else "/v1/runs/X",
                     f"/v1/runs/{known}/", f"/v1/runs/{known}/output/..", f"/v1/runs//{known}",
                     f"/v1/runs/{known}%00", f"/v1/runs/{known}%zz",
                     f"/v1/runs/{known}/../{known}", "/v1/runs/",
                     "/v1/heads/..", "/v1/heads/deployment/../x", "/v1/heads/a//b", "/v1/heads/%41",
                     "/", "//", "/v1/health/", "/V1/health", "/metrics?x/../../"):
            answer = agent.get(path)
            if path.startswith("/metrics"):
                assert answer.status == 200
            else:
                refused(agent, answer, "no-such-route")
        refused(agent, agent.ask("POST", "/v1/health", b"{}"), "wrong-method")
        refused(agent, agent.ask("PATCH", "/v1/runs/" + known, b"{}"), "wrong-method")
        run, _ = agent.put_run("echo hi")
        agent.wait(run)
        for query in ("from=-1", "from=x", "from=99999999999999999999", "follow=2"):
            refused(agent, agent.get(f"/v1/runs/{run}/output?{query}"), "invalid")
        refused(agent, agent.get(f"/v1/runs/{run}?wait=61"), "invalid")


def raw(agent, data, finish=True):
    """What comes back for these very bytes, until the agent closes the connection."""
    with agent.socket() as connection:
        connection.sendall(data)
        answer = b""
        while True:
            try:
                more = connection.recv(65536)
            except (ssl.SSLError, OSError):
                break
            if not more:
                break
            answer += more
    return answer


def test_smuggling():
    with Agent() as agent:
        start = b"PUT /v1/runs/" + str(uuid.uuid4()).encode() + b" HTTP/1.1\r\n"
        host = b"Host: x\r\nAuthorization: Bearer " + agent.token.encode() + b"\r\n"
        inner = b"GET /v1/health HTTP/1.1\r\n" + host + b"\r\n"
        table = [
            start + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + inner,
            b"\r\n\r\n",
            start + host + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
            start + host + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
            start + host + b"Transfer-Encoding: xchunked\r\n\r\n" + inner,
            start + host + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello" + inner,
            start + host + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + inner,
            start + host + b"Content-Length: 5, 5\r\n\r\nhello" + inner,
            start + host + b"Content-Length: +5\r\n\r\nhello" + inner,
            start + host + b"Content-Length: 0x5\r\n\r\nhello" + inner,
            start + host + b"Content-Length : 5\r\n\r\nhello" + inner,
            start + host + b"Content-Length: 5\r\n X: y\r\n\r\nhello" + inner,
            start + host + b"X: y\r\n\tz\r\n\r\n" + inner,
            start + host + b"X: y\n\r\n" + inner,
            start + host.replace(b"\r\n", b"\n") + b"\n" + inner,
            start + host + b"X: a\rb\r\n\r\n" + inner,
            start + host + b"X: a\0b\r\n\r\n" + inner,
            start + host + b"X\x01: b\r\n\r\n" + inner,
            start + host + b": b\r\n\r\n" + inner,
            start + host + b"Host: y\r\n\r\n" + inner,
            start + host + b"Authorization: Bearer x\r\n\r\n" + inner,
            start + host + b"Countersign-Raw-Target: /v1/health\r\n\r\n" + inner,
            start + host + b"Countersign-Refused: timeout\r\n\r\n" + inner,
            start + b"\r\n" + inner,
            start.replace(b"HTTP/1.1", b"HTTP/2.0") + host + b"\r\n" + inner,
            start.replace(b" HTTP", b"  HTTP") + host + b"\r\n" + inner,
            start.replace(b"PUT", b"put") + host + b"\r\n" + inner,
            start.replace(b"/v1", b"http://x/v1") + host + b"\r\n" + inner,
            b"\r\n" + start + host + b"\r\n",
            b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
        ]
        for number, data in enumerate(table):
            answer = raw(agent, data)
            assert answer.startswith(b"HTTP/1.1 400 "), (number, data, answer)
            assert answer.count(b"HTTP/1.1 ") == 1, (number, answer)
            assert b"problems/malformed" in answer, (number, answer)
        answer = raw(agent, start + host + b"Content-Length: 1048577\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ") and b"problems/too-large" in answer, answer
        answer = raw(agent, start + host + b"X: " + b"a" * 20000 + b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 431 ") and b"problems/head-too-large" in answer, answer
        # Requests that follow each other closely are answered one by one, up to a bad one.
        answer = raw(agent, inner + inner + start + host + b"X: y\n\r\n" + inner)
        assert answer.count(b"HTTP/1.1 200 ") == 2 and answer.count(b"HTTP/1.1 400 ") == 1, answer
        assert agent.get("/v1/health").status == 200


def test_slow():
    """A request that comes byte by byte is answered with a time-out, and others are not kept."""
    with Agent() as agent:
        begun = time.monotonic()
        with agent.socket() as head, agent.socket() as body:
            head.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n")
            body.sendall(b"PUT /v1/runs/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            assert agent.get("/v1/health").status == 200
            for connection in (head, body):
                answer = b""
                while True:
                    try:
                        more = connection.recv(65536)
                    except (ssl.SSLError, OSError):
                        break
                    if not more:
                        break
                    answer += more
                assert answer.startswith(b"HTTP/1.1 408 "), answer
                assert b"problems/timeout" in answer
        assert time.monotonic() - begun >= 14


def test_rate_limit():
    with Agent(limits="\n[limits]\nstarts-per-minute=30\n") as agent:
        seen = []
        for number in range(31):
            answer = put(agent, "true")
            seen.append(int(answer.headers["X-RateLimit-Remaining"]))
            assert answer.headers["X-RateLimit-Limit"] == "30"
            assert answer.status == (201 if number < 30 else 429), (number, answer.body)
        assert seen == list(range(29, -1, -1)) + [0]
        refused(agent, answer, "rate-limited")
        assert answer.phrase == "Too Many Requests"
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert agent.get("/v1/health").status == 200
        guesses = [agent.get("/v1/health", token="csa_" + str(n)).problem for n in range(40)]
        assert guesses == ["token-refused"] * 30 + ["rate-limited"] * 10
        assert agent.get("/v1/health").status == 200


def test_many_connections():
    """Ten thousand that do nothing: the agent serves on, and who has shown a token goes last."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Agent() as agent:
        assert agent.get("/v1/health").status == 200
        held = []
        made = 0
        while made < 10000:
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", agent.port))
            held.append(connection)
            made += 1
            if made % 1000 == 0:
                assert agent.get("/v1/health").status == 200, made
            if len(held) > hard - 200:
                held.pop(0).close()
        assert agent.get("/v1/health").status == 200
        figures = agent.get("/metrics").body.decode()
        count = next(line for line in figures.splitlines()
                     if line.startswith("countersign_agent_connections "))
        assert int(count.split()[1]) <= 1024 + 256, count
        agent.drop()
        assert agent.get("/v1/health").status == 200
        for connection in held:
            connection.close()
        run, output = agent.run("echo alive")
        assert output == b"alive\n"


def test_secrets_stay_out():
    with Agent() as agent:
        secret = "geheim-" + uuid.uuid4().hex
        script = "printf %s \"$TOKEN\" | sha256sum; export KEPT=\"x$TOKEN\" OTHER=y; sleep 0.3"
        run, answer = agent.put_run(script, secrets={"TOKEN": secret})
        assert answer.status == 201
        found = subprocess.run(["grep", "-ral", secret, agent.state, agent.directory / "log"],
                               capture_output=True, text=True).stdout
        lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        assert secret not in lines
        assert found == "", found
        ended = agent.wait(run)
        assert agent.get(f"/v1/runs/{run}/output").body.split()[0].decode() == digest(secret)
        assert ended["environment"] == {"OTHER": "y"}, ended
        found = subprocess.run(["grep", "-ral", secret, agent.state, agent.directory / "log"],
                               capture_output=True, text=True).stdout
        assert found == "", found
        limits = (f"/proc/{agent.process.pid}/limits")
        core = next(line for line in open(limits, encoding="utf-8") if "core file" in line)
        assert core.split()[4] == "0", core


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
