# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs through their lives: followed, stopped, queued, cut, and never begun twice."""

import datetime
import http.client
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
import uuid

import tap
from agent import Agent, digest, read_frames


def frames_of(agent, run, body, by=None):
    """Starts a run and follows it in one answer."""
    target = "/v1/runs/" + run
    data = json.dumps(body).encode()
    headers = agent.headers("PUT", target, data, by or agent.anna)
    headers["Accept"] = "application/vnd.countersign.frames"
    connection = agent.connect()
    connection.request("PUT", target, data, headers)
    response = connection.getresponse()
    frames = list(read_frames(response))
    connection.close()
    return response.status, frames


def test_outcomes():
    with Agent() as agent:
        run, output = agent.run("echo hello; export A=b 'C=d e'; unset LANG; cd /usr; exit 3")
        assert output == b"hello\n" and run["status"] == 3 and run["ending"] == "exited"
        assert run["cwd"] == "/usr"
        assert run["environment"] == {"A": "b", "C": "d e", "LANG": None}, run
        run, output = agent.run("printf '%s|' \"$A\" \"$B\" \"${LANG-none}\" <NAME>; pwd",
                                variables={"A": "1", "B": {"base64": "/w=="}, "LANG": None},
                                values={"<NAME>": "it's; $(x)"}, cwd="/usr")
        assert output == b"1|\xff|none|it's; $(x)|/usr\n", output
        run, output = agent.run("printf 'a\\000b\\377'; echo err >&2")
        assert output == b"a\0b\xfferr\n"
        run, output = agent.run({"base64": "cHJpbnRmICf/Jw=="})
        assert run["status"] == 0 and output == b"\xff"
        run, _ = agent.run("kill -KILL $$")
        assert run["ending"] == "signaled" and run["status"] == 137 and "environment" not in run
        run, output = agent.run("echo ${BASH_VERSION-none}; export A=1; cd /; exit 2", shell="sh")
        assert output == b"none\n" and run["status"] == 2 and run["environment"] == {"A": "1"}
        run, output = agent.run("export B=$(printf '\\377'); cat; read x; echo $?")
        assert output == b"1\n" and run["environment"] == {"B": {"base64": "/w=="}}
        run, output = agent.run("set -e; false; echo not reached")
        assert output == b"" and run["status"] == 1
        run, output = agent.run("(sleep 0.2; echo late) & echo now")
        assert output == b"now\n" and run["status"] == 0
        run, _ = agent.run("sleep 30", timeout=1)
        assert run["ending"] == "timed-out" and run["status"] == 143


def test_frames():
    with Agent() as agent:
        run = str(uuid.uuid4())
        status, frames = frames_of(agent, run, {"script": "echo one; sleep 0.1; echo two; exit 4"})
        assert status == 201
        assert [kind for kind, _ in frames][0] == "s" and frames[-1][0] == "e", frames
        assert json.loads(frames[0][1])["id"] == run
        assert b"".join(payload for kind, payload in frames if kind == "o") == b"one\ntwo\n"
        ended = json.loads(frames[-1][1])
        assert ended["state"] == "finished" and ended["status"] == 4
        status, frames = frames_of(agent, run, {"script": "echo one; sleep 0.1; echo two; exit 4"})
        assert status == 200 and frames[-1][0] == "e", "the same body gives the same run"
        assert agent.get(f"/v1/runs/{run}/output?from=4").body == b"two\n"
        assert agent.get(f"/v1/runs/{run}/output?from=100").body == b""


def test_large_output():
    with Agent() as agent:
        size = 64 << 20
        begun = time.monotonic()
        run, output = agent.run(f"head -c {size} /dev/zero | tr '\\0' x")
        print(f"# {size >> 20} MiB in {time.monotonic() - begun:.2f} s")
        assert len(output) == size and run["output"]["truncated"] is False
        # Whoever asks from anywhere gets the very rest.
        for _ in range(5):
            start = random.randrange(size)
            rest = agent.get(f"/v1/runs/{run['id']}/output?from={start}").body
            assert len(rest) == size - start


