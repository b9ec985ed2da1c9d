# SPDX-License-Identifier: GPL-3.0-or-later
"""Flags in a file of flagd, evaluated by flagd's own library and held to its schema."""

import json
import os
import random
import stat

from harness import Workspace, expect, main
from npm import node

# What belongs to others: in a form of their own, which stays.
FOREIGN = """{
    "$schema":  "https://flagd.dev/schema/v0/flags.json",
    "flags": {
        "someone-elses": {
            "state": "ENABLED", "variants": {"on": true,   "off": false},
            "defaultVariant": "off",
            "targeting": {"if": [{"ends_with": [{"var": "email"}, "@example.org"]}, "on", null]},
            "metadata": {"owner": "\\u00c4nne \\"A\\"", "since": 1.50}
        },
        "a-colour": {"state": "ENABLED", "variants": {"red": "#f00", "blue": "#00f"},
                     "defaultVariant": "red"}
    },
    "$evaluators": {"staff": {"in": ["@example.org", {"var": "email"}]}},
    "metadata": {"version": "7"}
}
"""


def open_file(w, text=FOREIGN, count=1000):
    path = w.top / "flags.json"
    path.write_text(text)
    path.chmod(0o644)
    if not any(target["name"] == "here" for target in w.json("target", "list")):
        w.run("target", "add", "here", "--local")
    ids = [str(n) for n in range(1, count + 1)]
    w.run("company", "import", w.write("companies.csv", "id,name,size\n" + "".join(
        f"{n},Salon {n},{int(n) * 7919 % 100}\n" for n in ids)))
    return path, ids


def add(w, path, key, *stages):
    w.run("flag", "add", key, "--provider", "flagd", "--target", "here", "--path", path,
          *(word for stage in stages for word in ("--stage", stage)))


def evaluate(path, ids, context="companyId"):
    said = json.loads(node("evaluate-flagd.cjs", path, context, text="\n".join(ids)))
    expect(said["troubles"] == [], said["troubles"])
    return said["on"]


def without(text, keys):
    """The file without our flags, each of which is one line behind what was there before."""
    for key in keys:
        begin = text.index(f'"{key}"')
        comma = text.rindex(",", 0, begin)
        depth = 0
        for end in range(text.index("{", begin), len(text)):
            depth += (text[end] == "{") - (text[end] == "}")
            if depth == 0:
                break
        text = text[:comma] + text[end + 1:]
    return text


def every_pair():
    """1,000 companies and 20 flags: flagd says of each pair what the program says."""
    with Workspace() as w:
        path, ids = open_file(w)
        keys = [f"feature-{n}" for n in range(1, 21)]
        for number, key in enumerate(keys, 1):
            share = "everyone" if number == 20 else f"{number * 5 - random.randrange(5)} %"
            if number in (3, 9):
                share += " of size"
            add(w, path, key, f"Stage | {share}")
            w.run("rollout", "promote", key)
        found = evaluate(path, ids)
        for key in keys:
            shown = w.json("flag", "show", key)
            expect(sorted(found[key]) == sorted(shown["on"]), key)
            expect(0 < len(found[key]) <= 1000, key)
        expect(len(found["feature-20"]) == 1000)
        expect(found["someone-elses"] == [])
        expect(without(path.read_text(), keys) == FOREIGN, "foreign parts have changed")
        expect(stat.S_IMODE(os.stat(path).st_mode) == 0o644)
        # Off for one is off for that one.
        w.run("rollout", "kill", "feature-7", "--reason", "a test")
        later = evaluate(path, ids)
        expect(later["feature-7"] == [])
        del later["feature-7"], found["feature-7"]
        expect(later == found)
        expect(without(path.read_text(), keys) == FOREIGN, "foreign parts have changed")
        w.run("audit", "verify")


def stages():
    """Through the stages and back, with what people add to the flag's own object left alone."""
    with Workspace() as w:
        path, ids = open_file(w, count=103)
        add(w, path, "phonetic", "Test | 15", "More | 15,42,103", "All | everyone")
        planned = w.json("rollout", "plan", "phonetic")
        expect("companyId is one of: 15" in planned["writes"][0], planned)
        for wanted in (["15"], ["15", "42", "103"], ids):
            w.run("rollout", "promote", "phonetic")
            expect(evaluate(path, ids)["phonetic"] == wanted)
            w.run("flag", "verify", "phonetic")
        text = path.read_text().replace('"defaultVariant": "off", "targeting"',
                                        '"defaultVariant": "off", "metadata": {"x":  1}, '
                                        '"targeting"')
        path.write_text(text)
        w.run("rollout", "back", "phonetic")
        expect(evaluate(path, ids)["phonetic"] == ["15", "42", "103"])
        expect('"metadata": {"x":  1}' in path.read_text())


def by_hand():
    """Another rule, written by hand, is found, and can be restored or switched off."""
    with Workspace() as w:
        path, ids = open_file(w, count=50)
        add(w, path, "phonetic", "Test | 15")
        w.run("rollout", "promote", "phonetic")
        good = path.read_text()
        path.write_text(good.replace('"in": [ { "var": "companyId" }', '"in": [ { "var": "id" }'))
        found = w.run("flag", "verify", "phonetic", status=1)
        expect("a rule that Countersign did not write" in found.err, found.err)
        w.run("flag", "adopt", "phonetic", "--reason", "why not", status=2)
        w.run("flag", "restore", "phonetic", "--reason", "nobody signed it")
        expect(path.read_text() == good)
        path.write_text(good.replace('{ "state": "ENABLED"', '{ "state": "DISABLED"'))
        w.run("flag", "verify", "phonetic", status=1)
        w.run("flag", "restore", "phonetic", "--reason", "it was an accident")
        expect(path.read_text() == good)
        path.write_text(good.replace('{ "in": [ { "var": "companyId" }, [ "15" ] ] }', "true"))
        w.run("rollout", "kill", "phonetic", "--reason", "it is on for everyone")
        expect(evaluate(path, ids)["phonetic"] == [])


def damaged():
    """What is no such file is left alone."""
    cases = {
        "": "", "[]": "no file of flagd", '{"flags": []}': "no file of flagd",
        '{"flags": {"phonetic": {"state": "DISABLED", "variants": {"a": true}}}}':
            "the variants “on”: true and “off”: false",
        '{"flags": {}': "", '{"flags": {"a": {}, "a": {}}}': "",
    }
    with Workspace() as w:
        path, ids = open_file(w, count=20)
        add(w, path, "phonetic", "Test | 15")
        for text, words in cases.items():
            path.write_text(text)
            failed = w.run("rollout", "promote", "phonetic", status=2)
            expect(words in failed.err, failed.err)
            expect(path.read_text() == text)
        for text in ('{"flags":{}}', '\n{ "flags" : {\n} }\n\n', '{"x":"}{","flags":{"a":'
                     '{"state":"DISABLED","variants":{"on":true,"off":false}}}}'):
            path.write_text(text)
            w.run("flag", "verify", "phonetic")
            w.run("rollout", "promote", "phonetic")
            expect(evaluate(path, ids)["phonetic"] == ["15"], path.read_text())
            path.write_text(text)
            w.run("flag", "verify", "phonetic", status=1)
            w.run("rollout", "kill", "phonetic", "--reason", "the next one")
            path.write_text(text)


if __name__ == "__main__":
    main("flagd", [every_pair, stages, by_hand, damaged])
