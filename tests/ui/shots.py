#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures of the program: shots.py BUILD OUTPUT. It drives the real program through the
sample, in light and dark, wide and narrow."""

import os
import re
import subprocess
import sys
import time

import harness

WIDE = (1280, 800)
NARROW = (400, 800)
DARK = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}
TITLE = re.compile("Greeting Service")


class Camera:
    """Takes pictures of one window, each when the screen has come to rest."""

    def __init__(self, world, output, app, look):
        self.world = world
        self.output = output
        self.app = app
        self.look = look

    def take(self, name, popover=False):
        """A popover stays where it is."""
        if not popover:
            self.app.center()
        self.app.xdo("mousemove", "1590", "1190")
        self._wait_for_rest()
        width, height = self.app.size
        # The light and wide one is the picture that others link to.
        suffix = "" if self.look == "light" else f"-{self.look}"
        path = os.path.join(self.output, f"{name}{suffix}.png")
        self.world.screenshot(path, width, height)
        print(path, flush=True)

    def _wait_for_rest(self):
        """Until two pictures, a moment apart, are the same but for a clock that goes on."""
        last = None

        def rests():
            nonlocal last
            previous, last = last, self._outline()
            if previous != last:
                time.sleep(0.3)
            return previous == last
        harness.wait_for(rests, "the screen to come to rest")

    def _outline(self):
        return re.sub(r"\d+:\d\d(:\d\d)?", "", self.app.describe())


def run_next(app, step):
    app.press("push button", "Run Next")
    app.find_text(re.compile(f"Next: (?!run the command of “{step}”)"))


def drive(app, camera):
    """Walks the first half of the sample, with a picture at each stop."""
    app.find("push button", "Run Next")
    camera.take("deployment")
    run_next(app, "Look at the Current State")
    camera.take("deployment-running")
    run_next(app, "Back Up the Settings")
    run_next(app, "Check the Release Archive")
    for item in ("The archive was built from the tag that was reviewed",
                 "The people who use the service know about the restart"):
        app.press("check box", item)
    app.press("push button", "Continue")
    app.press("push button", "Sign Now…")
    app.set_text("text", "Name", "Ada Lead")
    camera.take("sign")
    app.press("push button", "Sign")
    app.find_text(re.compile("^Signed by Ada Lead"))
    app.find_text(re.compile("Verified", re.I))
    app.wait_until_gone("label", "Signed and verified")
    camera.take("signed")
    app.press("push button", "Back to All Deployments")


def show_page(app, key, wait_for):
    app.keys(key)
    app.find_text(wait_for)


def tour(app, camera):
    """The five places."""
    show_page(app, "ctrl+1", TITLE)
    camera.take("deployments")
    show_page(app, "ctrl+3", TITLE)
    app.click(app.find("list item", TITLE))
    app.find("push button", re.compile("^Start"))
    camera.take("runbook")
    show_page(app, "ctrl+4", re.compile("^Signed as"))
    camera.take("history")
    app.click(app.find_text(re.compile("^Signed as")))
    app.find_text(re.compile("^Verified: "))
    camera.take("record")
    show_page(app, "ctrl+5", "This computer")
    app.press("push button", re.compile("^Test "))
    app.find_text(re.compile("^Ready, "))
    camera.take("servers")


def write_runbook(world, *changes):
    """The sample's runbook as a file of somebody's own, with changes; gives its path."""
    with open(os.path.join(world.env["COUNTERSIGN_DATA"], "samples",
                           "greeting-service-1.1.md"), encoding="utf-8") as f:
        text = f.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = world.path("home", "runbooks", "greeting.md")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def compare(world, output):
    """A runbook that changed on disk, and its two versions side by side."""
    ours = ("- [ ] ", "- [ ] Nobody is on holiday\n- [ ] ")
    app = harness.App(world, write_runbook(world, ours))
    camera = Camera(world, output, app, "light")
    app.find("push button", "Start Deployment…")
    write_runbook(world, ours, ("- [ ] ", "- [ ] Lunch is over\n- [ ] "))
    app.find_text("This runbook has changed on disk.")
    camera.take("runbook-changed")
    app.press("push button", "Add the New Version")
    app.find("combo box", "Version")
    choose_other_version(app)
    camera.take("comparison")
    app.close()
    app = harness.App(world, world.path("home", "runbooks", "greeting.md"), env=DARK)
    app.find("combo box", "Version")
    choose_other_version(app)
    Camera(world, output, app, "dark").take("comparison")
    app.close()


def choose_other_version(app):
    app.click(app.find("combo box", "Compare with"))
    app.keys("Down", "Down", "Return")
    app.find_text(re.compile("^1 change"))


def run(world, *words):
    subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words], env=world.env,
                   stdin=subprocess.DEVNULL, check=True, capture_output=True)


def gather_a_team(world):
    """Rules from now on: the pictures before were taken without."""
    boss, lead = world.make_key(), world.make_key("lead")
    actor = world.env["COUNTERSIGN_ACTOR"]
    run(world, "person", "grant", actor, "manager", "--key", boss)
    run(world, "person", "add", "bob@example.org", f"{lead}.pub", "--name", "Bob Marsh", "--key",
        boss)
    run(world, "person", "grant", "bob@example.org", "Tech lead", "--key", boss)
    run(world, "policy", "set", "production", "--require", "Tech lead=2,Operations=1", "--key",
        boss)


TROUBLED = """# Open the Shop