def test_output_limit():
    """Beyond its limit output is counted and thrown away; the script goes on as it would."""
    with Agent(limits="\n[limits]\noutput-mib=1\n") as agent:
        run, output = agent.run("head -c 3000000 /dev/zero | tr '\\0' x; touch after; exit 7",
                                cwd=str(agent.directory))
        assert output == b"x" * (1 << 20)
        told = run["output"]
        assert told["size"] == 3000000 and told["kept"] == 1 << 20 and told["truncated"] is True
        assert run["status"] == 7 and (agent.directory / "after").exists()
        run, output = agent.run("head -c 1048576 /dev/zero")
        assert len(output) == 1 << 20 and run["output"]["truncated"] is False


def test_stop():
    with Agent() as agent:
        run, answer = agent.put_run("trap 'echo cleaned; exit 9' TERM; echo up; "
                                    "while :; do sleep 0.05; done")
        while agent.get(f"/v1/runs/{run}/output?follow=0").body != b"up\n":
            pass
        answer = agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "TERM"}, agent.anna)
        assert answer.status == 202, answer.body
        ended = agent.wait(run)
        assert ended["ending"] == "stopped" and ended["status"] == 9
        run, answer = agent.put_run("trap '' TERM; (trap '' TERM; sleep 100) & echo up; wait; wait")
        while agent.get(f"/v1/runs/{run}/output?follow=0").body != b"up\n":
            pass
        assert agent.ask("DELETE", f"/v1/runs/{run}", None, agent.anna).problem == "run-active"
        answer = agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "KILL"}, agent.anna)
        assert answer.status == 202
        ended = agent.wait(run)
        assert ended["ending"] == "stopped" and ended["status"] == 137
        answer = agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "TERM"}, agent.anna)
        assert answer.status == 200 and answer.json["ending"] == "stopped"
        answer = agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "HUP"}, agent.anna)
        assert answer.problem == "invalid"


def test_forget():
    with Agent() as agent:
        run, _ = agent.run("echo x")
        for _ in range(2):
            answer = agent.ask("DELETE", "/v1/runs/" + run["id"], None, agent.anna)
            assert answer.status == 200, answer.body
        assert agent.get(f"/v1/runs/{run['id']}").json["state"] == "void"
        assert agent.get(f"/v1/runs/{run['id']}/output").problem == "run-void"
        assert sorted(os.listdir(agent.state / "runs" / run["id"])) == ["claim"]
        # What never came is given up, and a request that was still on its way finds it so.
        marker = agent.directory / "marker"
        other = str(uuid.uuid4())
        assert agent.get("/v1/runs/" + other).problem == "no-such-run"
        answer = agent.ask("DELETE", "/v1/runs/" + other, None, agent.anna)
        assert answer.json == {"id": other, "was": "void"}
        for _ in range(2):
            _, answer = agent.put_run(f"touch {marker}", run=other)
            assert answer.problem == "run-void", answer.body
            agent.kill()
            agent.start()
        assert not marker.exists()


def test_queue():
    with Agent(limits="\n[limits]\nruns-at-once=2\nqueue=2\n") as agent:
        go = agent.directory / "go"
        script = f"while [ ! -e {go} ]; do sleep 0.02; done; echo x >> {agent.directory}/count"
        runs = [agent.put_run(script)[0] for _ in range(4)]
        states = [agent.get("/v1/runs/" + run).json for run in runs]
        assert [each["state"] for each in states] == ["running"] * 2 + ["queued"] * 2, states
        assert [each.get("position") for each in states] == [None, None, 1, 2]
        _, answer = agent.put_run(script)
        assert answer.problem == "queue-full" and answer.headers["Retry-After"]
        answer = agent.ask("POST", f"/v1/runs/{runs[2]}/signal", {"signal": "TERM"}, agent.anna)
        assert answer.json["state"] == "not-started", answer.body
        assert agent.get("/v1/runs/" + runs[3]).json["position"] == 1
        # What waits when the agent dies has not begun and never will; what runs goes on.
        agent.kill()
        agent.start()
        assert agent.get("/v1/runs/" + runs[3]).json["state"] == "not-started"
        assert agent.get("/v1/runs/" + runs[0]).json["state"] == "running"
        go.touch()
        assert agent.wait(runs[0])["status"] == 0 and agent.wait(runs[1])["status"] == 0
        assert (agent.directory / "count").read_text() == "x\nx\n"
        answer = agent.ask("DELETE", "/v1/runs/" + runs[3], None, agent.anna)
        assert answer.json["was"] == "not-started"


