# SPDX-License-Identifier: GPL-3.0-or-later
"""A world of its own for the real program: display, bus, accessibility, home and SSH server."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from lifetime import die_with_parent  # noqa: E402
from screen import Gone, Screen, WINDOWS  # noqa: E402

# Long, because a loaded machine is slow; what is waited for comes at once on an idle one.
PATIENCE = float(os.environ.get("COUNTERSIGN_UI_PATIENCE", "40"))

SETTINGS = """[Settings]
gtk-font-name=Cantarell 11
gtk-enable-animations=0
gtk-decoration-layout=:close
gtk-cursor-blink=0
gtk-error-bell=0
"""


# GTK 4.8's own: an accessible that has no path yet, and the slider of a scroll bar that shows up
# in the frame in which its list does.
KNOWN_COMPLAINTS = ("g_variant_is_object_path", "g_variant_new_object_path",
                    "Trying to snapshot GtkGizmo")
BUTTON_SECONDS = 0.3
# How often a widget that has gone since it was found is looked for anew.
TRIES = 5


# Below this width the tabs of the preferences are at the bottom.
NARROW = 600


class Timeout(AssertionError):
    pass


def wait_for(condition, what, patience=None):
    """The first true value of condition(); asks again and again until patience ends."""
    deadline = time.monotonic() + (patience or PATIENCE)
    pause = 0.02
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Timeout(f"waited in vain for {what}")
        time.sleep(pause)
        pause = min(pause * 1.3, 0.25)


class World:
    """Everything around the program; ended with end()."""

    def __init__(self, build, size="1600x1200"):
        self.build = os.path.abspath(build)
        self.top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.directory = tempfile.mkdtemp(prefix="countersign-ui-")
        self.children = []
        self.agents = {}
        self.env = self._make_environment()
        self._start_display(size)
        self._start_bus()

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def _make_environment(self):
        env = {key: os.environ[key] for key in ("PATH", "LANG", "TERM", "ASAN_OPTIONS",
                                                "UBSAN_OPTIONS", "LSAN_OPTIONS", "GSK_RENDERER")
               if key in os.environ}
        for name in ("home", "run", "config/gtk-4.0", "data", "cache", "state"):
            os.makedirs(self.path(name), mode=0o700)
        with open(self.path("config/gtk-4.0/settings.ini"), "w") as f:
            f.write(SETTINGS)
        build = self.build
        env.update({
            "HOME": self.path("home"),
            "XDG_RUNTIME_DIR": self.path("run"),
            "XDG_CONFIG_HOME": self.path("config"),
            "XDG_DATA_HOME": self.path("data"),
            "XDG_CACHE_HOME": self.path("cache"),
            "XDG_STATE_HOME": self.path("state"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "USER": "operator",
            "GDK_BACKEND": "x11",
            "GTK_A11Y": "atspi",
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
            "GSK_RENDERER": env.get("GSK_RENDERER", "cairo"),
            "G_MESSAGES_DEBUG": "",
            "GSETTINGS_SCHEMA_DIR": os.path.join(build, "data"),
            "COUNTERSIGN_ASKPASS": os.path.join(build, "src/trust/countersign-askpass"),
            "COUNTERSIGN_DEMO_SERVICE": os.path.join(build, "src/demo/countersign-demo-service"),
            "COUNTERSIGN_DATA": os.path.join(self.top, "data"),
            "COUNTERSIGN_ACTOR": "operator@example.org",
        })
        return env

    def start(self, argv, **options):
        child = subprocess.Popen(argv, env=self.env, preexec_fn=die_with_parent,
                                 **{"stdin": subprocess.DEVNULL, **options})
        self.children.append(child)
        return child

    def _start_display(self, size):
        reader, writer = os.pipe()
        self.start(["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24",
                    "-nolisten", "tcp", "-noreset"], pass_fds=[writer],
                   stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as f:
            number = f.readline().strip()
        assert number, "Xvfb did not start"
        self.env["DISPLAY"] = f":{number}"

    def _hide_keyring(self):
        """The desktop's keyring would ask for a password as soon as the bus started it."""
        folder = self.path("data", "dbus-1", "services")
        os.makedirs(folder)
        with open(os.path.join(folder, "org.freedesktop.secrets.service"), "w") as f:
            f.write("[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/false\n")

    def start_keyring(self):
        """A real keyring of this world's own, unlocked; without it there is none."""
        keyring = self.start(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
             "--control-directory", self.path("run", "keyring")],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keyring.stdin.write(b"letmein")
        keyring.stdin.close()
        wait_for(self._has_keyring, "the keyring")

    def _has_keyring(self):
        return subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets", "--object-path",
             "/org/freedesktop/secrets/aliases/default", "--method",
             "org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Label"],
            env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode == 0

    def _start_bus(self):
        self._hide_keyring()
        bus = self.start(["dbus-daemon", "--session", "--nofork", "--print-address=1"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = bus.stdout.readline().strip()
        assert address, "dbus-daemon did not start"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address

    def end(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in reversed(self.children):
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout:
                child.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def make_key(self, name="id_ed25519"):
        """An Ed25519 key without passphrase in the world's ~/.ssh."""
        folder = self.path("home/.ssh")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "operator", "-f",
                            path], check=True, env=self.env, stdin=subprocess.DEVNULL)
        return path

    def start_sshd(self):
        """A private sshd on loopback that takes the world's key; gives its address."""
        folder = self.path("sshd")
        os.makedirs(folder, mode=0o700)
        key = self.make_key()
        host_key = self._make_host_key()
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        user = pwd.getpwuid(os.geteuid()).pw_name
        self.ssh_port = free_port()
        with open(os.path.join(folder, "config"), "w") as f:
            f.write(f"""Port {self.ssh_port}
ListenAddress 127.0.0.1
HostKey {host_key}
PidFile none
AuthorizedKeysFile {key}.pub
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
PermitUserEnvironment no
SetEnv HOME={self.path("home")}
MaxSessions 20
LogLevel ERROR
""")
        self._run_sshd()
        return f"{user}@127.0.0.1:{self.ssh_port}"

    def _make_host_key(self):
        path = self.path("sshd/host_key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True,
                       stdin=subprocess.DEVNULL)
        return path

    def _run_sshd(self):
        self.sshd = self.start(
            [shutil.which("sshd", path="/usr/sbin:/sbin:/usr/bin") or "/usr/sbin/sshd", "-D", "-e",
             "-f", self.path("sshd/config")], stderr=open(self.path("sshd/log"), "a"))
        wait_for(lambda: answers(self.ssh_port), "the private sshd")

    def change_host_key(self):
        """As if the server had been set up again, or another one answered."""
        self.sshd.terminate()
        self.sshd.wait(10)
        for name in ("host_key", "host_key.pub"):
            os.remove(self.path("sshd", name))
        self._make_host_key()
        self._run_sshd()

    def host_key_fingerprint(self):
        line = subprocess.run(["ssh-keygen", "-l", "-f", self.path("sshd/host_key.pub")],
                              check=True, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL).stdout
        return line.split()[1]

    def start_agent(self, name, environment="staging"):
        """A private countersign-agent on loopback, with TLS, that takes the world's key; gives what
        its set-up printed."""
        folder = self.path("agents", name)
        os.makedirs(folder, mode=0o700)
        signers = os.path.join(folder, "signers")
        with open(self.make_key() + ".pub") as key, open(signers, "w") as f:
            f.write(f"{self.env['COUNTERSIGN_ACTOR']} {key.read()}")
        port = free_port()
        printed = subprocess.run(
            [self._agent_program(), "init", "--config", os.path.join(folder, "etc"), "--state",
             os.path.join(folder, "state"), "--listen", f"127.0.0.1:{port}", "--host", "127.0.0.1",
             "--environment", environment, "--signers", signers],
            check=True, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True).stdout
        self.agents[name] = {"port": port, "printed": printed}
        self.serve_agent(name)
        return printed

    def _agent_program(self):
        return os.path.join(self.build, "src/agent/countersign-agent")

    def serve_agent(self, name):
        agent = self.agents[name]
        env = dict(self.env)
        env["COUNTERSIGN_SUPERVISOR"] = os.path.join(self.build, "src/agent/countersign-supervisor")
        with open(self.path("agents", name, "log"), "a") as log:
            agent["process"] = subprocess.Popen(
                [self._agent_program(), "serve", "--config", self.path("agents", name, "etc")],
                env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
        self.children.append(agent["process"])
        wait_for(lambda: answers(agent["port"]), "the private agent")

    def stop_agent(self, name):
        process = self.agents[name]["process"]
        process.terminate()
        process.wait(20)

    def agent_token(self, name):
        return re.search(r"^ +(csa_\S+)", self.agents[name]["printed"], re.M).group(1)

    def agent_fingerprint(self, name):
        return re.search(r"--fingerprint (\S+)", self.agents[name]["printed"]).group(1)

    def keep_evidence(self, name):
        """After a failure: what was on the screen, beside the logs of the tests."""
        folder = os.path.join(self.build, "meson-logs")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f"ui-{name.replace(' ', '-')}.png")
        self.screenshot(path)
        print(f"# the screen: {path}", flush=True)
        with open(self.path("program.log"), errors="replace") as log:
            for line in log.read().splitlines()[-40:]:
                print(f"# {line}", flush=True)

    def screenshot(self, path, width=None, height=None):
        crop = ["-crop", f"{width}x{height}+0+0", "+repage"] if width else []
        subprocess.run(["import", "-window", "root", *crop, path], check=True, env=self.env)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class App:
    """The program, seen as assistive technology sees it and worked with pointer and keyboard."""

    def __init__(self, world, *arguments, env=None, width=1280, height=800, windows=True,
                 left=0):
        self.world = world
        self.size = (width, height)
        self.left = left  # of several programs beside each other
        self.log = open(world.path("program.log"), "ab")
        environment = dict(world.env)
        environment.update(env or {})
        self.process = subprocess.Popen(
            [os.path.join(world.build, "src/app/countersign"), *arguments], env=environment,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            preexec_fn=die_with_parent)
        world.children.append(self.process)
        self.screen = Screen(world.env["DBUS_SESSION_BUS_ADDRESS"], self.process)
        if windows:
            self.appear()

    def appear(self):
        """Waits for the first window of a program that was started without any."""
        wait_for(lambda: self._alive() and self.screen.find_program(),
                 "the program on the accessibility bus")
        # GTK says since 4.10 which widgets are mapped.
        self.knows_showing = any(node.role == "label" and node.has("SHOWING")
                                 for node in wait_for(self.walk, "a window"))
        self.fit()

    def _alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended with status {self.process.returncode}:\n"
                                 + self.read_log())
        return True

    def complaints(self):
        """What GLib and GTK found wrong with the program while it ran."""
        return [line for line in self.read_log().splitlines()
                if re.search(r"-(CRITICAL|WARNING) \*\*|AddressSanitizer|runtime error:", line)
                and not any(known in line for known in KNOWN_COMPLAINTS)]

    def read_log(self):
        self.log.flush()
        with open(self.world.path("program.log"), errors="replace") as f:
            return f.read()

    # Finding

    def walk(self):
        """Every widget of every window. What a stack hides is among them once it has been seen:
        older versions of GTK don't tell."""
        self._alive()
        try:
            return [node for window in self.screen.read() for node in (window, *window.walk())]
        except Gone:
            self._alive()
            return []

    def _can_be_seen(self, node):
        if node.role in WINDOWS:
            return True
        if self.knows_showing:
            return node.has("SHOWING")
        try:
            return node.has("VISIBLE") and node.has_place()
        except Gone:
            return False

    def look(self, role, name, window=None):
        """The first widget with this role and name (a text, or a pattern), or None."""
        for node in self.walk():
            if role is not None and node.role != role or not matches(name, node.name):
                continue
            if window is not None and not any(above.role in WINDOWS and matches(window, above.name)
                                              for above in node.ancestors()):
                continue
            if self._can_be_seen(node):
                return node
        return None

    def look_for_text(self, text):
        for node in self.walk():
            try:
                if matches(text, node.text()) and self._can_be_seen(node):
                    return node
            except Gone:
                continue
        return None

    def look_for_output(self, text):
        for node in self.walk():
            if node.name == "Output" and matches(text, node.description):
                return node
        return None

    def _wait_for_node(self, look, what, patience):
        try:
            return wait_for(look, what, patience)
        except Timeout as error:
            raise Timeout(f"{error}; on the screen:\n{self.describe()}") from None

    def find(self, role, name, window=None, patience=None):
        return self._wait_for_node(lambda: self.look(role, name, window), f"{role} {name!r}",
                                   patience)

    def find_text(self, text, patience=None):
        """A widget that shows this text, whatever it is."""
        return self._wait_for_node(lambda: self.look_for_text(text), f"the text {text!r}", patience)

    def find_output(self, text, patience=None):
        """Waits until a command's live output holds this text."""
        return self._wait_for_node(lambda: self.look_for_output(text), f"output {text!r}", patience)

    def wait_until_gone(self, role, name, patience=None):
        self._wait_for_node(lambda: self.look(role, name) is None, f"the end of {role} {name!r}",
                            patience)

    def describe(self):
        try:
            return "\n".join(line for window in self.screen.read() for line in window.describe())
        except Gone:
            return "(nothing)"

    # Doing

    def press(self, role, name, window=None, patience=None):
        """Presses a widget as soon as it is there and can be pressed."""
        def look():
            node = self.look(role, name, window)
            return node if node is not None and node.has("SENSITIVE") else None
        def act():
            node = self._wait_for_node(look, f"{role} {name!r} to be sensitive", patience)
            self.activate(node)
            return node
        return self._find_again(act)

    def _find_again(self, act):
        """What is drawn anew between being found and being pressed is found again."""
        for _ in range(TRIES):
            try:
                return act()
            except Gone:
                self._alive()
        return act()

    def activate(self, node):
        """By its own action where GTK tells it, else with the pointer."""
        if node.role == "push button" and node.has_action():
            node.do_action()
            # GTK shows the button pressed for 250 ms before it is clicked; a key in between would
            # be there first.
            time.sleep(BUTTON_SECONDS)
        else:
            self.click(node)

    def click(self, node):
        """With the pointer, in the middle of the widget."""
        self.scroll_to(node)
        self.point_at(node)
        self.xdo("click", "1")

    def show_tab(self, name):
        """A page of the preferences. Its tabs are at the top, or at the bottom where the window is
        narrow."""
        def look():
            return [node for node in self.walk()
                    if node.role == "page tab" and node.name == name and node.has_place()]
        def act():
            wait_for(look, f"a tab {name!r}")
            self.wait_for_layout()
            tabs = sorted(look(), key=lambda tab: tab.place()[1])
            self.click(tabs[-1 if self.size[0] < NARROW else 0])
        self._find_again(act)

    def point_at(self, node):
        x, y, width, height = node.place()
        left, top = self._find_origin(node)
        self.xdo("mousemove", str(left + x + width // 2), str(top + y + height // 2))

    def _find_origin(self, node):
        """Where on the screen the places of a widget count from: from where its window is. GTK does
        not say where it put a popover: that is a window of its own, with a shadow as wide at its
        sides as below."""
        content = next((above for above in node.ancestors() if above.name == "GtkPopoverContent"),
                       None)
        if content is None:
            return self._find_window_origin(node)
        x, y, width, height = content.place()
        left, top, window_width, window_height = self._read_geometry(self.windows()[-1])
        shadow = (window_width - width) // 2
        return left + shadow - x, top + window_height - shadow - height - y

    def scroll_to(self, node):
        """Turns the wheel over the list or view that the widget is in, until its middle is seen."""
        for pane in (above for above in node.ancestors() if above.role == "scroll pane"):
            def turn():
                x, y, width, height = node.place()
                left, top, pane_width, pane_height = pane.place()
                middle = y + height // 2
                if top <= middle < top + pane_height:
                    return True
                self.point_at(pane)
                self.xdo("click", "5" if middle > top else "4")
                return False
            wait_for(turn, f"{node.role} {node.name!r} to scroll into view")

    def set_text(self, role, name, text):
        node = self.find(role, name)
        node.set_text(text)
        return node

    def keys(self, *names):
        self.focus()
        self.xdo("key", "--clearmodifiers", *names)

    def type(self, text):
        self.focus()
        self.xdo("type", "--clearmodifiers", "--delay", "5", text)

    def xdo(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.world.env, check=True,
                              capture_output=True, text=True).stdout

    def windows(self):
        """The visible windows of the program, oldest first; there is no window manager."""
        out = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                             env=self.world.env, capture_output=True, text=True).stdout
        return out.split()

    def focus(self):
        """Keys go to the newest window."""
        windows = wait_for(self.windows, "a window")
        self.xdo("windowfocus", "--sync", windows[-1])

    def fit(self):
        """The main window at the size of the picture."""
        windows = wait_for(self.windows, "a window")
        width, height = self.size
        self.xdo("windowsize", windows[0], str(width), str(height), "windowmove", windows[0],
                 str(self.left), "0", "windowfocus", windows[0])

    def center(self):
        """A dialog goes to the middle of the main window, as a window manager would put it, and
        becomes no wider than that."""
        windows = self.windows()
        if len(windows) < 2:
            return
        _, _, width, height = self._read_geometry(windows[-1])
        if width > self.size[0] or height > self.size[1]:
            width, height = min(width, self.size[0]), min(height, self.size[1])
            self.xdo("windowsize", windows[-1], str(width), str(height))
        x = self.left + max(0, (self.size[0] - width) // 2)
        y = max(0, (self.size[1] - height) // 2)
        self.xdo("windowmove", "--sync", windows[-1], str(x), str(y))

    def _find_window_origin(self, node):
        """The main window is where it was put, and a dialog the newest of the others with its
        title: a tooltip may have come up since."""
        windows = self.windows()
        top = next((above for above in node.ancestors() if above.role in WINDOWS), None)
        if len(windows) < 2 or top is None or top.path == self.screen.read()[0].path:
            return self.left, 0
        titled = [window for window in windows[1:]
                  if self.xdo("getwindowname", window).strip() == top.name]
        return self._read_geometry((titled or windows)[-1])[:2]

    def read_size(self, window=None):
        """Width and height of a window on the screen; of the main one if none is said."""
        return self._read_geometry(window or self.windows()[0])[2:]

    def wait_for_layout(self):
        """Until what is seen says the same place twice."""
        last = None

        def rests():
            nonlocal last
            previous, last = last, [node.place() for node in self.walk()]
            return previous == last
        wait_for(rests, "the layout to rest")

    def _read_geometry(self, window):
        """x, y, width and height on the screen."""
        geometry = self.xdo("getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in geometry.splitlines() if "=" in line)
        return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def close(self):
        """Closes the program as a person does, and waits for its end. No tooltip is to come up."""
        self.xdo("mousemove", str(self.left), "0")
        wait_for(lambda: self._alive() and len(self.windows()) == 1, "the end of the dialogs")
        self.keys("ctrl+q")
        wait_for(lambda: self.process.poll() is not None, "the program to end")
        assert self.process.returncode == 0, \
            f"the program ended with status {self.process.returncode}:\n{self.read_log()}"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def matches(wanted, text):
    if wanted is None:
        return True
    if isinstance(wanted, re.Pattern):
        return wanted.search(text or "") is not None
    return text == wanted


class Tap:
    """Test functions one after the other, in the words of the Test Anything Protocol. Each begins
    where the one before it ended, so after a failure the rest fails too."""

    def __init__(self, tests, on_failure=None):
        self.tests = tests
        self.on_failure = on_failure

    def run(self):
        print(f"1..{len(self.tests)}", flush=True)
        for number, test in enumerate(self.tests, 1):
            name = test.__name__.strip("_").replace("_", " ")
            try:
                test()
                print(f"ok {number} - {name}", flush=True)
            except (Exception, KeyboardInterrupt) as error:  # whatever it is, it has to be told
                print(f"not ok {number} - {name}", flush=True)
                for line in f"{type(error).__name__}: {error}".splitlines():
                    print(f"# {line}", flush=True)
                if self.on_failure:
                    self.on_failure(name)
                for rest in range(number + 1, len(self.tests) + 1):
                    print(f"not ok {rest} - not reached", flush=True)
                return 1
        return 0


def build_directory():
    if len(sys.argv) > 1:
        return sys.argv[1]
    return os.environ.get("COUNTERSIGN_BUILD", "build")
