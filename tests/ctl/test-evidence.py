# SPDX-License-Identifier: GPL-3.0-or-later
"""`evidence`: what proves a deployment to people who have no Countersign, and who trust nobody."""

import base64
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import Workspace, expect, main
from tampering import canonical, envelope, fingerprint

RUNBOOK = """# Runbook: Big and small — “ünïcödé”

## Preparation

### Step 1: Look

```bash
cd DIR
echo "looked \\u007f ✓"
```

- [ ] Somebody watches

## Approval

**Deployment Approved By**:

- Tech Lead: _________________ Date: _________ Time: _________
- Operations: _________________ Date: _________ Time: _________

## Deployment Steps

### Step 1: Print much

```bash
head -c 3000000 /dev/zero | tr '\\0' x
printf 'a\\tb\\177c\\n'
```

## Rollback Procedure

### Step 1: Undo it

```bash
true
```
"""
PEOPLE = {"s1": ("Tech Lead", "anna@example.org", "Anna Müller"),
          "s2": ("Operations", "bob@example.org", "Bob \"the\" Builder")}


def govern(workspace):
    """Boss becomes manager, grants both signers their roles and lets Anna sign what she runs."""
    boss = workspace.key("boss")

    def by(actor, key, *words):
        workspace.run(*words, "--key", workspace.top / key, environ={"COUNTERSIGN_ACTOR": actor})
    by("boss@example.org", boss, "person", "add", "--name", "Boss")
    by("boss@example.org", boss, "person", "grant", "boss@example.org", "Leitung")
    for field, (role, actor, name) in PEOPLE.items():
        by(actor, workspace.key(f"key-{field}"), "person", "add", "--name", name)
        by("boss@example.org", boss, "person", "grant", actor, role)
    by("boss@example.org", boss, "policy", "set", "other", "--four-eyes")
    by("boss@example.org", boss, "policy", "set", "staging", "--operator-may-approve")


def walked(workspace, close=True):
    """A deployment signed by two people; gives its id."""
    if not (workspace.top / "boss").exists():
        govern(workspace)
    deployment = workspace.start(RUNBOOK)
    workspace.run("deploy", "run", deployment, status=3)
    workspace.run("deploy", "check", deployment, "1.1.c1")
    for field, (role, actor, name) in PEOPLE.items():
        workspace.run("deploy", "sign", deployment, field, "--role", role,
                      "--comment", f"seen, {name} ✓", "--key", workspace.top / f"key-{field}",
                      environ={"COUNTERSIGN_ACTOR": actor})
    workspace.run("deploy", "run", deployment)
    if close:
        workspace.run("deploy", "close", deployment)
    return deployment


class Bare:
    """A machine that has what the bundle's README asks for, and nothing else."""

    def __init__(self, workspace):
        self.path = workspace.top / "bare"
        self.path.mkdir()
        listed = subprocess.run(["dpkg-query", "-L", "coreutils"], capture_output=True, check=True)
        tools = [line for line in listed.stdout.decode().split() if re.search(r"/bin/[^/]+$", line)]
        for tool in tools + [shutil.which(name) for name in ("bash", "jq", "ssh-keygen")]:
            (self.path / os.path.basename(tool)).symlink_to(tool)
        self.home = workspace.top / "nobody"
        self.home.mkdir()

    def run(self, command, folder):
        # A flipped bit may make a name that is no longer UTF-8.
        return subprocess.run([self.path / "bash", "-c", command], cwd=folder, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120,
                              env={"PATH": str(self.path), "HOME": str(self.home)})


def commands(folder):
    """The commands that the README gives, in order."""
    return re.findall(r"^```sh\n(.*?)^```", (folder / "README.md").read_text(), re.M | re.S)