**Deployment Window**: Sunday 03:00 - 03:30

## Blockers

### Blocker 1: The licence is missing

## Deployment

### Step 1: Look at the Shelves

Every shelf in the [plan](https://example.org/plan) has **its own** light; see `shelves --help`.

| Shelf | Light |
|-------|-------|
| Bread | on    |
| Fruit | *off* |

```bash
cat "$HOME/shelves"
```

**Expected Output**:
```
shelves ready
empty places: <5
```

### Step 2: Look out of the Window

```bash
echo nobody waits
# Should show that nobody is in a hurry
```

```powershell
Get-Service -Name Till
```

### Step 3: Turn the Sign

```bash
echo "open since <OPENING_TIME>"
```

## Rollback

```bash
echo closed
```

## Sign-off

Shop Manager: ______ Date: ______
"""


def trouble(world, output):
    """What stands in the way of a deployment, what fails in it, and what a person judges."""
    path = world.path("home", "runbooks", "shop.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(TROUBLED)
    with open(world.path("home", "shelves"), "w", encoding="utf-8") as f:
        f.write("shelves ready\nempty places: 9\n")
    run(world, "target", "add", "here", "--local", "--environment", "staging")
    run(world, "deploy", "start", path, "--environment", "staging", "--target", "here",
        "--reason", "It is nine")
    app = harness.App(world)
    camera = Camera(world, output, app, "light")
    app.press("list item", re.compile("^Open the Shop"))
    app.find_text(re.compile("licence is missing"))
    camera.take("gates")
    app.press("push button", "Resolve…")
    app.set_text("text", "Note", "The licence hangs beside the door")
    app.press("push button", "Resolved")
    app.wait_until_gone("text", "Note")
    app.press("push button", "Run Next")
    app.find_text(re.compile("^“Look at the Shelves” failed"))
    camera.take("failed")
    app.press("push button", "Back to All Deployments")
    show_page(app, "ctrl+3", re.compile("Open the Shop"))
    app.click(app.find("list item", re.compile("^Open the Shop")))
    app.find("push button", re.compile("^Start"))
    app.click(app.find("push button", "Diagnostics"))
    harness.wait_for(lambda: len(app.windows()) == 2, "the diagnostics")
    camera.take("diagnostics", popover=True)
    app.keys("Escape")
    app.close()


STAGES = ("Test company | 15", "A quarter | 25 % | soak=7d | sign=Tech lead", "Everyone | everyone")


def prepare_rollouts(world):
    """A file of settings on this computer, forty companies, and a flag in its first stage."""
    folder = world.path("home", "shop")
    os.makedirs(folder)
    with open(os.path.join(folder, ".env"), "w", encoding="utf-8") as f:
        f.write("MATCHING_ENABLED=false\nMATCHING_COMPANIES=\n")
    names = ("Salon Nord", "Salon Müller", "Friseur Schmidt", "Haar & Schnitt", "Die Schere")
    with open(os.path.join(folder, "companies.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,size\n" + "".join(
            f"{n},{names[n % 5]} {n},{n * 37 % 200}\n" for n in range(1, 41)))
    run(world, "company", "import", os.path.join(folder, "companies.csv"))
    run(world, "target", "add", "shop", "--local", "--environment", "production")
    words = [word for stage in STAGES for word in ("--stage", stage)]
    run(world, "flag", "add", "phonetic-matching", "--provider", "dotenv", "--target", "shop",
        "--path", os.path.join(folder, ".env"), "--companies", "MATCHING_COMPANIES", "--everyone",
        "MATCHING_ENABLED", "--description", "Finds names by their sound", *words)
    run(world, "rollout", "promote", "phonetic-matching", "--reason", "The first one is ready")
    run(world, "flag", "pin", "phonetic-matching", "--in", "3")


def roll_out(app, camera):
    """The list, a flag, what its next stage would be, and the companies."""
    show_page(app, "ctrl+2", "Flags")
    app.find_text(re.compile("^Stage 1 of 3"))
    camera.take("rollouts")
    app.click(app.find("list item", "phonetic-matching"))
    app.find("list item", re.compile("^A quarter, next: "))
    app.find_text(re.compile("^Get It Next"))
    camera.take("flag")
    app.press("push button", "Promote…")
    app.find("push button", "Promote", window="Promote to “A quarter”")
    app.find_text(re.compile("MATCHING_COMPANIES="))
    camera.take("promote")
    app.keys("Escape")
    app.press("push button", "Back to the Rollouts")
    app.press("push button", re.compile("^Show the Companies"))
    app.find_text(re.compile("^Salon Müller"))
    camera.take("companies")
    app.set_text("entry", "Search", "15")
    harness.wait_for(lambda: app.look("label", "Salon Müller 1") is None, "the others to go")
    app.wait_for_layout()
    app.click(app.find("label", "Salon Nord 15"))
    app.find("list item", "Got “phonetic-matching”")
    camera.take("company")
    app.press("push button", "Back to the Companies")
    app.set_text("entry", "Search", "")
    app.press("push button", "Back to the Rollouts")


def set_up(app, camera):
    """The preferences, page by page."""
    app.keys("ctrl+comma")
    app.find_text("Bob Marsh")
    camera.take("people")
    app.show_tab("Approval")
    app.find_text("What Environments Ask For")
    camera.take("approval")
    app.click(app.find("list item", "production"))
    app.find("frame", "production")
    camera.take("policy")
    app.keys("Escape")
    app.show_tab("Secrets")
    app.find_text("Enter a Secret")
    camera.take("secrets")

    def left():
        app.keys("Escape")
        return len(app.windows()) == 1
    harness.wait_for(left, "the preferences to close")


def take_all(world, output):
    app = harness.App(world, "--sample")
    camera = Camera(world, output, app, "light")
    drive(app, camera)
    tour(app, camera)
    prepare_rollouts(world)
    roll_out(app, camera)
    gather_a_team(world)
    set_up(app, camera)
    app.close()
    for look, env, size in (("dark", DARK, WIDE), ("narrow", {}, NARROW),
                            ("narrow-dark", DARK, NARROW)):
        app = harness.App(world, env=env, width=size[0], height=size[1])
        camera = Camera(world, output, app, look)
        app.press("list item", TITLE)
        app.find_text(re.compile("^Next: "))
        camera.take("signed")
        app.press("push button", "Back to All Deployments")
        tour(app, camera)
        roll_out(app, camera)
        set_up(app, camera)
        app.close()
    compare(world, output)
    trouble(world, output)


def stop_sample(world):
    """The service that the sample deploys outlives the program, but not the pictures."""
    control = world.path("data/countersign-sample/greeting/bin/demo-ctl")
    if os.path.exists(control):
        subprocess.run([control, "stop"], env=world.env, check=True)


def main():
    output = sys.argv[2] if len(sys.argv) > 2 else "data/screenshots"
    os.makedirs(output, exist_ok=True)
    world = harness.World(harness.build_directory())
    world.make_key()
    try:
        take_all(world, output)
    finally:
        stop_sample(world)
        world.end()


if __name__ == "__main__":
    main()