def test_kill():
    """SIGKILL at random moments: each run exactly once, and its output whole."""
    rounds = 50 if os.environ.get("COUNTERSIGN_SOAK") else 6
    with Agent() as agent:
        for number in range(rounds):
            mark = agent.directory / f"mark{number}"
            script = (f"echo begun >> {mark}; for i in $(seq 300); do echo line $i; "
                      f"[ $((i % 30)) -ne 0 ] || sleep 0.01; done; exit 5")
            run = str(uuid.uuid4())
            killer = threading.Timer(random.uniform(0, 0.15),
                                     lambda: agent.process.send_signal(signal.SIGKILL))
            killer.start()
            try:
                _, answer = agent.put_run(script, run=run)
            except OSError:
                answer = None
            except Exception as failure:  # noqa: BLE001 - a connection that is cut anywhere
                assert "Remote" in type(failure).__name__ or "Incomplete" in type(failure).__name__
                answer = None
            killer.join()
            agent.kill()
            agent.start()
            found = agent.get("/v1/runs/" + run)
            if found.status == 404:
                assert answer is None, "a run that was confirmed is gone"
                assert not mark.exists()
                continue
            ended = agent.wait(run)
            if ended["state"] == "not-started":
                assert not mark.exists()
                continue
            assert ended["state"] == "finished" and ended["status"] == 5, ended
            output = agent.get(f"/v1/runs/{run}/output").body
            assert output == b"".join(b"line %d\n" % n for n in range(1, 301))
            assert digest(output) == ended["output"]["digest"]
            assert mark.read_text() == "begun\n", "it ran more than once"


def test_killed_while_claiming():
    """Dead before the claim is whole, the agent has promised nothing: the same request runs."""
    with Agent() as agent:
        mark = agent.directory / "mark"
        run, script = str(uuid.uuid4()), f"echo begun >> {mark}\n" + "#" * 100_000
        # The first write beyond the limit, which is that of the script, ends the agent at once.
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            agent.put_run(script, run=run)
            raise AssertionError("it wrote more than it could")
        except (OSError, http.client.HTTPException):
            pass
        assert agent.process.wait(60) == -signal.SIGXFSZ
        agent.kill()
        agent.start()
        assert not mark.exists() and not list((agent.state / "runs").iterdir())
        _, answer = agent.put_run(script, run=run)
        assert answer.status == 201, answer.body
        assert agent.wait(run)["status"] == 0
        _, answer = agent.put_run(script, run=run)
        assert answer.status == 200, answer.body
        assert mark.read_text() == "begun\n"


def test_asked_at_once():
    """Whoever asks while a run is being started hears that it waits, runs or has ended."""
    with Agent(limits="\n[limits]\nstarts-per-minute=6000\nreads-per-minute=60000\n") as agent:
        for _ in range(200):
            run, _ = agent.put_run("true")
            state = "queued"
            while state in ("queued", "running"):
                state = agent.get("/v1/runs/" + run).json["state"]
            assert state == "finished", state


def test_unknown():
    """Without proof a run has not passed: its supervisor was killed, or the machine restarted."""
    with Agent() as agent:
        run, _ = agent.put_run("echo up; sleep 60")
        while agent.get(f"/v1/runs/{run}/output?follow=0").body != b"up\n":
            pass
        words = (agent.state / "runs" / run / "process").read_text().split()
        shell = int((agent.state / "runs" / run / "run.pid").read_text())
        os.kill(int(words[1]), signal.SIGKILL)
        ended = agent.wait(run)
        os.killpg(shell, signal.SIGKILL)
        assert ended["state"] == "unknown" and "killed" in ended["problem"], ended
        assert "ending" not in ended and "status" not in ended
        assert agent.get(f"/v1/runs/{run}/output").body == b"up\n"
        assert agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna).json["was"] == "unknown"
        # As it looks after a restart of the machine: the process was of another boot.
        run, _ = agent.put_run("sleep 60")
        while not (agent.state / "runs" / run / "run.pid").exists():
            pass
        process = agent.state / "runs" / run / "process"
        words = process.read_text().split()
        agent.kill()
        process.write_text(" ".join(words[:3] + [str(uuid.uuid4())] + words[4:]) + "\n")
        agent.start()
        assert agent.get("/v1/runs/" + run).json["state"] == "unknown"
        os.kill(int(words[1]), signal.SIGUSR2)


