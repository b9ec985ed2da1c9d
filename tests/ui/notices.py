# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop that shows notifications: org.freedesktop.Notifications on the world's own bus."""

import threading

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402  (the version has to be chosen first)

from screen import connect  # noqa: E402

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


class Notices:
    """What is shown now, and all that was: (id, title, body, {label: action})."""

    def __init__(self, address):
        self.all = []
        self.closed = set()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(address,), daemon=True)
        self.thread.start()
        assert self.ready.wait(20), "nobody shows notifications"

    def _serve(self, address):
        context = GLib.MainContext()
        context.push_thread_default()
        self.bus = connect(address)
        node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
        self.bus.register_object(PATH, node.interfaces[0], self._call, None, None)
        self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "RequestName", GLib.Variant("(su)", (NAME, 4)),
                           None, 0, 20000, None)
        self.ready.set()
        GLib.MainLoop(context).run()

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        values = parameters.unpack()
        if method == "Notify":
            number = values[1] or len(self.all) + 1
            actions = dict(zip(values[5][1::2], values[5][0::2]))
            self.closed.discard(number)
            self.all.append((number, values[3], values[4], actions))
            invocation.return_value(GLib.Variant("(u)", (number,)))
        elif method == "CloseNotification":
            self.closed.add(values[0])
            invocation.return_value(None)
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body"],)))
        else:
            invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))

    def look(self, title):
        """The newest that is shown with this title (a pattern), or None."""
        for number, shown, body, actions in reversed(self.all):
            if title.search(shown) and number not in self.closed:
                return number, shown, body, actions
        return None

    def press(self, notice, label):
        self.bus.emit_signal(None, PATH, NAME, "ActionInvoked",
                             GLib.Variant("(us)", (notice[0], notice[3][label])))
