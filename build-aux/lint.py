#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what the house style asks for and a program can judge: see CONTRIBUTING.md."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from format import formatted

COLUMNS = 100
FUNCTION_LINES = 80
SRC_LINES = 800
TEST_LINES = 1200

BUCKETS = re.compile(r"(^|[-_])(utils?|helpers?|common|misc|managers?)([-_.]|$)")
UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|[Ss]tubs?|[Nn]ot (yet )?implemented|[Ff]or now)\b")
SKIPPED = re.compile(r"\bg_test_(skip|incomplete)\b|\bshould_fail *: *true")
TRANSLATED = re.compile(
    r'\b(N?_|C_|ngettext|g_dngettext|g_dpgettext2) ?\([^;]*"|translatable="yes"')
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
SPDX_SUFFIXES = {".c", ".h", ".py", ".sh", ".ui", ".css", ".build"}

# Which rooms may name which dependency in their meson.build, and which may include its headers.
BOUND = {
    "gtk_dep": {"app"},
    "adw_dep": {"app"},
    "sourceview_dep": {"app"},
    "vte_dep": {"app"},
    "secret_dep": {"app", "ctl", "trust"},
    "sqlite_dep": {"journal"},
    "soup_dep": {"demo", "transport", "agent", "watch", "rollout"},
    "cmark_dep": {"runbook", "app"},
    "sheet_dep": {"report"},
}
BOUND_INCLUDES = {
    re.compile(r"#include <(gtk/|gdk/|gsk/|adwaita\.h|vte/|gtksourceview/)"): {"app"},
    re.compile(r"#include <libsecret/"): {"app", "ctl", "trust"},
    re.compile(r"#include <sqlite3\.h>"): {"journal"},
}

problems = []


def complain(path, line, words):
    problems.append(f"{path}:{line}: {words}" if line else f"{path}: {words}")


def tracked():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and Path(name).is_file()]


def check_text(path, lines):
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and path.suffix != ".md":
            complain(path, number, "white space at the end of the line")
        if path.suffix in (".c", ".h", ".py", ".sh") or path.name == "dev":
            if "\t" in line:
                complain(path, number, "a tab")
        if path.suffix in (".c", ".h", ".py") and len(line) > COLUMNS:
            complain(path, number, f"{len(line)} columns; at most {COLUMNS}")
        if path.name != "lint.py" and UNFINISHED.search(line):
            complain(path, number, f"a word that says unfinished: {line.strip()}")
        if path.name != "lint.py" and SKIPPED.search(line):
            complain(path, number, "a test that skips; make it run or take it out")
    if (path.suffix in SPDX_SUFFIXES or path.name in ("dev", "run")) and \
            not any(SPDX in line for line in lines[:3]):
        complain(path, 1, f"no line with {SPDX}")


def check_sizes(path, lines):
    limit = TEST_LINES if path.parts[0] == "tests" else SRC_LINES
    if len(lines) > limit and path.name != "package-lock.json":  # written by npm
        complain(path, 0, f"{len(lines)} lines; at most {limit}: split it by concern")
    if path.suffix != ".c":
        return
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}"):
            # Types and tables end in "};" or "} name;"; only functions end in a bare brace.
            if line == "}" and start and number - start + 1 > FUNCTION_LINES:
                complain(path, start, f"a function of {number - start + 1} lines; "
                                      f"at most {FUNCTION_LINES}")
            start = None


def check_words(files):
    """What people read is known to the translators, and German says all of it."""
    listed = set(Path("po/POTFILES").read_text(encoding="utf-8").split())
    for path in files:
        if path.parts[0] != "src" or path.suffix not in (".c", ".ui"):
            continue
        text = path.read_text(encoding="utf-8")
        if TRANSLATED.search(text) and path.parts[1] in ("app", "ctl") and str(path) not in listed:
            complain(path, 0, "has words to translate, and is not in po/POTFILES")
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r'\b(_|ngettext) ?\(".*G_GU?INT64_FORMAT', line):
                complain(path, number, "a format macro in words to translate; cast to long long")
    for name in listed:
        if not Path(name).is_file():
            complain("po/POTFILES", 0, f"{name} is not there")
    for language in Path("po").glob("*.po"):
        for what in ("--untranslated", "--only-fuzzy"):
            found = subprocess.run(["msgattrib", what, "--no-wrap", language], check=True,
                                   capture_output=True, text=True).stdout
            for words in re.findall(r'^msgid "(.+)"$', found, re.MULTILINE):
                complain(language, 0, f"not translated: {words}")


