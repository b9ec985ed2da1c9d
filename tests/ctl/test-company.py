# SPDX-License-Identifier: GPL-3.0-or-later
"""What a company has: which flags, why, since when, by whom; and who says so."""

from harness import Workspace, expect, main
from rollouts import companies, here, records

KEY = "phonetic-matching"


def flag_of(w, company, *options, key=KEY):
    shown = w.json("company", "show", company, *options)
    return next(flag for flag in shown["flags"] if flag["key"] == key)


def causes():
    """Off, named, pinned, everyone, gone back, adopted, killed: each with its change."""
    with Workspace() as w:
        application = here(w)
        off = flag_of(w, "15")
        expect((off["on"], off["cause"], off["since"], off["by"]) == (False, "off", None, None),
               off)
        w.run("rollout", "promote", KEY)
        first = flag_of(w, "15")
        expect((first["on"], first["cause"], first["title"], first["act"]) ==
               (True, "named", "Test company", "promote"), first)
        other = flag_of(w, "42")
        expect((other["on"], other["cause"], other["since"]) == (False, "outside", None), other)
        # A pin counts from the next promotion on, and says so.
        w.run("flag", "pin", KEY, "--in", "7", "--out", "42")
        expect("pinned in from the next promotion on" in w.run("company", "show", "7").out)
        expect((flag_of(w, "7")["on"], flag_of(w, "7")["pinned"]) == (False, "in"))
        w.run("rollout", "promote", KEY, environ={"COUNTERSIGN_ACTOR": "rosa@example.org"})
        seven = flag_of(w, "7")
        expect((seven["on"], seven["cause"], seven["by"]) == (True, "pinned-in",
                                                              "rosa@example.org"), seven)
        expect(flag_of(w, "42")["cause"] == "pinned-out")
        # Who had it before has it since then.
        expect(flag_of(w, "15")["since"] == first["since"])
        w.run("flag", "pin", KEY)
        w.run("rollout", "promote", KEY)
        expect(flag_of(w, "42")["cause"] == "everyone" and flag_of(w, "42")["on"])
        w.run("rollout", "back", KEY, "--reason", "too slow")
        back = flag_of(w, "42")
        expect((back["on"], back["act"], back["reason"]) == (False, "back", "too slow"), back)
        # The stage names neither: it is as it was when it was switched.
        expect(flag_of(w, "7")["cause"] == "before", flag_of(w, "7"))
        adopted(w, application)
        w.run("rollout", "kill", KEY, "--reason", "an incident")
        killed = flag_of(w, "42")
        expect((killed["on"], killed["cause"], killed["act"], killed["reason"]) ==
               (False, "off", "kill", "an incident"), killed)
        history = flag_of(w, "42", "--history")["history"]
        expect([(one["on"], one["act"]) for one in history] ==
               [(False, "kill"), (True, "adopt"), (False, "back"), (True, "promote")], history)
        expect(history[0]["reason"] == "an incident" and history[0]["at"] == killed["since"])
        text = w.run("company", "show", "42", "--history").out
        expect("○" in text and "kill by " in text and "adopt by " in text, text)
        expect("history" not in killed)
        w.run("audit", "verify")


def adopted(w, application):
    application.change(application.settings.read_bytes().replace(b'"7,15,103"', b'"7,42"'))
    w.run("flag", "verify", KEY, status=1)
    drifted = flag_of(w, "42")
    expect(not drifted["on"] and "It is on for 2 companies: 7, 42" in drifted["drift"], drifted)
    expect("changed by hand: " in w.run("company", "show", "42").out)
    w.run("flag", "adopt", KEY, "--reason", "agreed by telephone")
    taken = flag_of(w, "42")
    expect((taken["on"], taken["cause"], taken["reason"], taken["drift"]) ==
           (True, "adopted", "agreed by telephone", None), taken)
    expect(flag_of(w, "15")["act"] == "adopt" and not flag_of(w, "15")["on"])
    expect(flag_of(w, "7")["act"] == "promote")


def people():
    """Who signed the change, and who let it pass what stood in its way."""
    stages = ("Test company | 15 | sign=Tech lead", "Half | 50 % | soak=1h | sign=Tech lead")
    with Workspace() as w:
        here(w, stages=stages)
        anna, paul = w.key("anna"), w.key("paul")
        w.run("person", "add", "--key", anna, "--name", "Anna")
        w.run("person", "grant", "anna@example.org", "Manager", "--key", anna)
        w.run("person", "add", "paul@example.org", f"{paul}.pub", "--name", "Paul", "--key", anna)
        w.run("person", "grant", "paul@example.org", "Tech lead", "--key", anna)
        w.run("rollout", "sign", KEY, "--role", "Tech lead", "--key", paul)
        w.run("rollout", "promote", KEY)
        signed = flag_of(w, "15")
        expect(signed["signed"] == ["paul@example.org"] and signed["overridden"] == [], signed)
        w.run("rollout", "promote", KEY, "--override", "--reason", "a fair", "--key", anna)
        on = w.json("flag", "show", KEY)["on"]
        joined = next(company for company in on if company != "15")
        let = flag_of(w, joined)
        expect(let["cause"] == "share" and let["signed"] == [], let)
        expect([(by["by"], by["reason"]) for by in let["overridden"]] ==
               [("anna@example.org", "a fair")], let)
        expect("signoff" in let["overridden"][0]["gates"], let)
        # What somebody else got by it does not concern who had it before.
        expect(flag_of(w, "15")["overridden"] == [], flag_of(w, "15"))


def others():
    """Several flags; companies that are gone, and those that never were."""
    with Workspace() as w:
        here(w)
        path = w.write("flags.json", '{"flags": {}}\n')
        w.run("flag", "add", "listed", "--provider", "flagd", "--target", "here", "--path", path,
              "--stage", "All | everyone")
        w.run("rollout", "promote", "listed")
        w.run("rollout", "promote", KEY)
        shown = w.json("company", "show", "15")
        expect((shown["name"], shown["size"], shown["listed"]) == ("Salon 15", 15, True), shown)
        expect([(flag["key"], flag["on"]) for flag in shown["flags"]] ==
               [("listed", True), (KEY, True)], shown)
        companies(w, (7, 42, 103))
        gone = w.json("company", "show", "15")
        expect(gone["listed"] is False and flag_of(w, "15")["on"], gone)
        expect("not on the list any more" in w.run("company", "show", "15").out)
        never = w.run("company", "show", "99", status=2)
        expect("There is no company “99”" in never.err, never.err)
        w.run("company", "show", "a b", status=2)
        w.run("company", "show", status=2)


def long_history():
    """Many changes: since when is found without reading all of them."""
    with Workspace() as w:
        here(w, stages=("One | 15", "Two | 15,42"))
        w.run("rollout", "promote", KEY)
        since = flag_of(w, "15")["since"]
        for _ in range(8):
            w.run("rollout", "promote", KEY)
            w.run("rollout", "back", KEY)
        begun = len(records(w, "change-applied"))
        expect(begun == 17, begun)
        expect(flag_of(w, "15")["since"] == since)
        expect(flag_of(w, "42")["act"] == "back")


if __name__ == "__main__":
    main("company", [causes, people, others, long_history])
