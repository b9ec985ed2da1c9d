#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop asks over the bus: its search, files from the file manager, and a program that
is started without a window."""

import os
import re
import subprocess
import sys

import harness
from gi.repository import Gio, GLib

NAME = "io.github.countersign.Countersign"
RUNBOOK = "# Paint the Häuser\n\n## Deployment\n\n### Mix\n\n```bash\necho mixed\n```\n"

world = harness.World(harness.build_directory())
path = world.path("home", "paint.md")
state = {}


def app():
    return state["app"]


def ctl(*words):
    return subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, check=True, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True).stdout.strip()


def call(interface, method, parameters, reply, below=""):
    return state["bus"].call_sync(
        state["name"], "/" + state["name"].replace(".", "/") + below, interface, method, parameters,
        GLib.VariantType(reply) if reply else None, Gio.DBusCallFlags.NONE, 30000, None).unpack()


def search(method, *arguments):
    signature = {"GetInitialResultSet": ("(as)", "(as)"),
                 "GetSubsearchResultSet": ("(asas)", "(as)"),
                 "GetResultMetas": ("(as)", "(aa{sv})"),
                 "ActivateResult": ("(sasu)", None),
                 "LaunchSearch": ("(asu)", None)}[method]
    answer = call("org.gnome.Shell.SearchProvider2", method,
                  GLib.Variant(signature[0], arguments), signature[1], "/SearchProvider")
    return answer[0] if answer else None


def find_name():
    names = state["bus"].call_sync(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", None,
        GLib.VariantType("(as)"), Gio.DBusCallFlags.NONE, 30000, None).unpack()[0]
    return next((name for name in names if name.startswith(NAME)), None)


def the_program_serves_without_a_window():
    with open(path, "w", encoding="utf-8") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    state["ids"] = [ctl("deploy", "start", path, "--environment", environment, "--target", "here",
                        "--reason", "a test") for environment in ("staging", "production")]
    state["app"] = harness.App(world, "--gapplication-service", windows=False)
    state["bus"] = Gio.DBusConnection.new_for_address_sync(
        world.env["DBUS_SESSION_BUS_ADDRESS"],
        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    state["name"] = harness.wait_for(find_name, "the program on the bus")


def deployments_are_found():
    newest = list(reversed(state["ids"]))
    assert search("GetInitialResultSet", ["paint"]) == newest
    assert search("GetInitialResultSet", ["PAINT", "stag"]) == [state["ids"][0]]
    assert search("GetInitialResultSet", ["HÄUSER"]) == newest
    assert search("GetInitialResultSet", ["nothing"]) == []
    assert search("GetSubsearchResultSet", newest, ["production"]) == [state["ids"][1]]
    metas = search("GetResultMetas", [state["ids"][0], "not-there"])
    assert [meta["id"] for meta in metas] == [state["ids"][0]], metas
    assert metas[0]["name"] == "Paint the Häuser", metas
    assert "staging" in metas[0]["description"] and "Phase 1 of 1" in metas[0]["description"]
    assert not app().windows()


def what_is_chosen_is_shown():
    search("ActivateResult", state["ids"][0], ["paint"], 0)
    app().appear()
    app().find("push button", "Run Next")
    app().find_text("Paint the Häuser")


def the_window_answers_too():
    assert search("GetInitialResultSet", ["paint", "production"]) == [state["ids"][1]]


def the_search_goes_on_in_the_history():
    search("LaunchSearch", ["opened", "staging"], 0)
    app().find_text("Opened the deployment: a test")
    app().find_text(re.compile("Paint the Häuser · staging"))
    app().wait_until_gone("label", re.compile("Paint the Häuser · production"))


def a_file_manager_hands_over_a_file():
    call("org.freedesktop.Application", "Open",
         GLib.Variant("(asa{sv})", (["file://" + path], {})), None)
    app().find("push button", "Start Deployment…")
    app().find_text(re.compile(r"^paint\.md · 1 step"))


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    the_program_serves_without_a_window,
    deployments_are_found,
    what_is_chosen_is_shown,
    the_window_answers_too,
    the_search_goes_on_in_the_history,
    a_file_manager_hands_over_a_file,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