def test_lost_power():
    """The mark that a run was started may be lost with the power: then nobody says it never ran."""
    with Agent() as agent:
        run, _ = agent.put_run("sleep 60")
        files = agent.state / "runs" / run
        while not (files / "run.pid").exists():
            pass
        supervisor = int((files / "process").read_text().split()[1])
        agent.kill()
        (files / "process").unlink()
        claim = json.loads((files / "claim").read_text())
        claim["boot"] = str(uuid.uuid4())
        (files / "claim").write_text(json.dumps(claim, sort_keys=True, separators=(",", ":")))
        agent.start()
        found = agent.get("/v1/runs/" + run).json
        assert found["state"] == "unknown", found
        assert agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna).json["was"] == "unknown"
        os.kill(supervisor, signal.SIGUSR2)


def test_spent():
    """Of an id that was spent after its run, nobody hears that it never ran."""
    with Agent() as agent:
        run = agent.run("echo once")[0]["id"]
        for _ in range(2):
            answer = agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna)
            assert answer.json["was"] == "finished", answer.body
        run = str(uuid.uuid4())
        for _ in range(2):
            assert agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna).json["was"] == "void"
        # Of what the power has left of a claim, the name is enough: nobody hears that it never ran,
        # and it does not run again.
        marker = agent.directory / "marker"
        for left in ({}, {"claim": ""}, {"claim": "\0" * 300}, {"claim": '{"body":"'},
                     {"claim.new": '{"bo'}):
            run = str(uuid.uuid4())
            (agent.state / "runs" / run).mkdir(mode=0o700)
            for name, text in left.items():
                (agent.state / "runs" / run / name).write_text(text, encoding="utf-8")
            assert agent.put_run(f"touch {marker}", run=run)[1].problem == "run-exists"
            assert agent.get("/v1/runs/" + run).json["state"] == "unknown", left
            agent.kill()
            agent.start()
            assert agent.get("/v1/runs/" + run).json["state"] == "unknown", left
            for _ in range(2):
                answer = agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna)
                assert answer.json["was"] == "unknown", answer.body
            assert agent.put_run(f"touch {marker}", run=run)[1].problem == "run-void"
        assert not marker.exists()


def test_asked_again():
    """Who did not hear the answer asks again, and is told about the run, wherever it has led."""
    with Agent() as agent:
        place = agent.directory / "place"
        place.mkdir()
        run, answer = agent.put_run('rmdir "$PWD"; echo done', cwd=str(place))
        assert answer.status == 201 and agent.wait(run)["status"] == 0
        assert not place.exists()
        _, answer = agent.put_run('rmdir "$PWD"; echo done', cwd=str(place), run=run)
        assert answer.status == 200 and answer.json["id"] == run, answer.body


def test_left_behind():
    """A script that was in time may leave something running that takes longer than it had."""
    with Agent() as agent:
        told = agent.directory / "told"
        run, _ = agent.put_run(f"(trap 'echo ended > {told}' TERM; echo up; sleep 2 & wait $!; "
                               f"echo stayed >> {told}) &", timeout=1)
        assert agent.wait(run)["status"] == 0
        while not told.exists() or not told.read_text().endswith("\n"):
            time.sleep(0.01)
        assert told.read_text() == "stayed\n"


def test_signals_are_usual():
    with Agent() as agent:
        for name in ("HUP", "INT", "PIPE", "TERM"):
            printed = agent.run(f"trap 'echo {name}' {name}; kill -{name} $$")[1]
            assert printed == name.encode() + b"\n"


