# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of real parts in a network of its own: Redis, MariaDB, PHP, TLS, an sshd before them.

Every host name that a runbook mentions is this server; there is no way to any other."""

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ctl"))
sys.path.insert(0, str(HERE.parent / "support"))
from lifetime import die_with_parent  # noqa: E402
from sshd import Sshd  # noqa: E402

GATEWAY = Path("/var/www/api-gateway")
STATE = Path("/run/stand-in")
ROOT_PASSWORD = "a-word-to-type"

OWN = ["/var/www", "/backup", "/run/mysqld", STATE, "/var/log/supervisor", "/var/log/askproai",
       "/var/log/nginx"]


def apart():
    """Goes on in a network, a view of the disk and a table of processes of its own."""
    if os.environ.get("COUNTERSIGN_APART"):
        lay_over()
        return
    words = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        words += ["--map-root-user", "--map-auto"]
    os.environ["COUNTERSIGN_APART"] = "yes"
    # The first process there is a shell, which buries whatever loses its parent.
    os.execvp("unshare", [*words, "sh", "-c", '"$@"; exit $?', "-", sys.executable, *sys.argv])


def lay_over():
    """The disk as it is, with all that is written to it from now on in memory alone."""
    top = Path("/run/stand-in-disk")
    top.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "stand-in", top], check=True)
    upper, work, root = (top / name for name in ("upper", "work", "root"))
    for path in (upper, work, root):
        path.mkdir()
    subprocess.run(["mount", "-t", "overlay", "stand-in", "-o",
                    f"lowerdir=/,upperdir={upper},workdir={work}", root], check=True)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        others = {line.split()[4] for line in file} - {"/", str(top), str(root)}
    for path in sorted(others):
        if not any(path.startswith(f"{other}/") for other in others):
            subprocess.run(["mount", "--rbind", path, f"{root}{path}"], check=True)
    here = os.getcwd()
    os.chroot(root)
    os.chdir(here)


def bring_up_loopback():
    """ioctl(2) SIOCSIFFLAGS with IFF_UP, as netdevice(7) has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, 0x8914, struct.pack("16sh", b"lo", 1))


def wait_for(condition, what):
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} does not answer")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as handle:
        return handle.connect_ex(("127.0.0.1", port)) == 0


def host_names(text):
    """What stands in URLs, and behind ssh."""
    found = re.findall(r"https?://([A-Za-z0-9.-]+)", text)
    found += re.findall(r"^\s*ssh (?:\S+@)?([A-Za-z0-9.-]+)\s*$", text, re.MULTILINE)
    return sorted(set(found) - {"localhost", "127.0.0.1"})


