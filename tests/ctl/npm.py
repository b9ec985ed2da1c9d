# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of npm that tests hold files to, in the versions of their package-lock.json."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "npm"


def packages(name="flagd"):
    """The directory with node_modules of npm/NAME; fetched once for each build directory and lock
    file."""
    source = SOURCE / name
    directory = Path(os.environ["COUNTERSIGN_NPM"]) / name
    directory.mkdir(parents=True, exist_ok=True)
    lock_file = source / "package-lock.json"
    wanted = hashlib.sha256(lock_file.read_bytes()).hexdigest()
    with open(directory / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = directory / "installed"
        if not marker.exists() or marker.read_text() != wanted:
            marker.unlink(missing_ok=True)
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, directory / file)
            subprocess.run(["npm", "ci", "--ignore-scripts", "--omit=dev", "--omit=optional",
                            "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory,
                           check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
            marker.write_text(wanted)
    return directory / "node_modules"


def node(script, *words, text="", name="flagd"):
    """Runs a script of npm/NAME to its end; gives what it printed."""
    done = subprocess.run(["node", SOURCE / name / script, *map(str, words)], input=text, text=True,
                          check=False, capture_output=True,
                          env=dict(os.environ, NODE_PATH=str(packages(name)), NODE_NO_WARNINGS="1"))
    if done.returncode != 0:
        raise AssertionError(f"{script}: {done.stdout}{done.stderr}")
    return done.stdout
