# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of rollouts share: an application with settings, a service that is measured, a program
that watches."""

import http.server
import os
import stat
import subprocess
import threading
import time

from harness import expect

SETTINGS = """# Application
APP_KEY=base64:c2VjcmV0IHNlY3JldA==
DB_PASSWORD="pa$$ word"   # from the vault

export FEATURE_PHONETIC_MATCHING_ENABLED=false
FEATURE_PHONETIC_MATCHING_THRESHOLD=0.65
FEATURE_PHONETIC_MATCHING_TEST_COMPANIES=""  # 15 first
FEATURE_PHONETIC_MATCHING_RATE_LIMIT=3
PHONE=+49 221 1234567\r
LAST=ä ö \xff without an end""".encode("utf-8", "surrogateescape")
SETTINGS = SETTINGS.replace("\xff".encode(), b"\xff")

ENABLED = "FEATURE_PHONETIC_MATCHING_ENABLED"
COMPANIES = "FEATURE_PHONETIC_MATCHING_TEST_COMPANIES"
STAGES = ("Test company | 15", "Expanded | 15,42,103", "Everyone | everyone")


class Application:
    """A directory with settings, and what its application has loaded of them."""

    def __init__(self, directory, settings=SETTINGS):
        self.directory = directory
        directory.mkdir()
        self.settings = directory / ".env"
        self.settings.write_bytes(settings)
        self.settings.chmod(0o640)
        # Of somebody else, where the account may give files away.
        self.owner = (os.getuid(), os.getgid())
        if os.getuid() == 0:
            self.owner = (65534, 1)
            os.chown(self.settings, *self.owner)
        # What the application sees is what it loaded last.
        (directory / "reload").write_text("#!/bin/sh\ncp .env loaded\necho reloaded >> log\n")
        (directory / "show").write_text(
            "#!/bin/sh\n"
            "sed -nE 's/^(export )*(FEATURE_[A-Z_]*)=\"*([^\"# ]*).*/\\2=\\3/p' loaded\n")
        for name in ("reload", "show"):
            (directory / name).chmod(0o755)

    def expect(self, enabled, companies):
        """The two lines are as they are to be, and every other byte as it was."""
        wanted = SETTINGS.replace(b"ENABLED=false", b"ENABLED=" + enabled.encode()).replace(
            b'COMPANIES=""', f'COMPANIES="{companies}"'.encode())
        found = self.settings.read_bytes()
        expect(found == wanted, f"{found!r} is not {wanted!r}")
        status = self.settings.stat()
        expect(stat.S_IMODE(status.st_mode) == 0o640, oct(status.st_mode))
        expect((status.st_uid, status.st_gid) == self.owner, status)

    def change(self, settings):
        """Somebody does it by hand, and has it loaded."""
        self.settings.write_bytes(settings)
        subprocess.run(["./reload"], cwd=self.directory, check=True)

    def sees(self):
        """What the application itself answers."""
        shown = subprocess.run(["./show"], cwd=self.directory, check=True, capture_output=True)
        return dict(line.split("=", 1) for line in shown.stdout.decode().splitlines())

    def loads(self):
        log = self.directory / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def loaded(self):
        return (self.directory / "loaded").read_bytes()

    def leftovers(self):
        known = {".env", ".env.countersign-backup", "reload", "show", "loaded", "log"}
        return [path.name for path in self.directory.iterdir() if path.name not in known]


def companies(w, ids=(7, 15, 42, 103)):
    w.run("company", "import", w.write("companies.csv", "id,name,size\n" + "".join(
        f"{n},Salon {n},{n}\n" for n in ids)))


def add(w, application, *more, target="web", key="phonetic-matching", stages=STAGES):
    words = [word for stage in stages for word in ("--stage", stage)]
    w.run("flag", "add", key, "--provider", "dotenv", "--target", target, "--path",
          application.settings, "--companies", COMPANIES, "--everyone", ENABLED, "--reload",
          "./reload", "--readback", "./show", *words, *more)


def here(w, *more, **named):
    """An application on this computer, with its flag."""
    application = Application(w.top / "application")
    w.run("target", "add", "here", "--local")
    companies(w)
    add(w, application, *more, target="here", **named)
    return application


def records(w, kind):
    return [record for record in w.json("audit", "list", "--limit", "1000")
            if record["kind"] == kind]


class Service:
    """Answers with the error rate that is said."""

    def __init__(self):
        self.rate = "0.1"
        self.asked = 0
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                service.asked += 1
                body = ("{\"errors\": %s}" % service.rate).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Watching:
    """`watch run`, which looks for drift every second."""

    def __init__(self, w, watch):
        self.log = w.top / "watching"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(w.command("watch", "run", watch, "--every", "1s"),
                                            env=w.environ, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        if kind is not None:
            self.process.kill()
        self.process.terminate()
        status = self.process.wait(timeout=60)
        said = self.log.read_text()
        expect(kind is not None or (status == 0 and "CRITICAL" not in said), said)


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, "waited in vain")
        time.sleep(0.05)


def gates(w):
    return {gate["gate"]: gate["words"]
            for gate in w.json("rollout", "plan", "phonetic-matching")["gates"]}
