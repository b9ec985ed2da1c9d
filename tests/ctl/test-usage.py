# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets a clear message, the right exit status, and does no damage."""

import os
import subprocess

from harness import RUNBOOK, Workspace, expect, main


def wrong_usage():
    with Workspace() as w:
        for words in ([], ["nothing"], ["deploy"], ["deploy", "nothing"], ["deploy", "show"],
                      ["deploy", "show", "a", "b"], ["deploy", "list", "--nothing"],
                      ["deploy", "start"], ["deploy", "start", "x", "--environment", "e"],
                      ["target", "add", "x"], ["target", "add", "x", "--local", "--ssh", "y"],
                      ["target", "add", "a b", "--local"], ["target", "add", "x", "--ssh", "-oX"],
                      ["target", "add", "x", "--ssh", "h", "--identity", "/nonexistent"],
                      ["target", "test", "x"], ["target", "remove", "x"],
                      ["target", "trust", "x"], ["deploy", "show", "0000"],
                      ["deploy", "show", b"\xff\xff\xff\xff"], ["audit", "search"],
                      ["audit", "list", "--limit", "many"], ["audit", "list", "--since", "soon"]):
            done = subprocess.run(w.command() + words, capture_output=True, env=w.environ,
                                  check=False)
            expect(done.returncode == 2, (words, done))
            expect(done.stderr and not done.stdout, (words, done))


def usage_is_help():
    with Workspace() as w:
        for words in (["--help"], ["deploy", "--help"], ["help"]):
            expect("deploy" in w.run(*words).out)
        expect("--reason" in w.run("deploy", "skip", "--help").out)
        expect("deploy start" not in w.run("audit", "-h").out)
        plain = subprocess.run([w.command()[0], "--version"], capture_output=True, check=True)
        expect(plain.stdout.startswith(b"countersignctl "))
        expect(not w.data.exists())


def bad_runbooks():
    with Workspace() as w:
        w.run("target", "add", "here", "--local")
        binary = w.top / "binary.md"
        binary.write_bytes(b"# x\n\0\1\2")
        large = w.top / "large.md"
        with open(large, "wb") as file:
            file.truncate(17 * 1024 * 1024)
        for path in (w.top / "missing.md", binary, large, w.top):
            for words in (["runbook", "show", path], ["runbook", "source", path],
                          ["runbook", "check", path],
                          ["deploy", "start", path, "--environment", "e", "--target", "here",
                           "--reason", "x"]):
                done = w.run(*words, status=2)
                expect(str(path).rsplit("/", maxsplit=1)[-1] in done.err, done.err)
        expect(w.json("deploy", "list") == [])
        w.run("audit", "verify")


def runbook_commands():
    with Workspace() as w:
        path = w.write("good.md", RUNBOOK)
        expect(w.run("runbook", "source", path).stdout == path.read_bytes())
        shown = w.json("runbook", "show", path)
        expect(shown["title"] and shown["phases"][0]["steps"][0]["blocks"][0]["kind"] == "command")
        outline = w.run("runbook", "show", path).out
        expect("Look" in outline and "Tech Lead" in outline)
        w.run("runbook", "check", path)
        odd = w.top / "odd.md"
        odd.write_bytes(b"\xef\xbb\xbf# Title\r\n\r\nno last line end")
        expect(w.run("runbook", "source", odd).stdout == odd.read_bytes())
        missing = w.run("runbook", "check", path, w.top / "missing.md", status=2)
        expect("missing.md" in missing.err)


def seeds():
    """Real runbooks come back byte for byte, where they are at hand."""
    source = os.environ.get("COUNTERSIGN_SEEDS")
    source = source or os.path.join(os.environ["G_TEST_SRCDIR"], "../../../shared/seeds")
    names = sorted(os.listdir(source)) if os.path.isdir(source) else []
    with Workspace() as w:
        for name in [n for n in names if n.endswith(".md")]:
            path = os.path.join(source, name)
            with open(path, "rb") as file:
                expect(w.run("runbook", "source", path).stdout == file.read(), name)


def targets():
    with Workspace() as w:
        w.run("target", "add", "here", "--local", "--environment", "staging")
        again = w.run("target", "add", "here", "--local", status=5)
        expect("here" in again.err)
        w.run("target", "add", "web", "--ssh", "deploy@[::1]:2222")
        listed = {t["name"]: t for t in w.json("target", "list")}
        expect(listed["here"]["kind"] == "local" and listed["here"]["environment"] == "staging")
        expect(listed["web"]["host"] == "::1" and listed["web"]["port"] == 2222)
        expect("deploy@[::1]:2222" in w.run("target", "list").out)
        w.run("target", "test", "here")
        w.run("target", "trust", "here", "--fingerprint", "SHA256:x", status=2)
        w.run("target", "remove", "web")
        w.run("target", "remove", "web", status=2)
        expect([t["name"] for t in w.json("target", "list")] == ["here"])


def bad_data_directory():
    with Workspace() as w:
        path = w.write("file", "x")
        done = subprocess.run([w.command()[0], "deploy", "list", "--data-dir", path],
                              capture_output=True, env=w.environ, check=False)
        expect(done.returncode not in (0, None) and done.stderr, done)
        expect(path.read_text() == "x")
        w.data.mkdir()
        (w.data / "journal.db").write_bytes(b"this is no database" * 1000)
        broken = w.run("deploy", "list", status=1)
        expect("journal" in broken.err, broken.err)
        expect((w.data / "journal.db").read_bytes() == b"this is no database" * 1000)


def two_programs():
    """Both write to one journal at once; each act is there once."""
    with Workspace() as w:
        processes = [subprocess.Popen(w.command("target", "add", f"t{n}", "--local"), env=w.environ)
                     for n in range(8)]
        expect([process.wait() for process in processes] == [0] * 8)
        expect(len(w.json("target", "list")) == 8)
        same = [subprocess.Popen(w.command("target", "add", "same", "--local"), env=w.environ,
                                 stderr=subprocess.DEVNULL) for n in range(4)]
        expect(sorted(process.wait() for process in same) == [0, 5, 5, 5])
        w.run("audit", "verify")


main("usage", [wrong_usage, usage_is_help, bad_runbooks, runbook_commands, seeds, targets,
               bad_data_directory, two_programs])
