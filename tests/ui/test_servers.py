#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers in the real window: first contact, what can go wrong, details, editing, removing."""

import re
import subprocess
import sys

import harness

ADDRESS = "Address, like deploy@web-1.example.org"
KEY_FILE = "Key file, if not the usual one"
TOLD = "Paste the fingerprint that you were told"
READY = re.compile(r"^Ready, \d+ ms$")

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def edit(**fields):
    """In the details of a server: changes it, and the program tries it at once."""
    app().press("push button", "Edit This Server")
    app().find("push button", "Save")
    for name, text in fields.items():
        app().set_text("text", {"address": ADDRESS, "key": KEY_FILE}[name], text)
    app().press("push button", "Save")
    app().wait_until_gone("push button", "Save")


def change_passphrase(before, after):
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", before, "-N", after, "-f", state["key"]],
                   check=True, env=world.env, stdin=subprocess.DEVNULL, capture_output=True)


def answer(passphrase, remember=False):
    app().find("push button", "Unlock", window="Passphrase")
    app().type(passphrase)
    if remember:
        app().click(app().find_text("Remember in Keyring"))
    app().press("push button", "Unlock", window="Passphrase")


def restart():
    app().close()
    state["app"] = harness.App(world)
    app().keys("ctrl+5")


def nothing_is_there_at_first():
    state["address"] = world.start_sshd()
    state["key"] = world.make_key()
    state["app"] = harness.App(world)
    app().keys("ctrl+5")
    app().find_text("No Servers")


