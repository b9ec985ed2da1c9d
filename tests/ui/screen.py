# SPDX-License-Identifier: GPL-3.0-or-later
"""What assistive technology sees of a program, read in one go.

AT-SPI's libraries ask for every property of every widget by itself, which makes a look at a window
take a second. The interface org.a11y.atspi.Cache tells all widgets in one answer; those that GTK
has not told of yet are asked for by their parents.
"""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402  (the version has to be chosen first)

PATIENCE_MS = 20000
ROOT = "/org/a11y/atspi/accessible/root"
WINDOWS = ("frame", "dialog", "window", "alert")
STATES = {name: int(getattr(Atspi.StateType, name))
          for name in ("SENSITIVE", "SHOWING", "VISIBLE", "FOCUSED", "FOCUSABLE", "CHECKED",
                       "SELECTED")}


class Gone(Exception):
    """The widget or the program is no longer there."""


class Node:
    """One widget, as it was when the screen was read."""

    def __init__(self, screen, item):
        ((_, self.path), _, (_, self.parent_path), self.index, self.n_children, interfaces, name,
         role, description, states) = item
        self.screen = screen
        self.interfaces = {i.rsplit(".", 1)[1] for i in interfaces}
        self.role = role_name(role)
        self.name = plain_name(name)
        self.description = description
        self.bits = states[0]
        self.parent = None
        self.children = []

    def has(self, state):
        return bool(self.bits & (1 << STATES[state]))

    def call(self, interface, method, signature=None, *values):
        return self.screen.call(self.path, f"org.a11y.atspi.{interface}", method, signature,
                                *values)

    def text(self):
        """What it shows: the contents of a text, else the name."""
        if "Text" not in self.interfaces or self.role == "label":
            return self.name
        return self.call("Text", "GetText", "(ii)", 0, -1)[0] or self.name

    def set_text(self, text):
        assert self.call("EditableText", "SetTextContents", "(s)", text)[0], \
            f"{self.role} {self.name!r} can't be written to"

    def do_action(self):
        self.call("Action", "DoAction", "(i)", 0)

    def has_action(self):
        return "Action" in self.interfaces

    def place(self):
        """x, y, width and height in its window; (0, 0, 0, 0) for what has no place."""
        if "Component" not in self.interfaces:
            return 0, 0, 0, 0
        return self.call("Component", "GetExtents", "(u)", 1)[0]

    def has_place(self):
        _, _, width, height = self.place()
        return width > 0 and height > 0

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self):
        for child in self.children:
            yield child
            yield from child.walk()

    def describe(self, depth=0):
        off = "" if self.has("SENSITIVE") else " (off)"
        lines = []
        if self.name or self.role in WINDOWS:
            lines.append(f"{'  ' * depth}{self.role} {self.name[:100]!r}{off}")
            depth += 1
        for child in self.children:
            lines.extend(child.describe(depth))
        return lines


class Screen:
    """The connection to one program."""

    def __init__(self, session_address, process):
        self.process = process
        session = connect(session_address)
        answer = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress",
                                   None, None, 0, PATIENCE_MS, None)
        self.bus = connect(answer.unpack()[0])
        self.owner = None

    def find_program(self):
        """Whether the program has made itself known to the registry; before, it does not know its
        own windows."""
        def ask(name, path, interface, method, *values):
            parameters = GLib.Variant("(s)", values) if values else None
            return self.bus.call_sync(name, path, interface, method, parameters, None, 0,
                                      PATIENCE_MS, None).unpack()[0]
        for owner, _ in ask("org.a11y.atspi.Registry", ROOT, "org.a11y.atspi.Accessible",
                            "GetChildren"):
            try:
                if ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                       "GetConnectionUnixProcessID", owner) == self.process.pid:
                    self.owner = owner
                    return True
            except GLib.Error:
                continue
        return False

    def call(self, path, interface, method, signature=None, *values):
        parameters = GLib.Variant(signature, values) if signature else None
        try:
            return self.bus.call_sync(self.owner, path, interface, method, parameters, None, 0,
                                      PATIENCE_MS, None).unpack()
        except GLib.Error as error:
            raise Gone(error.message) from None

    def _children(self, path):
        answer = self.call(path, "org.a11y.atspi.Accessible", "GetChildren")
        return [child for _, child in answer[0]]

    def _items(self):
        items = self.call("/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")[0]
        return {item[0][1]: Node(self, item) for item in items}

    def read(self):
        """The windows of the program, each with everything in it."""
        asked = set()
        while True:
            windows = self._children(ROOT)
            nodes = self._items()
            for node in nodes.values():
                parent = nodes.get(node.parent_path)
                if parent is not None:
                    parent.children.append(node)
                    node.parent = parent
            silent = [path for path, node in nodes.items()
                      if len(node.children) < node.n_children and path not in asked]
            if not silent and all(window in nodes for window in windows):
                break
            # A widget that is asked for its children makes them known to the cache.
            for path in silent:
                asked.add(path)
                try:
                    self._children(path)
                except Gone:
                    continue
        for node in nodes.values():
            node.children.sort(key=lambda child: child.index)
        return [nodes[window] for window in windows]


def connect(address):
    flags = Gio.DBusConnectionFlags
    return Gio.DBusConnection.new_for_address_sync(
        address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)


def role_name(role):
    return Atspi.role_get_name(Atspi.Role(role))


def plain_name(name):
    """Without the mnemonic: GTK joins a button's own label and that of its child. What has no name
    is called by its type."""
    half = len(name) // 2
    for middle in (half, half + 1):
        own, child = name[:middle], name[middle + 1:]
        if name[middle:middle + 1] == " " and own.replace("_", "", 1) == child:
            return child
    return "" if name == "(None)" else name
