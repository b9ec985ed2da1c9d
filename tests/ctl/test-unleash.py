# SPDX-License-Identifier: GPL-3.0-or-later
"""A feature switched on a real Unleash server: through its Admin API, and asked for as applications
ask, with Unleash's own SDK."""

import http.server
import json
import subprocess
import threading
import time
import urllib.error

from harness import expect, main
from keyring import Keyring
from unleash import ADMIN, CLIENT, Unleash

OURS = ("id", "name", "constraints", "parameters")


def give_token(w, token=ADMIN, name="UNLEASH_TOKEN"):
    subprocess.run(w.command("secret", "set", name), input=token.encode() + b"\n", check=True,
                   env=w.environ, stdout=subprocess.DEVNULL)


def companies(w, ids):
    w.run("company", "import", w.write("companies.csv", "id,name\n" + "".join(
        f"{n},Salon {n}\n" for n in ids)))


def add(w, server, key, *stages, status=0, url=None, more=()):
    return w.run("flag", "add", key, "--provider", "unleash", "--url", url or server.url,
                 "--unleash-environment", "production", "--secret", "UNLEASH_TOKEN", *more,
                 *(word for stage in stages for word in ("--stage", stage)), status=status)


def lists(server, feature):
    """The sizes of the lists that the server holds for a feature."""
    return [len(strategy["constraints"][0]["values"])
            for strategy in server.environment(feature)["strategies"] if strategy["constraints"]]


def stages(server):
    """Through all stages and back: what is recorded, the Admin API and the SDK agree."""
    with Keyring() as w:
        ids = [str(n) for n in (7, 15, 42, 103)]
        give_token(w)
        companies(w, ids)
        server.add("phonetic")
        server.add("bystander")
        server.write("bystander", "POST", "/strategies", {"name": "default"})
        server.write("phonetic", "POST", "/strategies", {"name": "default"}, "development")
        server.write("phonetic", "POST", "/on", environment="development")
        before = server.environment("bystander"), server.environment("phonetic", "development")
        add(w, server, "phonetic", "Test | 15", "More | 15,42,103", "All | everyone")
        planned = w.json("rollout", "plan", "phonetic")
        expect(planned["writes"] == ["phonetic, production: companyId is one of: 15",
                                     "phonetic, production: switched on"], planned["writes"])
        server.expect("phonetic", ids, [])
        for number, wanted in enumerate((["15"], ["15", "42", "103"], ids), 1):
            w.run("rollout", "promote", "phonetic")
            server.expect("phonetic", ids, wanted)
            shown = w.json("flag", "show", "phonetic")
            expect(shown["on"] == wanted and shown["everyone"] == (number == 3), shown)
            w.run("flag", "verify", "phonetic")
        # Everyone is also who has no company, or one that nobody has listed.
        server.expect("phonetic", ["", "99999"], ["", "99999"])
        expect(len(server.environment("phonetic")["strategies"]) == 1)
        w.run("rollout", "back", "phonetic")
        server.expect("phonetic", [*ids, "", "99999"], ["15", "42", "103"])
        w.run("rollout", "kill", "phonetic", "--reason", "a test")
        server.expect("phonetic", [*ids, "", "99999"], [])
        expect(not server.environment("phonetic")["enabled"])
        w.run("rollout", "promote", "phonetic")
        server.expect("phonetic", ids, ["15"])
        after = server.environment("bystander"), server.environment("phonetic", "development")
        expect(before == after, f"{before} is {after}")
        said = w.run("audit", "list", "--limit", "1000", "--json").out
        expect(ADMIN not in said and "UNLEASH_TOKEN" in said)
        w.run("audit", "verify")


def many(server):
    """1,000 companies in lists of 250: who stays is never off, not for a moment."""
    with Keyring() as w:
        ids = [str(n) for n in range(1, 1001)]
        give_token(w)
        companies(w, ids)
        server.add("many")
        add(w, server, "many", "A quarter | 25 %", "Most | 80 %", "All | everyone")
        w.run("rollout", "promote", "many")
        quarter = w.json("flag", "show", "many")["on"]
        expect(len(quarter) == 250 and lists(server, "many") == [250])
        server.expect("many", ids, quarter)
        watching = threading.Event()
        gone = []

        def watch():
            while not watching.is_set():
                place = server.environment("many")
                held = {value for strategy in place["strategies"]
                        for constraint in strategy["constraints"] for value in constraint["values"]}
                everyone = any(not strategy["constraints"] for strategy in place["strategies"])
                if not place["enabled"] or not (everyone or held >= set(quarter)):
                    gone.append(place)

        watcher = threading.Thread(target=watch)
        watcher.start()
        w.run("rollout", "promote", "many")
        most = w.json("flag", "show", "many")["on"]
        expect(len(most) == 800 and set(most) > set(quarter))
        expect(lists(server, "many") == [250, 250, 250, 50])
        server.expect("many", ids, most)
        w.run("rollout", "promote", "many")
        w.run("rollout", "back", "many")
        server.expect("many", ids, most)
        w.run("rollout", "back", "many")
        watching.set()
        watcher.join()
        expect(not gone, gone[:1])
        server.expect("many", ids, quarter)
        expect(sum(lists(server, "many")) == 250)
        # One company leaves: the others' lists are not touched.
        w.run("flag", "pin", "many", "--out", quarter[0])
        w.run("rollout", "promote", "many", "--stage", "s1")
        found = w.json("flag", "show", "many")["on"]
        expect(quarter[0] not in found and len(found) == 250, len(found))
        server.expect("many", ids, found)
        # More than a server takes.
        companies(w, range(1, 8001))
        server.add("all")
        add(w, server, "all", "Most | 95 %")
        refused = w.run("rollout", "promote", "all", status=2)
        expect("30 strategies of 250 companies" in refused.err, refused.err)
        expect(not server.environment("all")["enabled"])


