# SPDX-License-Identifier: GPL-3.0-or-later
"""One command on a hundred servers, over SSH and by agents, beside ansible, pssh and clush; and a
step and its output on one server.

All on one machine: the servers are real (sshd, and an agent for each) on a hundred addresses of
loopback. What the hundred write is kept in memory, for a hundred servers have a hundred disks; the
one server, and what this program records, are on the disk. Cold means that every connection is made
anew, warm that it stands already (ControlPersist for the others). Beside each wall time stands the
processor time of all processes on both sides, where the kernel counts it (cgroup v1, cpuacct): on a
machine that does something else as well, that is what can be compared.

A part that fails is told, and the others are measured all the same. BENCH_MEMBERS is for trying.
"""

import getpass
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections import namedtuple
from pathlib import Path

sys.path.insert(0, os.environ["COUNTERSIGN_CTL_TESTS"])
from link import Link  # noqa: E402
from sshd import Farm, Sshd  # noqa: E402

FLEET = os.environ["BENCH_FLEET"]
AGENT = os.environ["COUNTERSIGN_AGENT"]
CTL = os.environ["COUNTERSIGNCTL"]
MEMBERS = int(os.environ.get("BENCH_MEMBERS", "100"))
COLD = 2
# Seconds for one command, so that a run of all has an end.
PATIENCE = 120
ROUNDS = 3
STEPS = 30
BIG = 300 * 1024 * 1024
COMMAND = "echo $SSH_CONNECTION"
SHARED_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# wall, cpu until its end, cpu until the next one begins; milliseconds
Step = namedtuple("Step", "wall cpu all_cpu")


