# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Unleash server of the test's own, on a PostgreSQL of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from harness import expect
from npm import SOURCE, node, packages
from postgres import Postgres

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lifetime import die_with_parent  # noqa: E402

ADMIN = "*:*.4d0a2f7c9b1e"
CLIENT = "*:production.7be19c03d5aa"
FEATURES = "/api/admin/projects/default/features"


class Unleash:
    """Knows the context field companyId; its flags begin off and without strategies."""

    def __enter__(self):
        modules = packages("unleash")
        self.postgres = Postgres().__enter__()
        self.server = None
        try:
            self.postgres.sql("postgres", "CREATE DATABASE unleash")
            self.server = subprocess.Popen(
                ["node", SOURCE / "unleash" / "serve.cjs", self.postgres.top, "unleash", ADMIN,
                 CLIENT],
                env=dict(os.environ, NODE_PATH=str(modules), NODE_NO_WARNINGS="1"),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
            for line in self.server.stdout:
                if line.startswith(b"listening "):
                    self.url = f"http://127.0.0.1:{int(line.split()[1])}"
                    break
            else:
                raise AssertionError("Unleash did not start")
            self.ask("POST", "/api/admin/context", {"name": "companyId", "stickiness": True})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
        self.postgres.__exit__(*error)

    def ask(self, method, path, body=None, token=ADMIN):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def add(self, feature):
        self.ask("POST", FEATURES, {"name": feature})

    def environment(self, feature, name="production"):
        shown = self.ask("GET", f"{FEATURES}/{feature}")
        return next(place for place in shown["environments"] if place["name"] == name)

    def write(self, feature, method, path="", body=None, environment="production"):
        return self.ask(method, f"{FEATURES}/{feature}/environments/{environment}{path}", body)

    def who(self, feature, ids):
        """For whom it is on, as Unleash's own SDK decides with what the client API says."""
        return json.loads(node("evaluate.cjs", self.url, CLIENT, feature, text="\n".join(ids),
                               name="unleash"))

    def expect(self, feature, ids, wanted):
        """What applications get follows: the server looks for changes every second."""
        end = time.monotonic() + 60
        while (found := self.who(feature, ids)) != wanted:
            expect(time.monotonic() < end, f"{feature} is on for {found}, not for {wanted}")
            time.sleep(0.1)