def by_hand(server):
    """What somebody changes by hand is found, and can be adopted, restored or switched off."""
    with Keyring() as w:
        ids = ["7", "15", "42", "103"]
        give_token(w)
        companies(w, ids)
        server.add("hand")
        add(w, server, "hand", "Test | 15", "More | 15,42,103", "All | everyone")
        w.run("rollout", "promote", "hand")
        strategy = server.environment("hand")["strategies"][0]
        changed = json.loads(json.dumps({name: strategy[name] for name in OURS if name != "id"}))
        changed["constraints"][0]["values"] = ["15", "7"]
        server.write("hand", "PUT", f"/strategies/{strategy['id']}", changed)
        found = w.run("flag", "verify", "hand", status=1)
        expect("on for 2 companies: 7, 15" in found.err, found.err)
        w.run("flag", "restore", "hand", "--reason", "nobody signed that")
        server.expect("hand", ids, ["15"])
        server.write("hand", "PUT", f"/strategies/{strategy['id']}", changed)
        w.run("flag", "verify", "hand", status=1)
        w.run("flag", "adopt", "hand", "--reason", "agreed by telephone")
        expect(w.json("flag", "show", "hand")["on"] == ["7", "15"])
        server.expect("hand", ids, ["7", "15"])
        # A rule of another kind: nobody can say for which companies it is on.
        server.write("hand", "POST", "/strategies", {
            "name": "flexibleRollout", "title": "Friends", "parameters": {"rollout": "10"}})
        found = w.run("flag", "verify", "hand", status=1)
        expect("“Friends” that Countersign did not write" in found.err, found.err)
        w.run("rollout", "promote", "hand", status=5)
        w.run("flag", "adopt", "hand", "--reason", "why not", status=2)
        w.run("flag", "restore", "hand", "--reason", "nobody signed that")
        server.expect("hand", ids, ["7", "15"])
        # It is disabled, not gone.
        friends = [one for one in server.environment("hand")["strategies"]
                   if one["title"] == "Friends"]
        expect(len(friends) == 1 and friends[0]["disabled"], friends)
        # Switched off by hand; then a strategy that would come along with the next change.
        server.write("hand", "POST", "/off")
        found = w.run("flag", "verify", "hand", status=1)
        expect("It is on for nobody" in found.err, found.err)
        w.run("flag", "adopt", "hand", "--reason", "it was right")
        server.write("hand", "POST", "/strategies", {"name": "default"})
        refused = w.run("rollout", "promote", "hand", status=2)
        expect("would be switched on along with it" in refused.err, refused.err)
        expect(not server.environment("hand")["enabled"])


def failures(server):
    """Tokens that are wrong, flags and fields that are not there, a server that is gone."""
    with Keyring() as w:
        companies(w, ["15", "42"])
        server.add("broken")
        add(w, server, "broken", "Test | 15")
        missing = w.run("rollout", "promote", "broken", status=5)
        expect("The keyring has no secret “UNLEASH_TOKEN”" in missing.err, missing.err)
        give_token(w, "*:*.wrong")
        refused = w.run("rollout", "promote", "broken", status=5)
        expect("answers 401" in refused.err and "wrong" not in refused.err, refused.err)
        give_token(w, CLIENT)
        refused = w.run("flag", "verify", "broken", status=5)
        expect("answers 403" in refused.err, refused.err)
        give_token(w)
        add(w, server, "nowhere", "Test | 15")
        absent = w.run("rollout", "promote", "nowhere", status=2)
        expect("no feature named" in absent.err, absent.err)
        w.run("flag", "add", "broken-context", "--provider", "unleash", "--url", server.url,
              "--unleash-environment", "production", "--secret", "UNLEASH_TOKEN", "--feature",
              "broken", "--context", "tenant", "--stage", "Test | 15")
        absent = w.run("rollout", "promote", "broken-context", status=2)
        expect("Context field with name tenant" in absent.err, absent.err)
        shown = w.json("flag", "show", "broken-context")
        expect(shown["stage"] is None and shown["trouble"] is None, shown)
        for url, words in (("http://example.org", "without encryption"), ("ftp://x", "https://"),
                           ("https://a:b@example.org", "holds a password")):
            wrong = add(w, server, "wrong", "Test | 15", status=2, url=url)
            expect(words in wrong.err, wrong.err)
        add(w, server, "gone", "Test | 15", url="http://127.0.0.1:1")
        gone = w.run("rollout", "promote", "gone", status=4)
        expect("does not answer" in gone.err, gone.err)
        # What was written and is refused half way is put back.
        server.add("half")
        companies(w, range(1, 601))
        add(w, server, "half", "Some | 30 %", "Most | 95 %")
        w.run("rollout", "promote", "half")
        before = server.environment("half")["strategies"]
        server.postgres.sql("unleash", """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.feature_name = 'half' AND (SELECT count(*) FROM feature_strategies
               WHERE feature_name = 'half') >= 2 THEN RAISE 'the disk is full'; END IF;
            RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON feature_strategies FOR EACH ROW
            EXECUTE FUNCTION refuse()""")
        failed = w.run("rollout", "promote", "half", status=1)
        expect("requests were made, then" in failed.err, failed.err)
        after = server.environment("half")["strategies"]
        expect([one["constraints"] for one in after] == [one["constraints"] for one in before])
        expect(w.json("flag", "show", "half")["stage"] == "s1")
        server.postgres.sql("unleash", "DROP TRIGGER refuse ON feature_strategies")
        w.run("rollout", "promote", "half")