def first_contact_shows_the_key_and_compares_it():
    app().press("push button", "Add a Server…")
    app().set_text("text", ADDRESS, state["address"])
    app().set_text("text", "Name", "web-1")
    app().set_text("text", KEY_FILE, state["key"])
    app().press("push button", "Add")
    state["fingerprint"] = world.host_key_fingerprint()
    app().find_text(state["fingerprint"])
    app().find_text("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    other = "SHA256:" + "A" * 43
    app().set_text("text", TOLD, other)
    app().find(None, "This is another key")
    assert not app().look("push button", "Trust").has("SENSITIVE")
    app().set_text("text", TOLD, f"256 {state['fingerprint']} root@web-1 (ED25519)")
    app().find(None, "This is the server's key")
    assert app().look("push button", "Trust").has("SENSITIVE")


def a_key_that_is_not_trusted_is_not_kept():
    app().press("push button", "Cancel", window=re.compile("Trust"))
    app().find_text("Its host key is not trusted")


def a_key_that_is_trusted_is_kept():
    app().press("push button", "Test web-1")
    app().press("push button", "Trust")
    app().find_text(READY)
    app().press("push button", "Test web-1")
    app().find_text(READY)


def the_details_show_what_ssh_makes_of_it():
    app().click(app().find("list item", "web-1"))
    app().find_text(state["address"])
    app().find_text(re.compile("/state/known_hosts$"))
    app().find_text("ED25519 key")
    app().find_text(state["fingerprint"])
    app().find_text(re.compile(re.escape(state["key"])))


def a_wrong_key_is_told():
    edit(key=world.make_key("stranger"))
    app().find_text(re.compile("accepted no key.*Permission denied", re.S))


def an_unreachable_server_is_told():
    edit(address=f"127.0.0.1:{harness.free_port()}")
    app().find_text(re.compile("shows no host key|can't be reached"))


def a_key_file_that_is_not_there_is_told_in_place():
    app().press("push button", "Edit This Server")
    app().set_text("text", ADDRESS, state["address"])
    app().set_text("text", KEY_FILE, world.path("nowhere"))
    app().press("push button", "Save")
    app().find_text(re.compile("^There is no such key file"))
    app().set_text("text", KEY_FILE, state["key"])
    app().press("push button", "Save")
    app().find_text(READY)


def a_passphrase_is_asked_for():
    dialog = "Passphrase"
    change_passphrase("", "open sesame")
    app().press("push button", "Test web-1")
    app().find_text(re.compile("^The key .*id_ed25519 needs its passphrase"))
    app().press("push button", "Cancel", window=dialog)
    app().find_text(re.compile("accepted no key.*No passphrase was given", re.S))
    app().press("push button", "Test web-1")
    answer("open barley")
    app().find_text(re.compile("That was wrong. 2 tries are left"))
    app().find_text("Remember Until Closed")
    app().find_text(re.compile("^No keyring answers here"))
    answer("open sesame")
    app().find_text(READY)


def a_passphrase_is_remembered_in_the_keyring():
    world.start_keyring()
    restart()
    app().press("push button", "Test web-1")
    answer("open sesame", remember=True)
    app().find_text(READY)
    restart()
    app().press("push button", "Test web-1")
    app().find_text(READY)
    assert app().look("push button", "Unlock") is None


def a_remembered_one_that_became_wrong_is_asked_for_anew():
    change_passphrase("open sesame", "open poppy")
    restart()
    app().press("push button", "Test web-1")
    answer("open poppy")
    app().find_text(READY)
    change_passphrase("open poppy", "")


def a_changed_key_is_refused():
    world.change_host_key()
    app().press("push button", "Test web-1")
    window = re.compile("Shows Another Key")
    app().find("push button", "Close", window=window)
    app().find_text("Known key")
    app().find_text(world.host_key_fingerprint())
    removal = app().find_text(re.compile("^ssh-keygen -R ")).name
    app().press("push button", "Close", window=window)
    app().find_text(re.compile("^Its host key has changed"))
    assert app().look("push button", "Trust") is None
    state["removal"] = removal


def the_command_that_was_shown_makes_it_a_first_contact():
    subprocess.run(state["removal"], shell=True, check=True, env=world.env,
                   stdin=subprocess.DEVNULL, capture_output=True)
    app().press("push button", "Test web-1")
    app().find_text(world.host_key_fingerprint())
    app().press("push button", "Trust")
    app().find_text(READY)


def what_was_removed_can_be_brought_back():
    app().click(app().find("list item", "web-1"))
    app().press("push button", "Remove This Server")
    app().find_text("No Servers")
    app().press("push button", "Undo")
    app().find("list item", "web-1")


def escape_leaves_the_details():
    app().click(app().find("list item", "web-1"))
    app().find("push button", "Edit This Server")
    app().keys("Escape")
    harness.wait_for(lambda: app().look("list item", "web-1").has("FOCUSED"), "focus in the list")


def a_fleet_is_made_of_lines():
    app().press("push button", re.compile("^Add a Server"))
    app().click(app().find("combo box", "Where"))
    app().keys("Down", "Down", "Return")
    app().set_text("text", "Name", "walls")
    app().set_text("text", "Members", "web-1\nwall-1=local: rank=2\nssh://")
    app().find_text(re.compile("^Line 3: "))
    app().set_text("text", "Members", "web-1\nwall-1=local: rank=2\n")
    app().set_text("text", "At once, like 5 or 10%", "many")
    assert not app().find("push button", "Add").has("SENSITIVE")
    app().set_text("text", "At once, like 5 or 10%", "50%")
    app().press("push button", "Add")
    app().find("list item", "walls")


def what_an_agent_printed_is_taken_apart():
    fingerprint = "SHA256:" + "A" * 42 + "8"
    app().press("push button", re.compile("^Add a Server"))
    app().click(app().find("combo box", "Where"))
    app().keys("Down", "Return")
    app().set_text("text", "Address, or what “countersign-agent init” printed",
                   "  countersignctl target add web-7 --agent https://127.0.0.1:7443 --fingerprint "
                   f"{fingerprint} --environment staging and give it this token, which is shown "
                   "once and kept nowhere here:   Qv8bTj3hYw0sKd5mXc7nRf2pLz9uGa4e  Then put")
    harness.wait_for(lambda: app().look("push button", "Add").has("SENSITIVE"),
                     "name and address to be there")
    app().press("push button", "Cancel", window="Add a Server")


def every_act_is_in_the_history():
    app().keys("ctrl+4")
    for words in ("Added a server", "Changed a server", "Removed a server"):
        app().find_text(f"{words}: web-1")
    app().find_text(re.compile("^A wrong passphrase was given"))
    app().find_text(re.compile("^Forgot a passphrase that was wrong"))


def nothing_was_complained_about():
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)


TESTS = [
    nothing_is_there_at_first,
    first_contact_shows_the_key_and_compares_it,
    a_key_that_is_not_trusted_is_not_kept,
    a_key_that_is_trusted_is_kept,
    the_details_show_what_ssh_makes_of_it,
    a_wrong_key_is_told,
    an_unreachable_server_is_told,
    a_key_file_that_is_not_there_is_told_in_place,
    a_passphrase_is_asked_for,
    a_passphrase_is_remembered_in_the_keyring,
    a_remembered_one_that_became_wrong_is_asked_for_anew,
    a_changed_key_is_refused,
    the_command_that_was_shown_makes_it_a_first_contact,
    what_was_removed_can_be_brought_back,
    escape_leaves_the_details,
    a_fleet_is_made_of_lines,
    what_an_agent_printed_is_taken_apart,
    every_act_is_in_the_history,
    nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
