# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PostgreSQL server of the test's own, on a private socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "correct horse battery"


def find_programs():
    versions = sorted(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name))
    return versions[-1] / "bin"


class Postgres:
    """Its superuser is owner; ada and ben take part, and ben only with a password."""

    def __enter__(self):
        self.programs = find_programs()
        self.top = Path(tempfile.mkdtemp(prefix="countersign-pg-"))
        self.data = self.top / "data"
        self.as_user = []
        if os.geteuid() == 0:  # it refuses to run as root; Debian's package brings a user for it
            user = pwd.getpwnam("postgres")
            os.chown(self.top, user.pw_uid, user.pw_gid)
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                            "--pdeathsig=KILL"]
        self.call("initdb", "-D", self.data, "-U", "owner", "-A", "trust", "-E", "UTF8",
                  "--no-locale")
        (self.data / "pg_hba.conf").write_text("local all ben scram-sha-256\nlocal all all trust\n")
        self.start()
        self.sql("postgres", "CREATE DATABASE ops")
        self.sql("ops", "CREATE ROLE countersign_writer; CREATE ROLE ada LOGIN;"
                        f"CREATE ROLE ben LOGIN PASSWORD '{PASSWORD}';"
                        "GRANT countersign_writer TO ada, ben")
        return self

    def __exit__(self, *error):
        self.call("pg_ctl", "stop", "-D", self.data, "-m", "immediate", "-s")
        self.server.wait()
        shutil.rmtree(self.top, ignore_errors=True)

    def call(self, program, *words):
        done = subprocess.run([*self.as_user, self.programs / program, *words], check=True,
                              capture_output=True, cwd="/")
        return done.stdout.decode()

    port = 5432

    def start(self):
        self.server = subprocess.Popen(
            [*self.as_user, self.programs / "postgres", "-D", self.data, "-k", self.top, "-p",
             str(self.port), "-c", "listen_addresses=", "-c", "log_min_messages=panic"],
            cwd="/")
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 60
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.top, "-p",
                              str(self.port), "-U", "owner"], check=False).returncode:
            if time.monotonic() > deadline:
                raise AssertionError("PostgreSQL did not start")
            time.sleep(0.05)

    def sql(self, database, text):
        return subprocess.run(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h",
             self.top, "-p", str(self.port), "-U", "owner", "-d", database, "-c", text],
            check=True, capture_output=True).stdout.decode()

    def address(self, user):
        return f"host={self.top} port={self.port} user={user} dbname=ops"
