# SPDX-License-Identifier: GPL-3.0-or-later
"""The library from the command line, and checks of runbooks as a build server makes them."""

import json
import os
import pathlib
import re
import subprocess

from harness import ACTOR, Workspace, expect, main

RUNBOOK = """# Paint the House

## Deployment

### Mix the paint

```bash
echo mix SHADE
```

- [ ] It is stirred

## Approval

Approved by: ____________ Date: _______
"""


def write(w, name, text):
    path = w.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def durations():
    """As people say them, beside each phase and step."""
    text = "# Long\n\n## Phase 1: Backup (90 minutes)\n\n" + "".join(
        f"### Step {number}: Part {number} ({words})\n\n```bash\ntrue\n```\n\n"
        for number, words in enumerate(["30 seconds", "5 minutes", "2 hours"], 1))
    with Workspace() as w:
        shown = w.run("runbook", "show", write(w, "long.md", text)).out
        for words in ("(1 h 30 min)", "(30 s)", "(5 min)", "(2 h)"):
            expect(words in shown, shown)


def kinds(w, digest):
    shown = w.json("runbook", "show", digest)
    blocks = [b for p in shown["phases"] for s in p["steps"] for b in s["blocks"]]
    return [p["kind"] for p in shown["phases"]], [b["kind"] for b in blocks]


def added_and_listed():
    with Workspace() as w:
        expect(w.json("runbook", "list") == [] and w.run("runbook", "list").out == "")
        path = write(w, "house/paint.md", RUNBOOK)
        line = w.run("runbook", "add", path).out
        expect("Paint the House" in line and str(path) in line, line)
        w.run("runbook", "add", path)
        listed = w.json("runbook", "list")
        expect([e["title"] for e in listed] == ["Paint the House"], listed)
        expect(listed[0]["added_by"] == ACTOR and listed[0]["path"] == str(path), listed)
        write(w, "house/paint.md", RUNBOOK.replace("SHADE", "black"))
        w.run("runbook", "add", path)
        listed = w.json("runbook", "list")
        expect(len(listed) == 2 and listed[0]["document"] == listed[1]["document"], listed)
        expect(w.run("runbook", "source", listed[1]["digest"][:12]).out == RUNBOOK)
        w.run("runbook", "show", "0" * 12, status=2)
        w.run("runbook", "add", w.top / "missing.md", status=2)
        w.run("audit", "verify")


def git(folder, *words):
    subprocess.run(["git", "-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.org",
                    "-c", "init.defaultBranch=main", *words], check=True, capture_output=True)


def a_checkout_is_added():
    """A real checkout: links, hidden and huge files, names that are no UTF-8, closed folders."""
    with Workspace() as w:
        checkout = w.top / "ops"
        write(w, "ops/docs/paint.md", RUNBOOK)
        write(w, "ops/README.md", "# Nothing\n\nto do\n")
        write(w, "ops/.github/hidden.md", RUNBOOK.replace("Paint", "Hide"))
        write(w, "outside/far.md", RUNBOOK.replace("Paint", "Leave"))
        os.symlink(w.top / "outside", checkout / "link")
        os.symlink(w.top / "outside/far.md", checkout / "far.md")
        os.symlink(checkout, checkout / "docs/round")
        os.symlink("nowhere", checkout / "broken.md")
        os.mkfifo(checkout / "pipe.md")
        with open(checkout / "huge.md", "wb") as file:
            file.truncate(17 * 1024 * 1024)
        (checkout / "binary.md").write_bytes(b"# x\n\0\1")
        with open(os.fsencode(checkout) + b"/docs/\xfcber.md", "w", encoding="utf-8") as file:
            file.write(RUNBOOK.replace("Paint", "Name"))
        git(checkout, "init")
        git(checkout, "remote", "add", "origin", "git@git.example.org:acme/ops.git")
        git(checkout, "add", "docs", "README.md")
        git(checkout, "commit", "-m", "x")
        w.run("runbook", "add", checkout)
        listed = w.json("runbook", "list")
        expect(sorted(e["title"] for e in listed) == ["Name the House", "Paint the House"], listed)
        documents = [e["document"] for e in listed if e["title"].startswith("Paint")]
        expect(documents == ["git.example.org/acme/ops:docs/paint.md"], listed)
        odd = [e for e in listed if e["title"].startswith("Name")][0]
        expect(odd["document"] == "git.example.org/acme/ops:docs/%FCber.md", odd)
        # A clone elsewhere holds the same documents.
        git(w.top, "clone", checkout, "clone")
        git(w.top / "clone", "remote", "set-url", "origin", "https://git.example.org/acme/ops")
        write(w, "clone/docs/paint.md", RUNBOOK.replace("SHADE", "red"))
        w.run("runbook", "add", w.top / "clone")
        listed = w.json("runbook", "list")
        expect(len(listed) == 3 and listed[0]["document"] == documents[0], listed)
        empty = w.top / "empty"
        empty.mkdir()
        expect("no runbook" in w.run("runbook", "add", empty, status=2).err)


def compared():
    with Workspace() as w:
        first = write(w, "first.md", RUNBOOK)
        second = write(w, "second.md", RUNBOOK.replace("SHADE", "black"))
        expect(w.run("runbook", "compare", first, first).out == "")
        done = w.run("runbook", "compare", first, second, status=1)
        expect("command changed" in done.out and "-echo mix SHADE\n+echo mix black\n" in done.out,
               done.out)
        w.run("runbook", "add", first)
        w.run("runbook", "add", second)
        digests = [e["digest"][:10] for e in w.json("runbook", "list")]
        expect(w.run("runbook", "compare", digests[1], digests[0], status=1).out == done.out)
        w.run("runbook", "compare", first, "abcdef0123", status=2)
        w.run("runbook", "compare", first, status=2)


