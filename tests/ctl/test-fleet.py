# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets: as targets, and as where a deployment runs."""

import json
import random
import resource
import signal
import subprocess

from harness import Workspace, expect, main
from sshd import Farm


def targets():
    with Workspace() as w:
        w.run("target", "add", "web-1", "--ssh", "deploy@web-1")
        w.run("target", "add", "web-2", "--ssh", "deploy@web-2")
        w.run("target", "add", "web", "--fleet", "web-1,web-2", "--batch", "50%", "--pause", "30s",
              "--stop-after", "2", "--environment", "staging")
        shown = w.run("target", "show", "web").out
        expect("web (fleet, 2 members)\nEnvironment: staging\n" in shown, shown)
        expect("Batches:     50% (1 of 2 members), pause 30s, stop after 2 failed" in shown, shown)
        members = w.write("members", "web-2 rank=2\ndb=ssh://root@10.0.0.1:2222\nweb-1\n")
        w.run("target", "add", "all", "--members", members)
        told = w.json("target", "show", "all")
        expect([m["name"] for m in told["members"]] == ["db", "web-1", "web-2"], told)
        expect(told["members"][0]["target"]["port"] == 2222, told)
        expect((told["batch"], told["pause"], told["stop-after"]) == ("100%", "0s", 1), told)


def changed():
    with Workspace() as w:
        w.run("target", "add", "web-1", "--ssh", "deploy@web-1", "--environment", "staging")
        w.run("target", "change", "web-1", "--ssh", "deploy@web-1:2222")
        told = w.json("target", "show", "web-1")
        expect((told["port"], told["environment"]) == (2222, "staging"), told)
        w.run("target", "change", "web-1", "--environment", "production")
        told = w.json("target", "show", "web-1")
        expect((told["port"], told["environment"]) == (2222, "production"), told)
        w.run("target", "add", "web", "--fleet", "web-1,web-2", "--batch", "50%")
        w.run("target", "change", "web", "--stop-after", "2")
        told = w.json("target", "show", "web")
        expect((told["batch"], told["stop-after"]) == ("50%", 2), told)
        expect([m["name"] for m in told["members"]] == ["web-1", "web-2"], told)
        w.run("target", "change", "web", "--fleet", "web-1")
        told = w.json("target", "show", "web")
        expect([m["name"] for m in told["members"]] == ["web-1"] and told["batch"] == "50%", told)
        for words in (["nobody", "--local"], ["web-1", "--batch", "5", "--fleet", "a"],
                      ["web-1", "--fingerprint", "SHA256:x"], ["web", "--pause", "soon"],
                      ["web", "--ssh", "deploy@web-1"]):
            w.run("target", "change", *words, status=2)
        expect(w.json("target", "show", "web-1")["port"] == 2222, "nothing refused was recorded")


def refused():
    with Workspace() as w:
        bad = w.write("bad", "web-1\nweb 1\n")
        for words in (["--fleet", "a,a"], ["--fleet", "a", "--batch", "0"], ["--fleet", "a,-b"],
                      ["--fleet", "a", "--pause", "soon"], ["--fleet", "a", "--stop-after", "0"],
                      ["--fleet", "a", "--members", bad], ["--fleet", "a", "--local"],
                      ["--members", bad], ["--members", w.top / "none"], ["--batch", "5"]):
            w.run("target", "add", "fleet", *words, status=2)
        w.run("target", "show", "fleet", status=2)
        w.run("target", "add", "fleet", "--fleet", "nobody")
        refused = w.run("target", "test", "fleet", status=2)
        expect("nobody" in refused.err, refused.err)


# What runs on a member knows by its address which one it is, and leaves a line in its own file.
SMALL = """# Fleet

## Deployment Steps

### Step 1: Mark

```bash
set -- $SSH_CONNECTION
cd DIR
echo ran >> "ran-$3"
[ ! -e "slow-$3" ] || sleep 2
echo "this is $3"
[ ! -e "fails-$3" ]
```

### Step 2: Mark again

```bash
set -- $SSH_CONNECTION
echo "again in $PWD" >> "ran-$3"
```
"""


