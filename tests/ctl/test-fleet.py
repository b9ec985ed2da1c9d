# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets: as targets, and as where a deployment runs."""

from harness import Workspace, expect, main


def targets():
    with Workspace() as w:
        w.run("target", "add", "web-1", "--ssh", "deploy@web-1")
        w.run("target", "add", "web-2", "--ssh", "deploy@web-2")
        w.run("target", "add", "web", "--fleet", "web-1,web-2", "--batch", "50%", "--pause", "30s",
              "--stop-after", "2", "--environment", "staging")
        shown = w.run("target", "show", "web").out
        expect("web (fleet, 2 members)\nEnvironment: staging\n" in shown, shown)
        expect("Batches:     50% (1 of 2 members), pause 30s, stop after 2 failed" in shown, shown)
        members = w.write("members", "web-2 rank=2\ndb=ssh://root@10.0.0.1:2222\nweb-1\n")
        w.run("target", "add", "all", "--members", members)
        told = w.json("target", "show", "all")
        expect([m["name"] for m in told["members"]] == ["db", "web-1", "web-2"], told)
        expect(told["members"][0]["target"]["port"] == 2222, told)
        expect((told["batch"], told["pause"], told["stop-after"]) == ("100%", "0s", 1), told)


def refused():
    with Workspace() as w:
        bad = w.write("bad", "web-1\nweb 1\n")
        for words in (["--fleet", "a,a"], ["--fleet", "a", "--batch", "0"], ["--fleet", "a,-b"],
                      ["--fleet", "a", "--pause", "soon"], ["--fleet", "a", "--stop-after", "0"],
                      ["--fleet", "a", "--members", bad], ["--fleet", "a", "--local"],
                      ["--members", bad], ["--members", w.top / "none"], ["--batch", "5"]):
            w.run("target", "add", "fleet", *words, status=2)
        w.run("target", "show", "fleet", status=2)
        w.run("target", "add", "fleet", "--fleet", "nobody")
        refused = w.run("target", "test", "fleet", status=2)
        expect("nobody" in refused.err, refused.err)


main("fleet", [targets, refused])
