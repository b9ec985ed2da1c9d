#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in the real window: entered above the command that needs one, listed and forgotten; with
a keyring, and without."""

import os
import re
import subprocess
import sys

import harness

SECRET = "grüße-from-the-vault"
MOVED = "hunter2-in-the-open"
RUNBOOK = """# Open the Vault

## Deployment

### Step 1: Open

```bash
printf '%s' "$COUNTERSIGN_SECRET_VAULT_PIN" | wc -c | tee "$HOME/length"
```
"""

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def ctl(*words, status=0):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stdout


def open_deployment():
    state["app"] = harness.App(world)
    app().click(app().find("list item", re.compile("^Open the Vault")))


def a_command_asks_for_its_secret():
    path = world.path("home", "vault.md")
    with open(path, "w") as f:
        f.write(RUNBOOK)
    ctl("target", "add", "here", "--local")
    ctl("deploy", "start", path, "--environment", "staging", "--target", "here", "--reason",
        "It is shut")
    open_deployment()
    app().find("text", "VAULT_PIN, which the keyring lacks")
    assert not app().find("push button", "Run").has("SENSITIVE")


def without_a_keyring_it_lasts_until_the_end():
    app().set_text("text", "VAULT_PIN, which the keyring lacks", "1234")
    app().click(app().find("text", "VAULT_PIN, which the keyring lacks"))
    app().keys("Return")
    app().find("text", "VAULT_PIN is known; enter another value")
    app().find_text(re.compile("^Secrets last in memory until you quit"))
    app().keys("ctrl+comma")
    app().show_tab("Secrets")
    app().find_text("In Memory Until You Quit")
    app().find("push button", "Forget VAULT_PIN")
    app().keys("Escape")
    app().close()


def with_a_keyring_it_stays():
    world.start_keyring()
    open_deployment()
    field = "VAULT_PIN, which the keyring lacks"
    app().set_text("text", field, SECRET)
    app().click(app().find("text", field))
    app().keys("Return")
    app().find("text", "VAULT_PIN is known; enter another value")
    assert "VAULT_PIN in staging" in ctl("secret", "list")
    app().press("push button", "Run")
    length = world.path("home", "length")
    harness.wait_for(lambda: os.path.exists(length) and os.path.getsize(length), "the command")
    with open(length) as f:
        assert int(f.read()) == len(SECRET.encode())


def it_is_listed_and_forgotten():
    app().keys("ctrl+comma")
    app().show_tab("Secrets")
    app().find_text("In staging")
    app().press("push button", "Forget VAULT_PIN")
    app().press("push button", "Cancel", re.compile("Forget VAULT_PIN"))
    assert "VAULT_PIN" in ctl("secret", "list")
    app().press("push button", "Forget VAULT_PIN")
    app().press("push button", "Forget", re.compile("Forget VAULT_PIN"))
    app().find_text("No secret yet")
    assert ctl("secret", "list") == ""


def one_is_entered_for_all_environments():
    app().set_text("text", "Name, like DB_PASSWORD", "not a name")
    app().set_text("text", "Value", SECRET)
    assert not app().find("push button", "Keep It").has("SENSITIVE")
    app().set_text("text", "Name, like DB_PASSWORD", "OTHER")
    app().press("push button", "Keep It")
    app().find("push button", "Forget OTHER")
    app().find_text("In all environments")
    assert ctl("secret", "list") == "OTHER\n"
    app().keys("Escape")


def one_moves_from_a_runbook_to_the_keyring():
    old, new = world.path("home", "old.md"), world.path("home", "new.md")
    with open(old, "w") as f:
        f.write(RUNBOOK.replace("Open the Vault", "Mend the Vault") + f"""
### Step 2: Ask

```bash
mysql -u vault -p'{MOVED}' -e 'SELECT 1'
```
""")
    ctl("runbook", "add", old)
    app().keys("ctrl+3")
    app().click(app().find("list item", re.compile("^Mend the Vault")))
    app().find_text("1 secret stands here in clear text")
    app().press("push button", "Move to the Keyring…")
    app().find_text(re.compile("^The keyring keeps their values.*Line [0-9]+: ", re.S))
    app().press("push button", "Move…")
    app().find("push button", "Save")
    app().type("/")
    app().keys("ctrl+a")
    app().type(new)
    app().keys("Return")
    app().find_text(re.compile("^The runbook refers to them now"))
    with open(new) as f:
        text = f.read()
    assert MOVED not in text and "$COUNTERSIGN_SECRET_" in text, text
    assert len(ctl("secret", "list").splitlines()) == 2
    app().press("push button", "Close", re.compile("Attention"))
    assert ctl("runbook", "secrets", new) == ""


def it_is_nowhere_but_in_the_keyring():
    app().xdo("mousemove", "1500", "1100")  # a tooltip is a window, too
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)
    found = subprocess.run(["grep", "-rlaF", SECRET, world.path("data", "countersign"),
                            world.path("program.log")], capture_output=True, text=True)
    assert found.stdout == "", found.stdout


TESTS = [
    a_command_asks_for_its_secret,
    without_a_keyring_it_lasts_until_the_end,
    with_a_keyring_it_stays,
    it_is_listed_and_forgotten,
    one_is_entered_for_all_environments,
    one_moves_from_a_runbook_to_the_keyring,
    it_is_nowhere_but_in_the_keyring,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        world.end()


if __name__ == "__main__":
    sys.exit(main())