def open_fleet(w, farm, *options, members=None, text=SMALL):
    state = w.data / "state"
    state.mkdir(parents=True, mode=0o700)
    (state / "known_hosts").write_text(farm.known_hosts())
    w.run("target", "add", "fleet", "--members", w.write("members", members or farm.members()),
          *options)
    return w.start(text, target="fleet")


def lines_of(w, farm):
    """How many lines each member has written: each of them is one run."""
    files = [w.work / f"ran-{address}" for address in farm.addresses]
    return [len(file.read_text().splitlines()) if file.exists() else 0 for file in files]


def statuses(w, deployment, step="1.1"):
    block = w.steps(deployment)[step]["blocks"][0]
    return block["status"], [member["status"] for member in block["members"]]


def hundred():
    """A hundred servers at once, and the next command finds each where the last one left it. The
    limit of open files is lower than any system's: the program raises it for itself."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with Workspace() as w, Farm(w.top / "farm", 100) as farm:
        deployment = open_fleet(w, farm)
        w.run("deploy", "run", deployment, "1.1")
        expect(lines_of(w, farm) == [1] * 100, lines_of(w, farm))
        ran = w.run("deploy", "run", deployment, "1.2")
        expect(ran.err.count(": passed after") == 100, ran.err)
        expect(lines_of(w, farm) == [2] * 100, lines_of(w, farm))
        w.run("deploy", "close", deployment)
        w.run("audit", "verify")


def first_contact():
    """Members that stand in the fleet alone are met and trusted by FLEET/MEMBER."""
    with Workspace() as w, Farm(w.top / "farm", 2) as farm:
        w.run("target", "add", "fleet", "--members", w.write("members", farm.members()))
        met = w.run("target", "test", "fleet", status=3).out
        fingerprint = farm.servers[0].fingerprint()
        for name in ("fleet/m1", "fleet/m2"):
            expect(f"target trust {name} --fingerprint {fingerprint}" in met, met)
        w.run("target", "trust", "fleet/m1", "--fingerprint", "SHA256:" + "A" * 43, status=5)
        w.run("target", "trust", "fleet/m1", "--fingerprint", fingerprint)
        expect("fleet/m1 is ready." in w.run("target", "test", "fleet/m1").out)
        w.run("target", "test", "fleet/m2", status=3)
        w.run("target", "trust", "fleet/m2", "--fingerprint", fingerprint)
        ready = w.run("target", "test", "fleet").out
        expect("fleet/m1 is ready." in ready and "fleet/m2 is ready." in ready, ready)
        for unknown in ("fleet/m3", "nobody/m1", "fleet/"):
            w.run("target", "trust", unknown, "--fingerprint", fingerprint, status=2)


def bad_members():
    """One that fails, one that is slow, one that is not there: the others are done all the same."""
    with Workspace() as w, Farm(w.top / "farm", 6) as farm:
        gone = farm.members() + "gone=ssh://127.0.2.1:1 rank=1\n"
        deployment = open_fleet(w, farm, "--stop-after", "9", members=gone)
        (w.work / "fails-127.0.1.2").touch()
        (w.work / "slow-127.0.1.3").touch()
        ran = w.run("deploy", "run", deployment, "1.1", status=1)
        expect(statuses(w, deployment) ==
               ("failed", ["passed", "failed"] + ["passed"] * 4 + ["failed"]))
        expect("m2: failed after" in ran.err and "exited with status 1" in ran.err, ran.err)
        expect("-- m2 printed:\nthis is 127.0.1.2\n" in ran.out, ran.out)
        expect("gone: failed after" in ran.err and "127.0.2.1" in ran.err, ran.err)
        expect("== 5 of 7 members passed, 2 failed" in ran.err, ran.err)
        w.run("deploy", "run", deployment, "1.1", "--continue", status=5)

        (w.work / "fails-127.0.1.2").unlink()
        again = w.run("deploy", "run", deployment, "1.1", "--retry-failed", "--json", status=1)
        told = json.loads(again.out[again.out.index("{"):])
        expect([m["attempts"] for m in told["members"]] == [1, 2, 1, 1, 1, 1, 2], told)
        expect(told["members"][6]["problem"], told)
        expect(lines_of(w, farm) == [1, 2, 1, 1, 1, 1])
        w.run("deploy", "skip", deployment, "1.1", "--member", "nobody", "--reason", "x", status=2)
        w.run("deploy", "skip", deployment, "1.1", "--member", "gone", "--reason", "It is retired")
        expect(statuses(w, deployment)[0] == "passed")
        expect("It is retired" in w.run("deploy", "show", deployment).out)


def batches():
    """Rank by rank, batch by batch, and a person in between; the first failure ends it."""
    with Workspace() as w, Farm(w.top / "farm", 6) as farm:
        members = farm.members(lambda n: 1 if n == 4 else 2)
        deployment = open_fleet(w, farm, "--batch", "2", "--pause", "ask", members=members)
        paused = w.run("deploy", "run", deployment, status=3)
        expect(lines_of(w, farm) == [0, 0, 0, 1, 0, 0], lines_of(w, farm))
        expect("--continue" in paused.err, paused.err)
        w.run("deploy", "run", deployment, "1.1", "--continue", status=3)
        expect(lines_of(w, farm) == [1, 1, 0, 1, 0, 0], lines_of(w, farm))
        (w.work / "fails-127.0.1.3").touch()
        w.run("deploy", "run", deployment, "1.1", "--continue", "--batch", "1", "--pause", "1s",
              status=1)
        expect(lines_of(w, farm) == [1, 1, 1, 1, 0, 0], lines_of(w, farm))
        (w.work / "fails-127.0.1.3").unlink()
        w.run("deploy", "run", deployment, "1.1", "--batch", "100%", "--pause", "0")
        expect(lines_of(w, farm) == [1, 1, 2, 1, 1, 1], lines_of(w, farm))


def nobody_there():
    with Workspace() as w, Farm(w.top / "farm", 2) as farm:
        deployment = open_fleet(w, farm, members="a=ssh://127.0.2.1:1\nb=ssh://127.0.2.2:1\n")
        w.run("deploy", "run", deployment, "1.1", status=4)


KILLS = 12


def killed():
    """Killed at random moments: every member's command runs exactly once."""
    kills = interrupted = 0
    with Workspace() as w, Farm(w.top / "farm", 12) as farm:
        state = None
        while kills < KILLS:
            for file in w.work.glob("ran-*"):
                file.unlink()
            if state is None:
                deployment = state = open_fleet(w, farm, "--batch", "5")
            else:
                deployment = w.start(SMALL, target="fleet")
            while True:
                with subprocess.Popen(w.command("deploy", "run", deployment, "--continue"),
                                      env=w.environ,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) as process:
                    try:
                        status = process.wait(timeout=random.uniform(0.2, 2.5))
                    except subprocess.TimeoutExpired:
                        process.kill()
                        status = process.wait()
                if status == 0:
                    break
                expect(status == -signal.SIGKILL, f"status {status}")
                kills += 1
                shown = [s for step in ("1.1", "1.2") for s in statuses(w, deployment, step)[1]]
                expect("failed" not in shown and "running" not in shown, shown)
                interrupted += shown.count("interrupted")
                w.run("deploy", "recover", deployment)
                shown = [s for step in ("1.1", "1.2") for s in statuses(w, deployment, step)[1]]
                expect(set(shown) <= {"passed", "todo"}, shown)
            expect(lines_of(w, farm) == [2] * 12, lines_of(w, farm))
            w.run("deploy", "close", deployment)
        w.run("audit", "verify")
    print(f"# {kills} kills, {interrupted} members at work", flush=True)
    expect(interrupted > 0, "no kill hit a member at work")


main("fleet", [targets, changed, refused, first_contact, batches, bad_members, nobody_there,
               hundred, killed])
