#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the manual of countersignctl: man-commands.py TEMPLATE PROGRAM. Its commands are those
that the program's own help lists, so that none is missing and none is told otherwise."""

import os
import re
import subprocess
import sys

GROUPS = {
    "runbook": "Runbooks",
    "target": "Servers",
    "deploy": "Deployments",
    "watch": "Watching",
    "secret": "Secrets",
    "person": "People",
    "policy": "Policies",
    "company": "Companies",
    "flag": "Flags",
    "rollout": "Rollouts",
    "audit": "The record",
    "evidence": "Evidence",
}


def escape(text):
    """For roff: a dash is a minus, and no line begins with what would be a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def read_help(program):
    return subprocess.run([program, "help"], check=True, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}).stdout


def write_commands(text):
    """Each command is two lines of the help: how it is called, and below that what it does."""
    lines, group = [], None
    for call, words in re.findall(r"^  countersignctl (.+)\n      (.+)$", text, re.M):
        name, command, *arguments = call.split(" ", 2)
        if name != group:
            group = name
            lines.append(f".SS {GROUPS.get(name, name.capitalize())}")
        lines += [".TP", f"\\fB{name} {escape(command)}\\fR {escape(' '.join(arguments))}".rstrip(),
                  escape(words)]
    return "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        template = f.read()
    text = read_help(sys.argv[2])
    status = re.search(r"^Exit status: (.+?)\n*\Z", text, re.M | re.S).group(1)
    page = template.replace("@COMMANDS@", write_commands(text))
    sys.stdout.write(page.replace("@EXIT_STATUS@", escape(" ".join(status.split()))))


if __name__ == "__main__":
    main()
