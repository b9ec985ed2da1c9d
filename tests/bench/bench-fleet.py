# SPDX-License-Identifier: GPL-3.0-or-later
"""One command on a hundred servers, over SSH and by agents, beside ansible, pssh and clush.

All on one machine: the servers are real (sshd, and an agent for each) on a hundred addresses of
loopback. Cold means
that every connection is made anew, warm that it stands already (ControlPersist for the others).
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
from pathlib import Path

sys.path.insert(0, os.environ["COUNTERSIGN_CTL_TESTS"])
from sshd import Farm  # noqa: E402

FLEET = os.environ["BENCH_FLEET"]
AGENT = os.environ["COUNTERSIGN_AGENT"]
CTL = os.environ["COUNTERSIGNCTL"]
MEMBERS = 100
COLD = 1
ROUNDS = 3
STEPS = 30
BIG = 300 * 1024 * 1024
COMMAND = "echo $SSH_CONNECTION"


class Agents:
    """An agent for each address, with the same key to sign requests with."""

    def __init__(self, top, addresses):
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
        self.one.write_text(lines[0], encoding="utf-8")

    def start(self, name, address):
        config = self.top / name
        told = subprocess.run(
            [AGENT, "init", "--config", config, "--state", self.top / f"{name}.state", "--listen",
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


def timed(*words, env=None, stdout=subprocess.DEVNULL):
    begun = time.monotonic()
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, check=False,
                          stdout=stdout, stderr=subprocess.PIPE, env=env)
    if done.returncode != 0:
        sys.exit(f"{words}: status {done.returncode}: {done.stderr.decode()[-2000:]}")
    return (time.monotonic() - begun) * 1000


class Bench:
    def __init__(self, top, memory):
        self.top = top
        self.memory = memory
        self.farm = Farm(memory / "farm", MEMBERS)
        first = self.farm.servers[0]
        self.first = first
        self.user = getpass.getuser()
        self.environ = dict(os.environ, COUNTERSIGN_ACTOR="bench@example.org",
                            HOME=str(top / "home"))
        (top / "home").mkdir()
        (top / "s").mkdir()
        (top / "members").write_text(self.farm.members())
        (top / "known_hosts").write_text(self.farm.known_hosts())
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
        environ = dict(self.environ, CREDENTIALS_DIRECTORY=str(self.top / "agents" / "tokens"))
        done = subprocess.run([FLEET, self.data(name), *map(str, words)], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environ)
        lines = done.stdout.decode().splitlines()
        return [float(line) for line in lines[:-1]], int(lines[-1].split()[1])

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
        return timed(*ctl, "deploy", "run", started.stdout.decode().strip(), "1.1",
                     env=self.environ)


def row(what, ours, others, note=""):
    print(f"  {what:<44} {ours:>10.1f} ms  {others}  {note}", flush=True)


def describe(times):
    return ", ".join(f"{name} {statistics.median(values):.0f} ms" for name, values in times.items())


def fan_out_agents(bench):
    """The same by agents; what stands beside it was measured just before, on the same servers."""
    agents = Agents(bench.top / "agents", bench.farm.addresses)
    try:
        times, memory = bench.ours("agents", agents.all, ROUNDS + 1, COMMAND.split()[0])
        row("by agents: cold, in a running program (1×)", times[0], "")
        row("by agents: warm", statistics.median(times[1:]), "",
            f"memory at most {memory} MB; load {load()}")
        return agents
    except BaseException:
        agents.stop()
        raise


def fan_out(bench, peers):
    print(f"\n{COMMAND!r} on {MEMBERS} servers, median of {ROUNDS} (load {load()})", flush=True)
    cold = {name: [timed(*peers[name](bench.top / "cold"),
                         env=bench.peer_environ(bench.top / "cold")) for _ in range(COLD)]
            for name in peers}
    ctl = [bench.ctl_cold(f"cold-{n}") for n in range(COLD)]
    times, memory = bench.ours("fan-out", bench.top / "members", ROUNDS + 1, COMMAND)
    row(f"cold, as a command ({COLD}×)", statistics.median(ctl), describe(cold))
    row("cold, in a running program (1×)", times[0], "")
    warm = {}
    for name in peers:
        config = bench.top / "warm"
        timed(*peers[name](config), env=bench.peer_environ(config))
        warm[name] = [timed(*peers[name](config), env=bench.peer_environ(config))
                      for _ in range(ROUNDS)]
    mine = statistics.median(times[1:])
    row("warm", mine, describe(warm))
    for socket in (bench.top / "s").iterdir():
        subprocess.run(["ssh", "-F", bench.top / "warm", "-O", "exit", socket.name], check=False,
                       stderr=subprocess.DEVNULL)
    if warm:
        best = min(statistics.median(values) for values in warm.values())
        print(f"  the best other one takes {best / mine:.2f} times as long (goal: 2); memory of "
              f"this program at most {memory} MB; load {load()}", flush=True)


def time_task(bench, address):
    """What one more raw task of a playbook costs, over a connection that stands."""
    config = bench.top / "warm"
    took = []
    for count in (1, 11):
        play = bench.top / f"play-{count}.yml"
        play.write_text("- hosts: all\n  gather_facts: false\n  tasks:\n"
                        + "    - raw: 'true'\n" * count, encoding="utf-8")
        words = ["ansible-playbook", "-i", f"{address},", play]
        took.append(min(timed(*words, env=bench.peer_environ(config)) for _ in range(3)))
    return (took[1] - took[0]) / 10


def one_server(bench, peers, agents):
    address = bench.farm.addresses[0]
    destination = f"{bench.user}@{address}:{bench.first.port}"
    ssh = ["ssh", "-F", bench.top / "warm", address]
    timed(*ssh, "true")
    print(f"\none server, warm, median of {STEPS} (load {load()})", flush=True)
    raw, mine = [], []
    for part in range(3):
        times, _ = bench.ours(f"one-{part}", destination, bench.first.identity, STEPS // 3 + 1,
                              "true")
        mine += times[1:]
        raw += [timed(*ssh, "true") for _ in range(STEPS // 3)]
    base = statistics.median(raw)
    others = {"ssh HOST true": raw}
    if "ansible" in peers:
        config = bench.top / "warm"
        words = ["ansible", "-i", f"{address},", "all", "-m", "raw", "-a", "true"]
        others["ansible"] = [timed(*words, env=bench.peer_environ(config)) for _ in range(3)]
        others["a task of ansible-playbook"] = [time_task(bench, address)]
    row("a step with its records", statistics.median(mine), describe(others),
        f"{statistics.median(mine) / base:.2f} × raw ssh (goal: 1.2)")
    times, _ = bench.ours("one-agent", agents.one, 8, "true")
    row("the same by an agent (fleet of one)", statistics.median(times[1:]), "",
        f"{statistics.median(times[1:]) / base:.2f} × raw ssh (goal: 1)")

    big = bench.top / "big"
    with open(big, "wb") as file:
        for _ in range(BIG // (1024 * 1024)):
            file.write(os.urandom(1024 * 1024))
    times, memory = bench.ours("big", destination, bench.first.identity, 4, f"cat {big}")
    mine = BIG / 1e6 / (statistics.median(times[1:]) / 1000)
    with open(os.devnull, "wb") as null:
        raw = BIG / 1e6 / (statistics.median([timed(*ssh, f"cat {big}", stdout=null)
                                              for _ in range(3)]) / 1000)
    print(f"  output kept: {mine:.0f} MB/s, ssh HOST cat > /dev/null: {raw:.0f} MB/s, "
          f"{mine / raw:.2f} × (goal: 0.9); memory at most {memory} MB", flush=True)
    subprocess.run(["ssh", "-F", bench.top / "warm", "-O", "exit", address], check=False,
                   stderr=subprocess.DEVNULL)


def main():
    top = Path(tempfile.mkdtemp(prefix="csb-"))
    try:
        bench = Bench(top)
        peers = {name: words for name, words in bench.peers.items() if shutil.which(name)}
        for name in bench.peers:
            if name not in peers:
                print(f"  {name} is not installed: not compared (packages ansible-core, pssh, "
                      "clustershell)", flush=True)
        with bench.farm:
            fan_out(bench, peers)
            agents = fan_out_agents(bench)
            try:
                one_server(bench, peers, agents)
            finally:
                agents.stop()
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