class Bundle:
    """An exported deployment; changes of it are made in a copy and held to both ways to verify."""

    def __init__(self, workspace, close=True, deployment=None):
        self.workspace = workspace
        self.deployment = deployment or walked(workspace, close)
        self.folder = workspace.top / "evidence"
        self.said = workspace.run("evidence", "export", self.deployment, "-o", self.folder).out
        self.bare = Bare(workspace)
        self.check = commands(self.folder)[0]
        self.copy = workspace.top / "copy"
        done = self.bare.run(self.check, self.folder)
        expect(done.returncode == 0 and "All good" in done.stdout, done.stdout)

    def files(self):
        return sorted(path.relative_to(self.folder) for path in self.folder.rglob("*")
                      if path.is_file())

    def found(self, change, words=None, whole=True):
        """Both find what the change did; words: what `evidence verify` must say of it."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.folder, self.copy)
        change(self.copy)
        said = self.workspace.run("evidence", "verify", self.copy, status=1).out
        expect("NOT good;" in said and "All good" not in said, said)
        expect(words is None or words in said, (words, said))
        if whole:
            done = self.bare.run(self.check, self.copy)
            expect(done.returncode != 0 and "All good" not in done.stdout, done.stdout)
        return said

    def script_finds(self, words):
        """What verify.sh says when the sums are right."""
        done = self.bare.run("bash verify.sh", self.copy)
        expect(done.returncode == 1 and words in done.stdout, (words, done.stdout))


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def sum_anew(folder):
    """What a forger does last: makes sums and heads right again."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    text = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n"
                   for path in files if path.name not in ("SHA256SUMS", "HEADS"))
    (folder / "SHA256SUMS").write_text(text)
    heads = f"{hashlib.sha256(text.encode()).hexdigest()}  SHA256SUMS\n"
    for path in sorted(folder.glob("records/*")):
        last = json.loads(lines_of(path)[-1])
        heads += f"{last['hash']}  {len(lines_of(path))}  {last['stream']}\n"
    (folder / "HEADS").write_text(heads)


def chain_anew(path, change):
    """Changes records, and then every hash behind them, so that the chain is whole again."""
    records = [json.loads(line) for line in lines_of(path)]
    change(records)
    previous = "0" * 64
    for n, record in enumerate(records):
        record.update(n=n, previous=previous)
        text = canonical({key: record[key] for key in
                          ("actor", "at", "body", "kind", "n", "stream")})
        record["hash"] = previous = hashlib.sha256((previous + text).encode()).hexdigest()
    path.write_text("".join(canonical(record) + "\n" for record in records))


def clean():
    """The README's own commands, where there is nothing but what it asks for."""
    with Workspace() as w:
        bundle = Bundle(w)
        done = bundle.bare.run(bundle.check, bundle.folder)
        expect(done.returncode == 0 and "2 signatures" in done.stdout, done.stdout)
        heads = hashlib.sha256((bundle.folder / "HEADS").read_bytes()).hexdigest()
        expect(heads in done.stdout and heads in bundle.said, (done.stdout, bundle.said))
        first = json.loads(lines_of(bundle.folder / "records/deployment.jsonl")[0])
        done = bundle.bare.run(commands(bundle.folder)[1], bundle.folder)
        expect(done.stdout.split()[0] == first["hash"], done.stdout)
        for number, space in ((2, "signoff"), (3, "decree")):
            done = bundle.bare.run(commands(bundle.folder)[number], bundle.folder)
            expect(done.stdout.startswith(f'Good "{space}@countersign" signature'), done.stdout)
        log = w.json("deploy", "log", bundle.deployment)
        expect([json.loads(line) for line in lines_of(bundle.folder / "records/deployment.jsonl")]
               == log, "the records are those of the deployment")
        expect(any(path.stat().st_size > 3000000 for path in bundle.folder.glob("blobs/*")))
        expect((bundle.folder / "runbook.md").read_bytes() == (w.top / "runbook.md").read_bytes())
        said = w.run("evidence", "verify", bundle.folder).out
        expect("All good" in said and "2 signatures" in said and heads in said, said)
        w.run("evidence", "verify", bundle.folder, "--heads", heads)
        w.run("evidence", "verify", bundle.folder, "--heads", "0" * 64, status=1)
        # Verifying needs no data directory.
        lone = dict(w.environ, XDG_DATA_HOME="/nonexistent")
        done = subprocess.run([w.command()[0], "evidence", "verify", bundle.folder], env=lone,
                              capture_output=True, check=False)
        expect(done.returncode == 0, done.stderr)