def check_layers(path, lines):
    if path.parts[0] != "src" or len(path.parts) < 3:
        return
    room = path.parts[1]
    for number, line in enumerate(lines, 1):
        if path.name == "meson.build":
            for dependency, rooms in BOUND.items():
                if re.search(rf"\b{dependency}\b", line) and room not in rooms:
                    complain(path, number, f"{dependency} belongs to {', '.join(sorted(rooms))}")
        elif path.suffix in (".c", ".h"):
            for include, rooms in BOUND_INCLUDES.items():
                if include.search(line) and room not in rooms:
                    complain(path, number, f"{line.strip()} belongs to {', '.join(sorted(rooms))}")
            if re.search(r'#include "\.\./', line):
                complain(path, number, "an include that climbs out of its room")


def tool(*command, cwd=None):
    """Runs a checker; what it says is a problem if it fails."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, cwd=cwd,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        name = " ".join(str(word) for word in command[:2])
        problems.append(f"{name}: exit status {done.returncode}\n{done.stdout.rstrip()}")


def check_format(files):
    """Headers keep the columns of comments that people laid out."""
    for path in files:
        if path.suffix == ".c" and path.parts[0] in ("src", "tests"):
            before, after = formatted(path)
            if before != after:
                line = next(number for number, (was, wanted) in enumerate(
                    zip(before.split("\n"), after.split("\n")), 1) if was != wanted)
                complain(path, line, f"not formatted; run: ./dev format {path}")


def filled(path, directory):
    """A copy of an .in file with the release's names in it."""
    identifier = "io.github.countersign.Countersign"
    name = path.name
    while name.endswith(".in"):
        name = name[:-len(".in")]
    text = path.read_text(encoding="utf-8")
    for key, value in (("APPLICATION_ID", identifier), ("BINDIR", "/usr/bin"), ("ICON", identifier),
                       ("NAME_SUFFIX", ""), ("VERSION", "0.1.0")):
        text = text.replace(f"@{key}@", value)
    copy = Path(directory) / name
    copy.write_text(text, encoding="utf-8")
    return copy


def check_unit(path, directory):
    """Where there is systemd: a unit that it understands whole, and that it calls well shut."""
    if shutil.which("systemd-analyze") is None:
        return
    program = Path(directory) / "countersign-agent"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    unit = filled(path, directory)
    unit.write_text(unit.read_text(encoding="utf-8").replace("@SBINDIR@", directory),
                    encoding="utf-8")
    # A key that it does not know is no failure for it, but it says so.
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in [line for line in done.stdout.splitlines() if unit.name in line]:
        complain(path, 0, line)
    tool("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=40", unit)


def check_data(files):
    with tempfile.TemporaryDirectory() as directory:
        for path in files:
            if ".desktop" in path.name:
                tool("desktop-file-validate", filled(path, directory))
            elif ".metainfo.xml" in path.name:
                tool("appstreamcli", "validate", "--no-net", filled(path, directory))
            elif path.name == "countersign-agent.service.in":
                check_unit(path, directory)
            elif path.suffix == ".po":
                tool("msgfmt", "--check", "--output-file=/dev/null", path)
            elif path.name in ("dev", "demo-ctl") or path.suffix == ".sh" or \
                    (path.parts[0] == ".ci" and path.name == "run"):
                first = path.read_text(encoding="utf-8").split("\n", 1)[0]
                tool("bash" if first.endswith("bash") else "sh", "-n", path)
            elif path.suffix == ".py":
                compile(path.read_text(encoding="utf-8"), str(path), "exec")
    if any(path.name.endswith(".gschema.xml") for path in files):
        tool("glib-compile-schemas", "--strict", "--dry-run", "data")


def main():
    files = tracked()
    for path in files:
        if path.parts[0] in ("src", "tests", "build-aux") and BUCKETS.search(path.name):
            complain(path, 0, "a name that says nothing; name it after what it does")
        if path.parts[0] not in ("src", "tests", "build-aux", "data", ".ci", "meson.build", "dev"):
            continue
        # Samples of other people's writing are data, not code of the house.
        if path.suffix in (".png", ".svg", ".md", ".gif") or "corpus" in path.parts:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        check_text(path, lines)
        if path.parts[0] in ("src", "tests"):
            check_sizes(path, lines)
            check_layers(path, lines)
    check_words(files)
    check_format(files)
    check_data(files)
    for problem in problems:
        print(problem)
    print(f"lint: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
