#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A team's journal on a server with TLS: what the server has to show, passwords and client
certificates, and service files."""

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import expect, main  # noqa: E402
from keyring import Keyring  # noqa: E402
from postgres import PASSWORD, Postgres  # noqa: E402

ADDRESS = "127.0.0.7"
NAME = "db.countersign.test"
HBA = f"""local all all trust
hostssl all ada {ADDRESS}/8 cert
hostssl all ben {ADDRESS}/8 scram-sha-256
"""


def openssl(*words, cwd):
    subprocess.run(["openssl", *words], cwd=cwd, check=True, stdin=subprocess.DEVNULL,
                   capture_output=True)


class TlsPostgres(Postgres):
    """It listens on an address of loopback, with a certificate of its own authority."""

    def start(self):
        self.authority("ca")
        self.authority("foreign")
        self.certificate("server", NAME, f"subjectAltName=DNS:{NAME}")
        with socket.socket() as s:
            s.bind((ADDRESS, 0))
            self.port = s.getsockname()[1]
        (self.data / "pg_hba.conf").write_text(HBA)
        with open(self.data / "postgresql.conf", "a") as f:
            f.write(f"ssl=on\nssl_cert_file='{self.top}/server.crt'\n"
                    f"ssl_key_file='{self.top}/server.key'\nssl_ca_file='{self.top}/ca.crt'\n")
        for name in ("server.crt", "server.key", "ca.crt"):
            stat = self.data.stat()
            os.chown(self.top / name, stat.st_uid, stat.st_gid)
            os.chmod(self.top / name, 0o600)
        self.server = subprocess.Popen(
            [*self.as_user, self.programs / "postgres", "-D", self.data, "-k", self.top, "-p",
             str(self.port), "-c", f"listen_addresses={ADDRESS}", "-c", "log_min_messages=panic"],
            cwd="/")
        self.wait()

    def authority(self, name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj",
                f"/CN={name}", cwd=self.top)

    def certificate(self, name, common, extension=None, passphrase=None):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout",
                f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={common}",
                *(["-passout", f"pass:{passphrase}"] if passphrase else ["-nodes"]), cwd=self.top)
        (self.top / "extension").write_text(extension or "")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-out", f"{name}.crt", "-extfile", "extension",
                cwd=self.top)

    def there(self, user, host=NAME, more=""):
        """An address whose host is another computer by its name."""
        return f"host={host} hostaddr={ADDRESS} port={self.port} user={user} dbname=ops{more}"


def trust(w, postgres, name):
    folder = w.home / ".postgresql"
    folder.mkdir(exist_ok=True)
    (folder / "root.crt").write_text((postgres.top / f"{name}.crt").read_text())


def with_secret(w, secret, *words, status=0):
    read, write = os.pipe()
    os.write(write, secret.encode() + b"\n")
    os.close(write)
    done = subprocess.run(w.command(*words, "--password-fd", read), pass_fds=[read], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, env=w.environ, timeout=60)
    os.close(read)
    expect(done.returncode == status, f"{done.returncode}: {done.stderr.decode()}")
    return done.stderr.decode()


def the_server_proves_who_it_is():
    """Nothing is sent to a server without a certificate for its name by someone who is trusted."""
    with TlsPostgres() as postgres, Keyring() as w:
        w.run("workspace", "create", postgres.address("owner"))
        for wrong in (None, "foreign"):
            if wrong is not None:
                trust(w, postgres, wrong)
            said = with_secret(w, PASSWORD, "workspace", "join", postgres.there("ben"), status=5)
            expect("certificate" in said, said)
        trust(w, postgres, "ca")
        said = with_secret(w, PASSWORD, "workspace", "join",
                           postgres.there("ben", host="other.countersign.test"), status=5)
        expect("does not match" in said, said)
        said = with_secret(w, PASSWORD, "workspace", "join",
                           postgres.there("ben", more=" sslmode=disable"), status=5)
        expect("pg_hba" in said, said)
        with_secret(w, "wrong", "workspace", "join", postgres.there("ben"), status=5)
        with_secret(w, PASSWORD, "workspace", "join", postgres.there("ben"))
        w.run("target", "add", "here", "--local")
        expect(w.json("workspace", "status")["records"] == 1)
        for path in w.data.rglob("*"):
            expect(not path.is_file() or PASSWORD.encode() not in path.read_bytes())


def a_certificate_stands_for_the_person():
    """The passphrase of its key is kept in the keyring, as a password would be."""
    with TlsPostgres() as postgres, Keyring() as w:
        w.run("workspace", "create", postgres.address("owner"))
        trust(w, postgres, "ca")
        postgres.certificate("ada", "ada", passphrase=PASSWORD)
        for name in ("ada.crt", "ada.key"):
            (w.home / name).write_text((postgres.top / name).read_text())
            (w.home / name).chmod(0o600)
        address = postgres.there("ada", more=f" sslcert={w.home}/ada.crt sslkey={w.home}/ada.key")
        w.run("workspace", "join", postgres.there("ada"), status=5)
        w.run("workspace", "join", address, status=5)
        with_secret(w, "wrong", "workspace", "join", address, status=5)
        with_secret(w, PASSWORD, "workspace", "join", address)
        w.run("target", "add", "here", "--local")
        expect(w.json("workspace", "status")["records"] == 1)


def a_service_file_says_where():
    with TlsPostgres() as postgres, Keyring() as w:
        w.run("workspace", "create", postgres.address("owner"))
        trust(w, postgres, "ca")
        (w.home / ".pg_service.conf").write_text(
            f"[ops]\nhost={NAME}\nhostaddr={ADDRESS}\nport={postgres.port}\nuser=ben\n"
            "dbname=ops\nsslmode=verify-full\n")
        with_secret(w, PASSWORD, "workspace", "join", "service=ops")
        w.run("target", "add", "here", "--local")
        expect(w.json("workspace", "status")["records"] == 1)
        said = with_secret(w, PASSWORD, "workspace", "create", "service=nowhere", status=2)
        expect("pg_service.conf" in said, said)


main("team-tls", [the_server_proves_who_it_is, a_certificate_stands_for_the_person,
                  a_service_file_says_where])