def sheet():
    """The sheet says who signed what when, with which key; its fonts are its own."""
    with Workspace() as w:
        deployment = walked(w)
        folder = w.top / "evidence"
        w.run("evidence", "export", deployment, "-o", folder)

        def poppler(*words):
            return subprocess.run([*words], cwd=folder, capture_output=True, check=True,
                                  timeout=60).stdout.decode()
        text = poppler("pdftotext", "-layout", "sheet.pdf", "-")
        shown = w.json("deploy", "show", deployment)
        for signoff in shown["signoffs"]:
            expect(signoff["signer_name"] in text and signoff["role"] in text, text)
        for field in PEOPLE:
            key = subprocess.run(["ssh-keygen", "-l", "-f", w.top / f"key-{field}"],
                                 capture_output=True, check=True).stdout.decode().split()[1]
            expect(key in text, (key, text))
        expect(text.count("signature verified") == 2 and "NOT GOOD" not in text, text)
        source = hashlib.sha256((folder / "runbook.md").read_bytes()).hexdigest()
        last = json.loads(lines_of(folder / "records/deployment.jsonl")[-1])
        expect(source in text and last["hash"] in text and deployment in text, text)
        expect("“ünïcödé”" in text and "page 1 of 1" in text, text)
        fonts = poppler("pdffonts", "sheet.pdf").splitlines()[2:]
        expect(fonts and all(line.split()[-5] == "yes" for line in fonts), fonts)
        # A signature that does not verify is not called good on paper.
        key = (w.top / "key-s1.pub").read_text().split()[1]
        other = (w.key("eve").parent / "eve.pub").read_text().split()[1]
        replace_key(w, key, other)
        w.run("evidence", "export", deployment, "-o", w.top / "forged")
        text = subprocess.run(["pdftotext", "-layout", w.top / "forged" / "sheet.pdf", "-"],
                              capture_output=True, check=True).stdout.decode()
        # Who granted Bob his role had seen Anna's own key, so his signature does not count either.
        expect(text.count("NOT GOOD") == 2, text)


def long_sheet():
    """Many lines to sign: over several pages, none lost or torn, each page numbered."""
    with Workspace() as w:
        roles = [f"Role {chr(65 + n // 10)}{n % 10}" for n in range(40)]
        blank = "_________________ Date: _________ Time: _________"
        text = RUNBOOK.replace(f"- Tech Lead: {blank}\n- Operations: {blank}\n",
                               "".join(f"- {role}: {blank}\n" for role in roles))
        deployment = w.start(text)
        w.run("evidence", "export", deployment, "-o", w.top / "evidence")
        w.run("evidence", "verify", w.top / "evidence")
        text = subprocess.run(["pdftotext", "-layout", w.top / "evidence" / "sheet.pdf", "-"],
                              capture_output=True, check=True).stdout.decode()
        pages = text.split("\f")[:-1]
        expect(len(pages) > 2)
        for number, page in enumerate(pages, 1):
            expect(f"page {number} of {len(pages)}" in page, page)
            expect(page.count("Signature ___") == len(re.findall("Role ..", page)), page)
        expect(re.findall("Role ..", text) == roles, text)
        expect(text.count("Signature ___") == len(roles))


def replace_key(workspace, key, other):
    """Behind the program's back: another key under the same name, every hash right again."""
    database = sqlite3.connect(workspace.data / "journal.db", isolation_level=None)
    guards = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in guards:
        database.execute(f"DROP TRIGGER {name}")
    previous = "0" * 64
    for seq, n, at, actor, kind, body in database.execute(
            "SELECT seq, n, at, actor, kind, body FROM records WHERE stream = 'people' "
            "ORDER BY n").fetchall():
        body = body.replace(key, other)
        text = canonical({"stream": "people", "n": n, "at": at, "actor": actor, "kind": kind,
                          "body": json.loads(body)})
        digest = hashlib.sha256((previous + text).encode()).hexdigest()
        database.execute("UPDATE records SET body = ?, previous = ?, hash = ? WHERE seq = ?",
                         (body, previous, digest, seq))
        previous = digest
    database.close()


def refused():
    with Workspace() as w:
        deployment = walked(w, close=False)
        there = w.top / "there"
        there.mkdir()
        w.run("evidence", "export", deployment, "-o", there, status=5)
        expect(list(there.iterdir()) == [])
        w.run("evidence", "export", deployment, status=2)
        w.run("evidence", "export", "nosuch", "-o", w.top / "new", status=2)
        w.run("evidence", "export", deployment, "-o", w.top / "no" / "parent", status=1)
        w.run("evidence", "verify", w.top / "new", status=2)
        # What a record names is damaged: nothing is exported, and nothing stays behind.
        blob = max(w.data.glob("blobs/*/*"), key=lambda path: path.stat().st_size)
        blob.chmod(0o600)
        blob.write_bytes(b"y" + blob.read_bytes()[1:])
        w.run("evidence", "export", deployment, "-o", w.top / "new", status=1)
        expect(not list(w.top.glob("new*")), list(w.top.glob("new*")))