def at_once(server):
    """Two operators and a person at the server at once: one wins, the others are told."""
    with Keyring() as w:
        ids = [str(n) for n in range(1, 41)]
        give_token(w)
        companies(w, ids)
        server.add("busy")
        add(w, server, "busy", "Some | 25 %", "Half | 50 %", "All | everyone")
        statuses = []

        def operate(name):
            environ = dict(w.environ, COUNTERSIGN_ACTOR=f"{name}@example.org")
            for words in (("rollout", "promote", "busy"), ("rollout", "back", "busy"),
                          ("flag", "verify", "busy")) * 5:
                done = subprocess.run(w.command(*words), env=environ, check=False,
                                      stdin=subprocess.DEVNULL, capture_output=True)
                statuses.append((done.returncode, done.stderr.decode()))

        operators = [threading.Thread(target=operate, args=(name,)) for name in ("olga", "paul")]
        for operator in operators:
            operator.start()
        for operator in operators:
            operator.join()
        for status, words in statuses:
            expect(status in (0, 1, 3, 5) and "CRITICAL" not in words, f"{status} {words}")
        w.run("flag", "verify", "busy")
        server.expect("busy", ids, w.json("flag", "show", "busy")["on"])


class Directory(http.server.BaseHTTPRequestHandler):
    """Lists companies for whoever has the token."""

    def do_GET(self):
        status, answer = 200, [{"id": 15, "name": "Müller"}, {"id": "42", "name": "Meyer",
                                                              "size": 7}]
        if self.headers.get("Authorization") != "Bearer t0p-secret-token":
            status, answer = 401, {"message": f"not {self.headers.get('Authorization')}"}
        elif self.path == "/moved":
            status, answer = 302, {}
        elif self.path == "/object":
            answer = {"companies": answer}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "http://example.org/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def directory():
    """Companies from an address, with a token of the keyring that stays there."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Directory)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with Keyring() as w:
        give_token(w, "t0p-secret-token", "DIRECTORY_TOKEN")
        give_token(w, "t0p-other-token", "OTHER_TOKEN")
        said = w.run("company", "import", "--url", f"{url}/list", "--secret", "DIRECTORY_TOKEN")
        expect("2 companies: 2 new" in said.out, said.out)
        found = w.json("company", "list")
        expect([one["name"] for one in found] == ["Müller", "Meyer"], found)
        for path, secret, status, words in (
                ("/list", "OTHER_TOKEN", 5, "answers 401"), ("/list", "NO_TOKEN", 5, "keyring"),
                ("/object", "DIRECTORY_TOKEN", 2, "Line 1"),
                ("/moved", "DIRECTORY_TOKEN", 4, "answers 302")):
            refused = w.run("company", "import", "--url", url + path, "--secret", secret,
                            status=None)
            expect(refused.returncode == status and words in refused.err,
                   f"{refused.returncode} {refused.err}")
            expect("t0p" not in refused.err, refused.err)
        w.run("company", "import", "--url", "http://example.org/list", status=2)
        w.run("company", "import", "--url", url, "--target", "x", "--command", "y", status=2)
        w.run("company", "import", "--url", "http://127.0.0.1:1/", status=4)
        expect("t0p" not in w.run("audit", "list", "--json").out)
        expect(len(w.json("company", "list")) == 2)
    server.shutdown()


def tests():
    """One server serves them all: it takes seconds to start."""
    with Unleash() as server:
        begun = time.monotonic()
        for test in (stages, many, by_hand, failures, at_once):
            try:
                test(server)
            except urllib.error.HTTPError as error:
                raise AssertionError(f"{test.__name__}: {error} {error.read()}") from error
            print(f"# {test.__name__}: {time.monotonic() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main("unleash", [directory, tests])