def test_heads():
    with Agent() as agent:
        stream = "deployment/" + str(uuid.uuid4())
        target = "/v1/heads/" + stream

        def show(n, text):
            return agent.ask("PUT", target, {"n": n, "hash": digest(text)}, agent.anna)

        assert agent.get(target).problem == "no-such-head"
        assert show(3, "a").json["n"] == 3
        assert show(3, "a").status == 200
        assert show(5, "b").json["by"] == "anna@example.com"
        for n, text in ((3, "a"), (5, "c"), (4, "b")):
            answer = show(n, text)
            assert answer.problem == "head-behind", answer.body
            assert answer.json["seen"]["n"] == 5 and answer.json["shown"]["n"] == n
        agent.kill()
        agent.start()
        assert agent.get(target).json["hash"] == digest("b")
        marker = agent.directory / "marker"
        _, answer = agent.put_run(f"touch {marker}",
                                  head={"stream": stream, "n": 4, "hash": digest("x")})
        assert answer.problem == "head-behind" and not marker.exists()
        run, _ = agent.run("true", head={"stream": stream, "n": 6, "hash": digest("d")})
        assert agent.get(target).json["n"] == 6


def test_lost_lines():
    """A last line that the power cut in two takes nothing with it that the agent must remember."""
    with Agent() as agent:
        stream = "/v1/heads/deployment/" + str(uuid.uuid4())

        def prepare(n, text):
            body = json.dumps({"n": n, "hash": digest(text)}).encode()
            return body, agent.headers("PUT", stream, body, agent.anna)

        sent = [prepare(1, "a"), prepare(2, "b")]
        for body, headers in sent:
            assert agent.send("PUT", stream, body, headers).status == 200
        agent.kill()
        nonces, heads = agent.state / "nonces", agent.state / "heads"
        for cut in (1, 6, 12, 17):
            # Without its end the time of the last nonce reads as one that is long over.
            nonces.write_bytes(nonces.read_bytes().rstrip(b"\n")[:-cut] + (b"\0" * (cut % 4)))
            agent.start()
            for body, headers in sent:
                assert agent.send("PUT", stream, body, headers).problem == "replayed", cut
            agent.kill()
        heads.write_bytes(heads.read_bytes() + f"\n{stream[10:]} 3 {digest('c')[:40]}".encode())
        agent.start()
        assert agent.get(stream).json["n"] == 2
        # What a full disk cut off is no part of what is written behind it.
        agent.kill()
        for path, text in ((nonces, "half-a-nonce-of-someone 17"), (heads, "deployment/x 17")):
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        agent.start()
        for path, text in ((nonces, "half-a-nonce-of-someone 17"), (heads, "deployment/x 17")):
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        third = prepare(3, "c")
        assert agent.send("PUT", stream, *third).status == 200
        agent.kill()
        agent.start()
        assert agent.get(stream).json["n"] == 3
        assert agent.send("PUT", stream, *third).problem == "replayed"


def test_forgotten():
    """Of a run from before an agent's memory nobody hears that it never ran."""
    with Agent() as agent:
        run = agent.run("echo once")[0]["id"]
        told = agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna).json
        assert "forgotten_until" not in told, told
        old = time.time() - 91 * 86400
        agent.kill()
        os.utime(agent.state / "runs" / run, (old, old))
        agent.start()
        while (agent.state / "runs" / run).exists():
            time.sleep(0.01)
        assert agent.get("/v1/runs/" + run).problem == "no-such-run"
        told = agent.ask("DELETE", "/v1/runs/" + run, None, agent.anna).json
        assert told["was"] == "void"
        until = datetime.datetime.fromisoformat(told["forgotten_until"].replace("Z", "+00:00"))
        assert abs(until.timestamp() - old) < 1, told
        young = str(uuid.uuid4())
        again = agent.ask("DELETE", "/v1/runs/" + young, None, agent.anna).json
        assert again["forgotten_until"] == told["forgotten_until"]