def interrupted():
    """Whenever Ctrl+C comes: there is all of it, or nothing."""
    with Workspace() as w:
        deployment = walked(w)
        folder = w.top / "evidence"
        for _ in range(12):
            export = subprocess.Popen(w.command("evidence", "export", deployment, "-o", folder),
                                      env=w.environ, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                export.wait(timeout=random.uniform(0, 0.3))
            except subprocess.TimeoutExpired:
                export.send_signal(signal.SIGINT)
            said = export.communicate(timeout=60)[0]
            if export.returncode == 0:
                expect(b"HEADS" in said)
                w.run("evidence", "verify", folder)
                shutil.rmtree(folder)
            expect(not list(w.top.glob("evidence*")), list(w.top.glob("evidence*")))


def flipped():
    """One byte of any file: at one of its ends and somewhere between."""
    with Workspace() as w:
        bundle = Bundle(w)
        for name in bundle.files():
            size = (bundle.folder / name).stat().st_size
            if size == 0:
                continue
            for offset in {random.choice((0, size - 1)), random.randrange(size)}:
                def flip(folder, name=name, offset=offset):
                    data = bytearray((folder / name).read_bytes())
                    data[offset] ^= 1 << random.randrange(8)
                    (folder / name).write_bytes(data)
                said = bundle.found(flip)
                expect(str(name) in said, f"{name} at {offset}: {said}")


def damaged():
    with Workspace() as w:
        bundle = Bundle(w)
        for name in bundle.files():
            bundle.found(lambda folder, name=name: (folder / name).unlink(), str(name))
            bundle.found(lambda folder, name=name: (folder / name).write_bytes(
                (folder / name).read_bytes() + b"\n"), str(name))
        bundle.found(lambda folder: (folder / "blobs/more").write_text("more"), "blobs/more",
                     whole=False)
        bundle.script_finds("blobs/more")
        bundle.found(lambda folder: (folder / "link").symlink_to("/etc/passwd"), "link",
                     whole=False)
        bundle.script_finds("link")


def lines_lost():
    """A deleted line and a cut tail: with the sums as they were, and made anew."""
    with Workspace() as w:
        bundle = Bundle(w)
        path = "records/deployment.jsonl"
        for name in bundle.files():
            count = len(lines_of(bundle.folder / name))
            records = name.suffix == ".jsonl"
            for lost in {0, count // 2, count - 1} if records else {random.randrange(count)}:
                def lose(folder, name=name, lost=lost):
                    lines = lines_of(folder / name)
                    (folder / name).write_bytes(b"".join(lines[:lost] + lines[lost + 1:]))
                bundle.found(lose, str(name))
                if not records or lost == count - 1:
                    continue
                bundle.found(lambda folder, lose=lose: (lose(folder), sum_anew(folder)),
                             f"record {lost} is missing", whole=False)
                bundle.script_finds(f"record {lost} is missing")

        def cut(folder):
            (folder / path).write_bytes(b"".join(lines_of(folder / path)[:-1]))
        bundle.found(cut, "the record ends elsewhere")
        bundle.script_finds("the record ends elsewhere")
        # Cut behind the last signature, with everything made anew: only HEADS' own sum tells.
        shutil.rmtree(bundle.copy)
        shutil.copytree(bundle.folder, bundle.copy)
        cut(bundle.copy)
        sum_anew(bundle.copy)
        heads = bundle.said.split()[-1]
        w.run("evidence", "verify", bundle.copy)
        w.run("evidence", "verify", bundle.copy, "--heads", heads, status=1)
        expect(heads not in bundle.bare.run("bash verify.sh", bundle.copy).stdout)


def forged():
    """Changes after which every sum, hash and head is right again: the signatures tell."""
    with Workspace() as w:
        bundle = Bundle(w)
        log = "records/deployment.jsonl"

        def forge(words, change):
            bundle.found(lambda folder: (change(folder), sum_anew(folder)), words, whole=False)
            bundle.script_finds(words)

        def in_log(change):
            return lambda folder: chain_anew(folder / log, change)

        def signed(records):
            return [record for record in records if record["kind"] == "signed"]

        forge("another state of the record",
              in_log(lambda r: r[0]["body"].update(reason="another reason")))

        def drop(folder):
            chain_anew(folder / log, lambda records: records.pop(1))
            for path in sorted(folder.glob("envelopes/*"), key=lambda p: int(p.stem)):
                path.rename(path.with_stem(str(int(path.stem) - 1)))
        forge("another state of the record", drop)
        forge("something else than what was signed",
              in_log(lambda r: signed(r)[0]["body"].update(comment="never said")))
        forge("something else than what was signed",
              in_log(lambda r: signed(r)[1]["body"].update(decision="reject")))
        forge("something else than what was signed",
              in_log(lambda r: signed(r)[1]["body"].update(signer="eve@example.org")))
        forge("runbook.md", lambda folder: (folder / "runbook.md").write_text("# Another\n"))

        def swap(folder):
            one, two = sorted(folder.glob("envelopes/*"))
            first, second = json.loads(one.read_text()), json.loads(two.read_text())
            first["signatures"], second["signatures"] = second["signatures"], first["signatures"]
            for path, envelope in ((one, first), (two, second)):
                path.write_text(canonical(envelope))
            digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (one, two)]

            def rename(records):
                for record, digest in zip(signed(records), digests):
                    record["body"]["envelope"] = digest
            chain_anew(folder / log, rename)
        forge("the signature is not good", swap)

        def other_key(folder):
            own = (w.top / "key-s1.pub").read_text().split()[1]
            other = (w.key("eve").parent / "eve.pub").read_text().split()[1]
            path = folder / "allowed_signers"
            path.write_text(path.read_text().replace(own, other))
        forge("no such key", other_key)


def decided():
    """Who might decide and sign is proved as well: keys, roles, policies, what was overruled."""
    with Workspace() as w:
        govern(w)
        deployment = w.start(RUNBOOK)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        lead, ops = PEOPLE["s1"][1], PEOPLE["s2"][1]
        boss = ("--key", w.top / "boss")
        by_boss = {"COUNTERSIGN_ACTOR": "boss@example.org"}
        w.run("deploy", "sign", deployment, "s1", "--role", "Tech Lead", "--key", w.top / "key-s1")
        w.run("deploy", "sign", deployment, "s2", "--role", "Operations", "--reject", "--key",
              w.top / "key-s2", environ={"COUNTERSIGN_ACTOR": ops})
        w.run("deploy", "overrule", deployment, "s2", "--reason", "so", *boss, environ=by_boss)
        new = w.key("new")
        w.run("person", "add-key", lead, new, "--key", w.top / "key-s1")
        w.run("person", "retire-key", fingerprint(w.top / "key-s1"), "--reason", "lost", *boss,
              environ=by_boss)
        bundle = Bundle(w, deployment=deployment)
        log, people, policy = (f"records/{name}.jsonl"
                               for name in ("deployment", "people", "policy"))
        expect("valid-before" in (bundle.folder / "allowed_signers").read_text())

        def forge(words, change, by_hand=None):
            bundle.found(lambda folder: (change(folder), sum_anew(folder)), words, whole=False)
            bundle.script_finds(by_hand or words)

        def in_file(name, change):
            return lambda folder: chain_anew(folder / name, change)

        def of(records, kind):
            return [record for record in records if record["kind"] == kind]

        def text(name, change):
            def rewrite(folder):
                path = folder / name
                path.write_text(change(path.read_text()))
            return rewrite
        said = "something else than what was signed"
        forge(said, in_file(people, lambda r: of(r, "role-granted")[-1]["body"].update(role="QA")))
        forge(said, in_file(people, lambda r: of(r, "key-retired")[0]["body"].update(id=ops)))
        forge(said, in_file(policy, lambda r: r[-1]["body"].update(overrider="operations")))
        forge(said, in_file(log, lambda r: of(r, "rejection-overruled")[0]["body"].update(
            reason="another")))

        def swap(records):
            one, two = (record["body"]["decree"] for record in of(records, "policy-set"))
            one["signatures"], two["signatures"] = two["signatures"], one["signatures"]
        forge("policy", in_file(policy, swap), "the signature is not good")
        forge("Nobody has signed it",
              in_file(people, lambda r: of(r, "role-granted")[1]["body"].pop("decree")),
              "nobody has signed it")
        # A key that was retired is still listed, up to that moment and no further.
        forge("no such key", text("allowed_signers",
                                  lambda t: re.sub(',valid-before="[^"]*"', "", t)))
        forge("is missing", text("allowed_signers",
                                 lambda t: "".join(t.splitlines(keepends=True)[1:])))

        def later(role, person, key, **changes):
            """One more signature, made by OpenSSH after everything else."""
            def add(folder):
                records = [json.loads(line) for line in lines_of(folder / log)]
                model = of(records, "signed")[0]
                blob = json.loads((folder / f"envelopes/{model['n']}.json").read_text())
                statement = json.loads(base64.b64decode(blob["payload"]))
                statement["predicate"].update(signer=person, key=fingerprint(key), role=role)
                for subject in statement["subject"]:
                    if subject["name"] == "head":
                        subject["digest"]["sha256"] = records[-1]["hash"]
                data = canonical(envelope(statement, key, "signoff@countersign"))
                n = records[-1]["n"] + 1
                (folder / f"envelopes/{n}.json").write_text(data)
                body = dict(model["body"], signer=person, key=fingerprint(key), role=role,
                            envelope=hashlib.sha256(data.encode()).hexdigest())
                new = dict(model, n=n, at=changes.get("at", int(time.time() * 10 ** 6) + 5000000),
                           body=body, actor=person)
                records_path = folder / log
                with open(records_path, "a") as file:
                    file.write(canonical(new) + "\n")
                chain_anew(records_path, lambda _: None)
            return add
        forge("was retired", later("Tech Lead", lead, w.top / "key-s1"),
              "the signature is not good")
        forge("does not hold the role", later("Tech Lead", ops, w.top / "key-s2"))
        # The retired key's own signature, from before, is good; so is one with the new key.
        shutil.rmtree(bundle.copy)
        shutil.copytree(bundle.folder, bundle.copy)
        later("Tech Lead", lead, new)(bundle.copy)
        sum_anew(bundle.copy)
        w.run("evidence", "verify", bundle.copy)
        done = bundle.bare.run("bash verify.sh", bundle.copy)
        expect(done.returncode == 0, done.stdout)
        # What words are the same role, only the program knows; by hand they are to be read.
        bundle.found(lambda folder: (text("roles", lambda t: t.replace(
            "operations\tOperations", "manager\tOperations"))(folder), sum_anew(folder)), "roles",
            whole=False)


OVERRIDDEN = """# Runbook: Late

**Deployment Window:** not on Monday to Sunday

## Deployment Steps

### Step 1: Fail

```bash
false
```

### Step 2: Go on

```bash
true
```

## Rollback Procedure

```bash
true
```
"""


def overridden():
    """What was let through, and what was marked as passed: by whom, proved like a signature."""
    with Workspace() as w:
        govern(w)
        w.run("target", "add", "here", "--local")
        deployment = w.run("deploy", "start", w.write("late.md", OVERRIDDEN), "--environment",
                           "production", "--target", "here", "--reason", "a test").out.strip()
        by_boss = {"COUNTERSIGN_ACTOR": "boss@example.org"}
        w.run("deploy", "override", deployment, "1.1", "window", "--reason", "now", "--key",
              w.top / "boss", environ=by_boss)
        w.run("deploy", "run", deployment, status=1)
        w.run("deploy", "accept", deployment, "1.1.1", "--reason", "it always fails", "--key",
              w.top / "key-s2")
        w.run("deploy", "run", deployment)
        bundle = Bundle(w, deployment=deployment)
        log = "records/deployment.jsonl"

        def forge(words, change, by_hand=None):
            def of(records, kind):
                return next(record for record in records if record["kind"] == kind)
            bundle.found(lambda folder: (chain_anew(folder / log, lambda r: change(
                of(r, "accepted"), of(r, "overridden"))), sum_anew(folder)), words, whole=False)
            bundle.script_finds(by_hand or words)
        said = "something else than what was signed"
        forge(said, lambda mark, gate: mark["body"].update(reason="it passed"))
        forge(said, lambda mark, gate: mark["body"].update(by="anna@example.org"))
        forge(said, lambda mark, gate: gate["body"].update(gate="blocker"))
        forge("Nobody has signed it", lambda mark, gate: mark["body"].pop("decree"),
              "nobody has signed it")
        forge("Nobody has signed it", lambda mark, gate: gate["body"].pop("decree"),
              "nobody has signed it")

        def swap(mark, gate):
            one, two = mark["body"]["decree"], gate["body"]["decree"]
            one["signatures"], two["signatures"] = two["signatures"], one["signatures"]
        forge("It says the key", swap, "the signature is not good")


STROKES = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4000 1200" fill="none" \
stroke="#000" stroke-width="20" stroke-linecap="round" stroke-linejoin="round">
<path d="M100 900L900 100L1800 900" data-time="0 160 330" data-pressure="200 512 1000"/>
<path d="M2400 200h0" data-time="900"/>
</svg>
"""


def handwritten():
    """Signed by hand as well: on the sheet, in the bundle, and covered by the signature."""
    with Workspace() as w:
        govern(w)
        deployment = w.start(RUNBOOK)
        w.run("deploy", "run", deployment, status=3)
        w.run("deploy", "check", deployment, "1.1.c1")
        (w.top / "mine.svg").write_text(STROKES)
        picture = w.top / "his.png"
        subprocess.run(["convert", "-size", "300x90", "xc:white", "-fill", "none", "-stroke",
                        "black", "-draw", "path 'M 10,80 C 60,-60 120,160 280,20'", picture],
                       check=True)

        def sign(field, file, status=0):
            role, actor, _ = PEOPLE[field]
            return w.run("deploy", "sign", deployment, field, "--role", role, "--handwriting",
                         w.top / file, "--key", w.top / f"key-{field}", status=status,
                         environ={"COUNTERSIGN_ACTOR": actor})
        (w.top / "none.svg").write_text(STROKES.replace("<path", "<script/><path", 1))
        expect("no handwriting" in sign("s1", "none.svg", status=2).err)
        sign("s1", "nosuch.svg", status=1)
        sign("s1", "mine.svg")
        sign("s2", "his.png")
        expect(w.json("audit", "verify")["clean"] is True)
        bundle = Bundle(w, deployment=deployment)
        names = [str(name) for name in bundle.files() if name.parts[0] == "handwriting"]
        signed = {record["body"]["field"]: record for record in w.json("deploy", "log", deployment)
                  if record["kind"] == "signed"}
        expect(names == [f"handwriting/{signed['s1']['n']}.svg",
                         f"handwriting/{signed['s2']['n']}.png"], names)
        expect((bundle.folder / names[0]).read_text() == STROKES)
        payload = json.loads(base64.b64decode(json.loads(
            (bundle.folder / f"envelopes/{signed['s1']['n']}.json").read_text())["payload"]))
        expect(payload["predicate"]["handwriting"] == hashlib.sha256(STROKES.encode()).hexdigest())
        listed = subprocess.run(["pdfimages", "-list", bundle.folder / "sheet.pdf"], check=True,
                                capture_output=True).stdout.decode()
        expect(re.search(r"\b300 +90\b", listed), listed)
        # Another picture, with all sums right again.
        said = bundle.found(lambda folder: ((folder / names[0]).write_text(
            STROKES.replace("900L", "901L")), sum_anew(folder)), "is missing", whole=False)
        expect("names by" in said, said)
        bundle.script_finds("is missing")

        def rename(folder):
            other = STROKES.replace("900L", "901L")
            (folder / names[0]).write_text(other)
            chain_anew(folder / "records/deployment.jsonl", lambda records: [
                record["body"].update(handwriting=hashlib.sha256(other.encode()).hexdigest())
                for record in records if record["body"].get("field") == "s1"])
            sum_anew(folder)
        bundle.found(rename, "something else than what was signed", whole=False)
        bundle.script_finds("something else than what was signed")
        # One that was lost in the workspace is found there.
        digest = signed["s2"]["body"]["handwriting"]
        next(w.data.glob(f"blobs/*/{digest}")).unlink()
        expect(digest in w.run("audit", "verify", status=1).out)
        shown = next(line for line in w.json("deploy", "show", deployment)["signoffs"]
                     if line["id"] == "s2")
        expect(shown["verified"] is False, shown)


main("evidence", [clean, decided, overridden, handwritten, sheet, long_sheet, refused, interrupted,
                  flipped, damaged, lines_lost, forged])