class Agents:
    """An agent for each address, with the same key to sign requests with."""

    def __init__(self, top, addresses, one_state):
        self.top = top
        top.mkdir()
        self.processes = []
        self.key = top / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], check=True)
        public = self.key.with_suffix(".pub").read_text(encoding="utf-8")
        (top / "signers").write_text(f"bench@example.org {public}", encoding="utf-8")
        (top / "tokens").mkdir()
        lines = [self.start(f"a{n}", address) for n, address in enumerate(addresses, 1)]
        self.all, self.one = top / "all.agents", top / "one.agents"
        self.all.write_text("".join(lines), encoding="utf-8")
        self.one.write_text(self.start("one", "127.0.2.2", one_state), encoding="utf-8")

    def start(self, name, address, state=None):
        config = self.top / name
        told = subprocess.run(
            [AGENT, "init", "--config", config, "--state",
             state or self.top / f"{name}.state", "--listen",
             f"{address}:0", "--host", address, "--signers", self.top / "signers"],
            check=True, capture_output=True, text=True).stdout
        token = re.search(r"csa_\S+", told).group()
        (self.top / "tokens" / f"countersign-token-{name}").write_text(token, encoding="utf-8")
        process = subprocess.Popen([AGENT, "serve", "--config", config], text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self.processes.append(process)
        _, _, url, fingerprint = process.stdout.readline().split()
        return f"{name} {url} {fingerprint} {self.key}\n"

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
            process.stdout.close()


def load():
    return "%.1f" % os.getloadavg()[0]


class Failed(Exception):
    """One part of the table can't be measured."""


def timed(*words, env=None, stdout=subprocess.DEVNULL):
    begun = time.monotonic()
    try:
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, check=False,
                              stdout=stdout, stderr=subprocess.PIPE, env=env, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failed(f"{words[0]} took longer than {PATIENCE} s") from None
    if done.returncode != 0:
        raise Failed(f"{words}: status {done.returncode}: {done.stderr.decode()[-2000:]}")
    return (time.monotonic() - begun) * 1000


class Clock:
    """Processor time of all that this program starts, in milliseconds; None if nobody counts."""

    TOP = Path("/sys/fs/cgroup/cpuacct")

    def __init__(self):
        self.usage = None
        self.group = self.TOP / f"countersign-bench-{os.getpid()}"
        try:
            self.group.mkdir()
            (self.group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            self.usage = self.group / "cpuacct.usage"
        except OSError:
            pass

    def __call__(self):
        return int(self.usage.read_text(encoding="ascii")) / 1e6 if self.usage else None

    def close(self):
        if self.usage:
            (self.TOP / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
            # What was started and has just ended may not be gone yet.
            for _ in range(100):
                try:
                    self.group.rmdir()
                    return
                except OSError:
                    time.sleep(0.1)


CLOCK = Clock()


class Bench:
    def __init__(self, top, memory):
        self.top = top
        self.memory = memory
        self.farm = Farm(memory / "farm", MEMBERS)
        first = self.farm.servers[0]
        self.first = first
        self.one = Sshd(top / "one", ["127.0.2.1"], first)
        self.user = getpass.getuser()
        self.destination = f"{self.user}@{self.one.addresses[0]}:{self.one.port}"
        self.environ = dict(os.environ, COUNTERSIGN_ACTOR="bench@example.org",
                            HOME=str(top / "home"))
        (top / "home").mkdir()
        (top / "s").mkdir()
        (top / "members").write_text(self.farm.members())
        (top / "known_hosts").write_text(self.farm.known_hosts() + self.one.known_hosts())
        (top / "hosts").write_text("\n".join(self.farm.addresses) + "\n")
        plain = (f"Host *\n  User {self.user}\n  Port {first.port}\n  BatchMode yes\n"
                 f"  IdentityFile {first.identity}\n  IdentitiesOnly yes\n"
                 f"  UserKnownHostsFile {top}/known_hosts\n  StrictHostKeyChecking yes\n"
                 "  LogLevel ERROR\n")
        (top / "cold").write_text(plain)
        (top / "warm").write_text(plain + f"  ControlMaster auto\n  ControlPersist 120\n"
                                          f"  ControlPath {top}/s/%h\n")
        self.peers = {
            "clush": lambda cfg: ["clush", "-f", MEMBERS, "-o", f"-F {cfg}", "-S", "-w",
                                  ",".join(self.farm.addresses), COMMAND],
            "parallel-ssh": lambda cfg: ["parallel-ssh", "-h", top / "hosts", "-p", MEMBERS,
                                         "-x", f"-F {cfg}", "-t", "0", "-i", COMMAND],
            "ansible": lambda cfg: ["ansible", "-i", top / "hosts", "all", "-m", "raw", "-f",
                                    MEMBERS, "-a", COMMAND],
        }

    def peer_environ(self, config):
        return dict(self.environ, ANSIBLE_PIPELINING="1", ANSIBLE_SSH_ARGS=f"-F {config}",
                    ANSIBLE_NOCOLOR="1", ANSIBLE_PYTHON_INTERPRETER="none",
                    ANSIBLE_LOCALHOST_WARNING="0")

    def data(self, name):
        state = self.top / "data" / name / "state"
        state.mkdir(parents=True, mode=0o700)
        shutil.copy(self.top / "known_hosts", state)
        return self.top / "data" / name

    def ours(self, name, *words):
        """Steps in a running program, each as (wall, processor time until its end, the same until
        the next one begins) in milliseconds, and the memory of the program in MB."""
        environ = dict(self.environ, CREDENTIALS_DIRECTORY=str(self.memory / "agents" / "tokens"),
                       BENCH_CPU=str(CLOCK.usage or ""))
        try:
            done = subprocess.run([FLEET, self.data(name), *map(str, words)], check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environ, timeout=4 * PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failed(f"{name} took longer than {4 * PATIENCE} s") from None
        if done.returncode != 0:
            raise Failed(f"{name}: status {done.returncode}: {done.stderr.decode()[-2000:]}")
        lines = done.stdout.decode().splitlines()
        return [Step(*map(float, line.split())) for line in lines[:-1]], int(lines[-1].split()[1])

    def ctl_cold(self, name):
        data = self.data(name)
        runbook = self.top / "one.md"
        runbook.write_text("# One\n\n## Deployment Steps\n\n### Step 1: Run\n\n"
                           f"```bash\n{COMMAND}\n```\n")
        ctl = [CTL, "--data-dir", data]
        timed(*ctl, "target", "add", "fleet", "--members", self.top / "members", env=self.environ)
        started = subprocess.run([str(w) for w in [*ctl, "deploy", "start", runbook,
                                 "--environment", "bench", "--target", "fleet", "--reason", "x"]],
                                 check=True, stdout=subprocess.PIPE, env=self.environ)
        return run(*ctl, "deploy", "run", started.stdout.decode().strip(), "1.1", env=self.environ)

    def peer(self, name, config):
        return run(*self.peers[name](self.top / config),
                   env=self.peer_environ(self.top / config))

    def forget_connections(self):
        for socket in (self.top / "s").iterdir():
            subprocess.run(["ssh", "-F", self.top / "warm", "-O", "exit", socket.name],
                           check=False, stderr=subprocess.DEVNULL)


def run(*words, env):
    before = CLOCK()
    wall = timed(*words, env=env)
    return Step(wall, *([CLOCK() - before] * 2 if before is not None else [0, 0]))


def middle(steps):
    return Step(*(statistics.median(values) for values in zip(*steps)))


def row(what, step, note=""):
    cpu = f"{step.cpu:>10.0f} {step.all_cpu:>10.0f}" if CLOCK.usage else f"{'-':>10} {'-':>10}"
    print(f"  {what:<46} {step.wall:>10.1f} {cpu}  {note}", flush=True)


def head(text):
    print(f"\n{text} (load {load()})\n  {'':<46} {'wall ms':>10} {'CPU ms':>10} {'with rest':>10}",
          flush=True)


def compare(mine, others, what):
    if not others:
        return
    wall = min(step.wall for step in others.values()) / mine.wall
    cpu = min(step.cpu for step in others.values()) / max(mine.cpu, 0.001)
    told = f", {cpu:.2f} × of its processor time" if CLOCK.usage else ""
    print(f"  {what}: the best other one takes {wall:.2f} × as long (goal: 2){told}; load {load()}",
          flush=True)


def fan_out_cold(bench, peers):
    head(f"{COMMAND!r} on {MEMBERS} servers, cold, {COLD} times each")
    others = {}
    for name in peers:
        others[name] = middle([bench.peer(name, "cold") for _ in range(COLD)])
        row(name, others[name])
    mine = middle([bench.ctl_cold(f"cold-{n}") for n in range(COLD)])
    row("countersignctl deploy run, over SSH", mine)
    compare(mine, others, "cold over SSH")
    return others


def fan_out_warm(bench, peers):
    head(f"{COMMAND!r} on {MEMBERS} servers, warm, median of {ROUNDS}")
    others = {}
    for name in peers:
        bench.peer(name, "warm")
        others[name] = middle([bench.peer(name, "warm") for _ in range(ROUNDS)])
        row(name, others[name])
    bench.forget_connections()
    steps, memory = bench.ours("fan-out", bench.top / "members", ROUNDS + 1, COMMAND)
    mine = middle(steps[1:])
    row("this program, over SSH", mine, f"memory {memory} MB; first step {steps[0].wall:.0f} ms")
    compare(mine, others, "warm over SSH")
    return others


def fan_out_agents(bench, agents, cold, warm):
    head(f"the same on {MEMBERS} agents")
    steps, memory = bench.ours("agents", agents.all, ROUNDS + 1, "echo $HOME")
    mine = middle(steps[1:])
    row("cold, in a running program", steps[0])
    row("warm", mine, f"memory {memory} MB")
    compare(steps[0], cold, "cold on agents")
    compare(mine, warm, "warm on agents")


def time_task(bench, address):
    """What one more raw task of a playbook costs, over a connection that stands."""
    config = bench.top / "warm"
    took = []
    for count in (1, 11):
        play = bench.top / f"play-{count}.yml"
        play.write_text("- hosts: all\n  gather_facts: false\n  tasks:\n"
                        + "    - raw: 'true'\n" * count, encoding="utf-8")
        words = ["ansible-playbook", "-i", f"{address},", play]
        steps = [run(*words, env=bench.peer_environ(config)) for _ in range(3)]
        took.append(Step(*(min(values) for values in zip(*steps))))
    return Step(*((more - one) / 10 for one, more in zip(*took)))


def one_step(bench, peers, agents):
    address = bench.one.addresses[0]
    ssh = ["ssh", "-F", bench.top / "warm", address]
    timed(*ssh, "true")
    head(f"a step on one server, warm, median of {STEPS}")
    raw, mine = [], []
    for part in range(3):
        steps, _ = bench.ours(f"one-{part}", bench.destination, bench.first.identity,
                              STEPS // 3 + 1, "true")
        mine += steps[1:]
        raw += [run(*ssh, "true", env=bench.environ) for _ in range(STEPS // 3)]
    base, mine = middle(raw), middle(mine)
    row("ssh HOST true", base)
    row("this program, over SSH, with its records", mine,
        f"{mine.wall / base.wall:.2f} × raw ssh (goal: 1.2)")
    steps, _ = bench.ours("one-agent", agents.one, 9, "true")
    mine = middle(steps[1:])
    row("this program, by an agent", mine, f"{mine.wall / base.wall:.2f} × raw ssh (goal: 1)")
    if "ansible" in peers:
        words = ["ansible", "-i", f"{address},", "all", "-m", "raw", "-a", "true"]
        row("ansible -m raw, pipelining", middle([
            run(*words, env=bench.peer_environ(bench.top / "warm")) for _ in range(3)]))
        row("one more raw task of a playbook", time_task(bench, address))


def write_big(bench):
    big = bench.top / "big"
    if not big.exists():
        with open(big, "wb") as file:
            for _ in range(BIG // (1024 * 1024)):
                file.write(os.urandom(1024 * 1024))
    return big


def over_link(bench, megabits):
    """Output over a network that is slower than the processors here, as networks are."""
    big = write_big(bench)
    mebibytes = min(BIG // (1024 * 1024), megabits)
    command = f"head -c {mebibytes}M {big}"
    with Link(megabits) as link, Sshd(bench.top / f"link-{megabits}", [link.theirs], bench.first,
                                      link) as server:
        destination = f"{bench.user}@{link.theirs}:{server.port}"
        with open(bench.top / "known_hosts", "a", encoding="utf-8") as file:
            file.write(server.known_hosts() + server.known_hosts().replace("[", "").replace(
                f"]:{server.port}", ""))
        ssh = ["ssh", "-F", bench.top / "warm", "-p", server.port, link.theirs]
        head(f"{mebibytes} MiB of output over a network of {megabits} Mbit/s, median of 3")
        timed(*ssh, "true")
        raw = middle([run(*ssh, command, env=bench.environ) for _ in range(3)])
        row("ssh HOST cat >/dev/null", raw, f"{mebibytes * 1048.576 / raw.wall:.0f} MB/s")
        steps, memory = bench.ours(f"link-{megabits}", destination, bench.first.identity, 4,
                                   command)
        mine = middle(steps[1:])
        row("this program, over SSH", mine, f"{mebibytes * 1048.576 / mine.wall:.0f} MB/s, "
            f"{raw.wall / mine.wall:.2f} × ssh to nowhere (goal: 0.9); memory {memory} MB")
        bench.forget_connections()


def throughput(bench, agents):
    ssh = ["ssh", "-F", bench.top / "warm", bench.one.addresses[0]]
    big, kept = write_big(bench), bench.top / "kept"
    head(f"{BIG // (1024 * 1024)} MiB of output from one server, median of 3")
    timed(*ssh, "true")

    def rate(step):
        return BIG / 1e3 / step.wall

    def keep():
        return run("sh", "-c", f"ssh -F {bench.top}/warm {bench.one.addresses[0]} cat {big} >{kept}"
                   f" && sync {kept}", env=bench.environ)

    raw = middle([run(*ssh, f"cat {big}", env=bench.environ) for _ in range(3)])
    row("ssh HOST cat >/dev/null", raw, f"{rate(raw):.0f} MB/s")
    disk = middle([keep() for _ in range(3)])
    row("ssh HOST cat >FILE && sync FILE", disk, f"{rate(disk):.0f} MB/s")
    for what, words in (
            ("this program, over SSH", (bench.destination, bench.first.identity)),
            ("this program, by an agent", (agents.one,))):
        steps, memory = bench.ours(f"big-{len(words)}", *words, 4, f"cat {big}")
        mine = middle(steps[1:])
        row(what, mine, f"{rate(mine):.0f} MB/s, {raw.wall / mine.wall:.2f} × ssh to nowhere "
            f"(goal: 0.9), {disk.wall / mine.wall:.2f} × ssh to a file; memory {memory} MB")


class Table:
    """Its parts, one after the other; one that fails is told, and the next one is measured."""

    def __init__(self):
        self.failed = 0

    def part(self, measure, *arguments):
        try:
            return measure(*arguments) or {}
        except (Failed, OSError, subprocess.SubprocessError, ValueError) as error:
            self.failed += 1
            print(f"  NOT MEASURED: {error}", flush=True)
            if not isinstance(error, Failed):
                traceback.print_exc()
            return {}


def measure_all(bench, peers):
    table = Table()
    with bench.farm, bench.one:
        cold = table.part(fan_out_cold, bench, peers)
        warm = table.part(fan_out_warm, bench, peers)
        bench.forget_connections()
        agents = Agents(bench.memory / "agents", bench.farm.addresses, bench.top / "one-agent")
        try:
            table.part(fan_out_agents, bench, agents, cold, warm)
            table.part(one_step, bench, peers, agents)
            table.part(throughput, bench, agents)
            for megabits in (100, 1000):
                table.part(over_link, bench, megabits)
        finally:
            bench.forget_connections()
            agents.stop()
    return table.failed


def main():
    top = Path(tempfile.mkdtemp(prefix="csb-"))
    memory = Path(tempfile.mkdtemp(prefix="csb-", dir=SHARED_MEMORY))
    try:
        bench = Bench(top, memory)
        peers = [name for name in bench.peers if shutil.which(name)]
        for name in bench.peers:
            if name not in peers:
                print(f"  {name} is not installed: not compared (packages ansible-core, pssh, "
                      "clustershell)", flush=True)
        return 1 if measure_all(bench, peers) else 0
    finally:
        shutil.rmtree(top, ignore_errors=True)
        shutil.rmtree(memory, ignore_errors=True)
        CLOCK.close()


if __name__ == "__main__":
    sys.exit(main())