def test_stop_another():
    """A process that is not the one that the run's files name is left alone."""
    with Agent() as agent:
        run, _ = agent.put_run("echo up; sleep 60")
        while agent.get(f"/v1/runs/{run}/output?follow=0").body != b"up\n":
            pass
        process = agent.state / "runs" / run / "process"
        words = process.read_text(encoding="utf-8").split(" ")
        process.write_text(" ".join(words[:2] + ["1"] + words[3:]), encoding="utf-8")
        for name in ("TERM", "KILL"):
            agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": name}, agent.anna)
        assert not (agent.state / "runs" / run / "outcome").exists()
        os.kill(int(words[1]), 0)
        process.write_text(" ".join(words), encoding="utf-8")
        agent.ask("POST", f"/v1/runs/{run}/signal", {"signal": "KILL"}, agent.anna)
        assert agent.wait(run)["ending"] == "stopped"


def tell(agent, *arguments):
    from agent import AGENT
    return subprocess.run([AGENT, *arguments, "--config", agent.config], check=True, text=True,
                          capture_output=True).stdout.strip()


def test_rotation():
    with Agent() as agent:
        old, agent.token = agent.token, tell(agent, "rotate-token", "--overlap", "600")
        while agent.get("/v1/health").status != 200:
            pass
        assert agent.get("/v1/health", token=old).status == 200
        third = tell(agent, "rotate-token", "--overlap", "0", "--name", "third")
        while agent.get("/v1/health", token=third).status != 200:
            pass
        for token in (old, agent.token):
            answer = agent.get("/v1/health", token=token)
            assert answer.problem == "token-refused" and "expired" in answer.json["detail"]
        agent.token = third
        figures = tell(agent, "rotate-token", "--metrics", "--name", "prometheus")
        while agent.get("/metrics", token=figures).status != 200:
            pass
        assert agent.get("/v1/runs/" + str(uuid.uuid4()), token=figures).problem == "scope"
        # Both certificates are this agent's, before and after the change.
        before = agent.fingerprint
        following = tell(agent, "rotate-certificate", "--overlap", "600")
        while len(agent.get("/v1/health").json["certificates"]) != 2:
            pass
        told = {each["state"]: each["fingerprint"]
                for each in agent.get("/v1/health").json["certificates"]}
        assert told == {"current": before, "next": following}
        agent.identity = following
        assert agent.put_run("true")[1].status == 201
        rotation = agent.config / "rotation"
        text = rotation.read_text().splitlines()
        text = [line if not line.startswith("from=") else "from=2020-01-01T00:00:00Z"
                for line in text]
        rotation.write_text("\n".join(text) + "\n")
        held = agent.connection
        agent.reload()
        agent.identity = before
        assert agent.put_run("true")[1].status == 201 and agent.connection is held
        agent.drop()
        agent.fingerprint = following
        assert agent.get("/v1/health").status == 200


def test_reload():
    with Agent() as agent:
        agent.write("policy", "[policy]\nenvironment=staging\n")
        agent.reload()
        assert agent.get("/v1/health").json["policy"]["environment"] == "staging"
        agent.write("policy", "[policy]\nenvironmnet=production\n")
        agent.process.send_signal(signal.SIGHUP)
        while "all stays as it was" not in agent.read_log():
            time.sleep(0.01)
        assert "environmnet" in agent.read_log()
        assert agent.get("/v1/health").json["policy"]["environment"] == "staging"
        # One state, one agent.
        from agent import AGENT
        second = subprocess.run([AGENT, "serve", "--config", agent.config], text=True,
                                capture_output=True, env=dict(os.environ))
        assert second.returncode == 2


def test_plain():
    with Agent(plain=True) as agent:
        assert agent.run("echo hi")[1] == b"hi\n"
        agent.stop()
        conf = agent.config / "agent.conf"
        conf.write_text(conf.read_text().replace("127.0.0.1:0", "0.0.0.0:0"))
        from agent import AGENT
        refused = subprocess.run([AGENT, "serve", "--config", agent.config], text=True,
                                 capture_output=True, env=dict(os.environ))
        assert refused.returncode == 2 and "loopback" in refused.stderr, refused.stderr


def test_sweep():
    with Agent(limits="\n[keep]\ndays=0\n") as agent:
        run, _ = agent.run("echo x")
        agent.kill()
        agent.start()
        while agent.get("/v1/runs/" + run["id"]).json["state"] != "void":
            pass
        _, answer = agent.put_run("echo x", run=run["id"])
        assert answer.problem == "run-void"


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
