#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program that uses the clipboard. clipboard.py PICTURE puts a picture there, prints a line
when it is there, and keeps it until it is ended; without a picture it prints the text there."""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402  (the version has to be chosen first)


def offer(clipboard, path):
    with open(path, "rb") as f:
        picture = GLib.Bytes.new(f.read())
    assert clipboard.set_content(Gdk.ContentProvider.new_for_bytes("image/png", picture))
    print("there", flush=True)
    GLib.MainLoop().run()


def read(clipboard):
    loop = GLib.MainLoop()

    def read_cb(source, result):
        print(source.read_text_finish(result), end="", flush=True)
        loop.quit()
    clipboard.read_text_async(None, read_cb)
    loop.run()


def main():
    Gtk.init()
    clipboard = Gdk.Display.get_default().get_clipboard()
    if len(sys.argv) > 1:
        offer(clipboard, sys.argv[1])
    else:
        read(clipboard)


if __name__ == "__main__":
    main()