class StandIn:
    """The server; runbooks are walked on it one after the other, each from a fresh start."""

    def __init__(self, top):
        self.top = top
        self.children = []
        self.sshd = None
        self.environ = {}

    def __enter__(self):
        bring_up_loopback()
        interfaces = {name for _, name in socket.if_nameindex()}
        if interfaces - {"lo"}:
            raise RuntimeError(f"this network reaches {interfaces}")
        for path in OWN:
            os.makedirs(path, exist_ok=True)
        with open("/etc/passwd", "a", encoding="utf-8") as file:
            file.write(f"deploy:x:0:0::{GATEWAY}:/bin/bash\n")
        self.name_hosts("")
        for program in (HERE / "bin").iterdir():
            shutil.copy(program, "/usr/local/sbin")
        self.start_databases()
        self.start_tls()
        self.start("bash", "-c", "while :; do curl -s -o /dev/null http://127.0.0.1/; sleep 0.1; "
                   "done")  # the service is in use all the while
        self.sshd = self.make_sshd()
        self.sshd.__enter__()
        return self

    def __exit__(self, *error):
        self.sshd.__exit__()
        for child in self.children:
            child.kill()
            child.wait()


    def name_hosts(self, text):
        names = ["localhost", "production", socket.gethostname(), *host_names(text)]
        Path("/etc/hosts").write_text(f"127.0.0.1 {' '.join(names)}\n")

    def start(self, *words):
        with open(self.top / "servers.log", "ab") as log:
            self.children.append(subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent))

    def start_databases(self):
        data = self.top / "mysql"
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
                        "--skip-test-db", "--auth-root-authentication-method=normal"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start("mariadbd", "--no-defaults", f"--datadir={data}", "--user=root",
                   "--socket=/run/mysqld/mysqld.sock", "--bind-address=127.0.0.1",
                   "--innodb-flush-log-at-trx-commit=0")
        self.start("redis-server", "--bind", "127.0.0.1", "--dir", "/var/lib/redis",
                   "--save", "", "--dbfilename", "dump.rdb")
        wait_for(lambda: listens(3306) and listens(6379), "a database")
        self.query(f"SET PASSWORD FOR root@localhost = PASSWORD('{ROOT_PASSWORD}')", password="")

    def query(self, statements, password=ROOT_PASSWORD):
        subprocess.run(["mariadb", "--no-defaults", "-u", "root", f"--password={password}"],
                       input=statements.encode(), check=True)

    def start_tls(self):
        key, certificate = self.top / "tls.key", self.top / "tls.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=stand-in", "-keyout", key, "-out", certificate,
                        "-addext", "subjectAltName=DNS:*.askproai.de,DNS:*.askproai.com,"
                        "DNS:*.example.org"], check=True, stderr=subprocess.DEVNULL)
        self.environ["CURL_CA_BUNDLE"] = str(certificate)
        self.start("socat", f"OPENSSL-LISTEN:443,reuseaddr,fork,cert={certificate},key={key},"
                   "verify=0", "TCP:127.0.0.1:80")
        wait_for(lambda: listens(443), "TLS")

    def make_sshd(self):
        """Shells find what a login would: a home with settings, and the certificate."""
        server = Sshd(self.top / "sshd")
        (server.home / ".my.cnf").write_text(f"[client]\nuser=root\npassword={ROOT_PASSWORD}\n")
        (server.home / ".gitconfig").write_text(
            "[user]\nname=Operator\nemail=operator@example.org\n[init]\ndefaultBranch=master\n"
            "[advice]\ndetachedHead=false\n[safe]\ndirectory=*\n[core]\npager=cat\n")
        more = " ".join(f"{name}={value}" for name, value in self.environ.items())
        server.config.write_text(server.config.read_text().replace(
            f"SetEnv HOME={server.home}", f"SetEnv HOME={server.home} {more}"))
        return server

    def lay_out(self, text, settings=(), commits=2, files=None):
        """The service as it is before the deployment that a runbook describes."""
        for unit in (["systemctl", "stop", "php8.3-fpm"], ["supervisorctl", "stop", "all"]):
            subprocess.run(unit, check=True, stdout=subprocess.DEVNULL)
        self.name_hosts(text)
        for path in ("/var/www", "/backup", "/var/backups", "/srv"):
            for entry in Path(path).iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(HERE / "gateway", GATEWAY)
        for name in ("bootstrap/cache", "storage/logs", "storage/framework", "vendor",
                     "app/Http/Middleware", "claudedocs"):
            (GATEWAY / name).mkdir(parents=True, exist_ok=True)
        (GATEWAY / ".gitignore").write_text("/vendor\n/node_modules\n/.env\n/storage\n"
                                            "/bootstrap/cache\n")
        (GATEWAY / ".env").write_text((GATEWAY / ".env.example").read_text()
                                      + "".join(f"{line}\n" for line in settings))
        for name, words in (files or {}).items():
            (GATEWAY / name).write_text(words)
        today = time.strftime("%Y-%m-%d")
        for name in ("laravel.log", f"laravel-{today}.log", "calcom.log"):
            (GATEWAY / "storage/logs" / name).touch()
        for path in ("/var/log/php8.3-fpm.log", "/run/stand-in/journal",
                     "/var/log/askproai/deployment.log", "/var/log/nginx/error.log"):
            Path(path).touch()
        self.shell("composer dump-autoload")
        self.commit(commits)
        self.fill()
        self.shell("php artisan config:cache; php artisan route:cache")
        for unit in (["systemctl", "start", "php8.3-fpm"], ["supervisorctl", "start", "all"]):
            subprocess.run(unit, check=True, stdout=subprocess.DEVNULL)

    def shell(self, script):
        subprocess.run(["bash", "-ec", script], check=True, cwd=GATEWAY, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env=dict(os.environ, HOME=str(self.sshd.home)))

    def commit(self, commits):
        """With commits and a place to pull from, or only begun; and a second copy, for staging."""
        self.shell("git init -q")
        for number in range(commits):
            self.shell(f"echo {number} > VERSION; git add .; git commit -qm 'release {number}'")
        if commits:
            self.shell("git clone -q --bare . /srv/origin.git; git remote add origin "
                       "/srv/origin.git; git push -q -u origin master; git branch -q main; "
                       "git push -q origin main")

    def fill(self):
        subprocess.run(["redis-cli", "FLUSHALL"], check=True, stdout=subprocess.DEVNULL)
        self.query((HERE / "schema.sql").read_text())