def overruled_and_taken_back():
    with Workspace() as w:
        w.run("runbook", "add", write(w, "paint.md", RUNBOOK))
        digest = w.json("runbook", "list")[0]["digest"]

        def overrule(*words, status=0):
            return w.run("runbook", "overrule", digest, *words, status=status)

        plain = kinds(w, digest)
        overrule("--line", "7", "--as", "sample", "--reason", "Only shown")
        overrule("--line", "3", "--as", "verify", "--reason", "Nothing is deployed")
        overrule("--line", "11", "--as", "no-check", "--reason", "It is no item")
        overruled = kinds(w, digest)
        expect(overruled[0][0] == "verify" and overruled[1] == ["sample"], overruled)
        expect(len(w.json("runbook", "list")[0]["overrules"]) == 3)
        # What is decided can be decided again, though it is no longer there.
        overrule("--line", "11", "--as", "no-check", "--reason", "Still none")
        for line in ("7", "3", "11"):
            overrule("--line", line, "--undo")
        expect(kinds(w, digest) == plain)
        expect(w.json("runbook", "list")[0]["overrules"] == [])
        w.run("audit", "verify")


def overruling_nothing_is_refused():
    with Workspace() as w:
        w.run("runbook", "add", write(w, "paint.md", RUNBOOK))
        digest = w.json("runbook", "list")[0]["digest"]
        before = len(w.json("audit", "list"))
        for words, message in (
                (["--line", "8", "--as", "sample", "--reason", "x"],
                 "No code block begins in line 8; the nearest begins in line 7"),
                (["--line", "1000", "--as", "verify", "--reason", "x"], "No phase begins"),
                (["--line", "5", "--as", "no-check", "--reason", "x"], "No check item begins"),
                (["--line", "5", "--as", "no-signoff", "--reason", "x"], "No sign-off begins"),
                (["--line", "7", "--as", "poem", "--reason", "x"], "poem"),
                (["--line", "7", "--as", "sample", "--reason", ""], "reason"),
                (["--line", "7", "--as", "sample"], "--reason"),
                (["--line", "0", "--as", "sample", "--reason", "x"], ""),
                (["--line", "7", "--undo"], "Nothing is overruled in line 7"),
                (["--line", "7", "--undo", "--as", "sample"], "--undo"),
                (["--as", "sample", "--reason", "x"], "--line")):
            done = w.run("runbook", "overrule", digest, *words, status=2)
            expect(message in done.err, (words, done.err))
        expect(len(w.json("audit", "list")) == before)
        w.run("runbook", "overrule", "0" * 12, "--line", "7", "--undo", status=2)


def checked_as_in_ci():
    with Workspace() as w:
        good = write(w, "good.md", RUNBOOK + "\n## Rollback\n\n```bash\necho scrape\n```\n")
        doubtful = write(w, "doubtful.md", RUNBOOK)
        gaps = write(w, "gaps.md", RUNBOOK + "\n```bash\ngit checkout <VERSION>\n```\n")
        faulty = write(w, "faulty.md", RUNBOOK + "\n```bash\nls\n\n**Then**: go on\n\n- [ ] x\n")
        expect(w.run("runbook", "check", good).out == "")
        done = w.run("runbook", "check", good, doubtful)
        expect(f"{doubtful}:1: warning: no-rollback: " in done.out, done.out)
        w.run("runbook", "check", "--strict", good)
        w.run("runbook", "check", "--strict", doubtful, status=1)
        done = w.run("runbook", "check", good, doubtful, faulty, status=1)
        expect(f"{faulty}:17: error: fence-not-closed: " in done.out, done.out)
        # A file that can't be read hides nothing of the others.
        done = w.run("runbook", "check", w.top / "missing.md", faulty, status=2)
        expect("missing.md" in done.err and "fence-not-closed" in done.out, done)
        report = json.loads(w.run("runbook", "check", "--json", good, faulty,
                                  w.top / "missing.md", status=2).out)
        expect([os.path.basename(r["file"]) for r in report] ==
               ["good.md", "faulty.md", "missing.md"], report)
        expect(report[0]["diagnostics"] == [] and len(report[0]["digest"]) == 64, report)
        item = [d for d in report[1]["diagnostics"] if d["severity"] == "error"][0]
        expect(item["code"] == "fence-not-closed" and item["line"] == 17, item)
        item = [d for d in json.loads(w.run("runbook", "check", "--json", gaps).out)[0]
                ["diagnostics"] if d["code"] == "placeholder"][0]
        expect(item["subject"] == "<VERSION>" and "<VERSION>" in item["message"], item)
        expect(report[2]["digest"] is None and "missing.md" in report[2]["error"], report)
        expect(not w.data.exists())


def all_that_is_checked_is_explained():
    """A team that counts on a code finds it in the README."""
    top = pathlib.Path(__file__).resolve().parents[2]
    words = (top / "src/runbook/cs-diagnostic-words.c").read_text(encoding="utf-8")
    readme = (top / "README.md").read_text(encoding="utf-8")
    codes = re.findall(r'^  \{ "([a-z0-9-]+)", "(error|warning|info)"', words, re.M)
    expect(len(codes) > 10, codes)
    for code, severity in codes:
        rows = [line for line in readme.splitlines() if f"`{code}`" in line and "|" in line]
        expect(len(rows) == 1 and f"| {severity} |" in rows[0], (code, rows))


main("runbook", [added_and_listed, a_checkout_is_added, compared, overruled_and_taken_back,
                 overruling_nothing_is_refused, checked_as_in_ci,
                 all_that_is_checked_is_explained, durations])
