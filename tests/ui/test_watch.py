#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment that is watched in the real window: probes and thresholds, a service that fails, a
countdown that a person holds, and one that nobody holds."""

import json
import os
import re
import subprocess
import sys

import greeting
import harness
import notices

world = harness.World(harness.build_directory())
state = {}


def app():
    return state["app"]


def service():
    return state["service"]


def ctl(*words):
    done = subprocess.run([os.path.join(world.build, "src/ctl/countersignctl"), *words],
                          env=world.env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode in (0, 1, 3), done.stderr
    return done.stdout


def alarms():
    return json.loads(ctl("watch", "report", state["id"], "--json"))["alarms"]


def measured():
    """Requests that the service has answered."""
    return service().count()


def nothing_is_watched_at_first():
    state["notices"] = notices.Notices(world.env["DBUS_SESSION_BUS_ADDRESS"])
    state["service"] = greeting.Greeting(world)
    world.make_key()
    ctl("target", "add", "here", "--local")
    state["id"] = ctl("deploy", "start", service().runbook(), "--environment", "staging",
                      "--target", "here", "--reason", "It is time").strip()
    ctl("deploy", "run", state["id"])
    assert service().version() == "1.1.0"
    state["app"] = harness.App(world, height=1150)
    app().click(app().find("list item", re.compile("^Greeting 1.1")))
    app().press("push button", "Watch")
    app().find_text("Nothing Is Watched")


def a_probe_is_added():
    app().press("push button", "Add a Probe…")
    app().find("frame", "Add a Probe")
    app().set_text("text", "Name, like “Health”", "Health")
    app().set_text("text", "Address, like https://shop.example.org/health", "shop")
    app().find_text(re.compile("^Probe “Health”: its URL"))
    assert not app().find("push button", "Add", "Add a Probe").has("SENSITIVE")
    app().set_text("text", "Address, like https://shop.example.org/health", service().url)
    app().set_text("text", "Every, like 5s or 1m", "1s")
    app().press("push button", "Add", "Add a Probe")
    app().find_text(re.compile("^http://127.0.0.1:.*, every 1 s$"))


def the_thresholds_of_the_runbook_are_mapped():
    app().press("push button", "Watch the Runbook’s Thresholds…")
    app().find("frame", "Thresholds of the Runbook")
    app().press("push button", "Watch", "Thresholds of the Runbook")
    app().find_text("Health check failures, 3 times in a row")
    app().find_text(re.compile("^Error rate > 10 %"))
    app().find_text(re.compile("^Response time > 2 s"))


def it_is_watched():
    app().press("push button", "Start Watching")
    app().find_text("Everything is as it should be")
    app().find("image",
               re.compile(r"^Response time: now .* ms, .*, \d+ measurements; Response time"))
    app().find("push button", "Watch: Good")


def an_alarm_without_consent_only_calls():
    service().fail(error_rate=1.0)
    app().find_text("Nobody takes care of it yet")
    app().find_text(
        re.compile(r"^For \d:\d\d. Call now: Level 1 - Operations .* Olga, .49 30 1234"))
    app().find("push button", "Watch: Bad")
    notice = harness.wait_for(lambda: state["notices"].look(re.compile("^Alarm: Greeting 1.1$")),
                              "the notification of the alarm")
    assert notice[2].startswith("Health check failures") and "Hold…" not in notice[3]
    app().press("push button", "Acknowledge")
    app().find_text("operator@example.org takes care of it")
    assert not alarms()[-1]["fires"]
    service().heal()
    app().wait_until_gone("push button", "Acknowledge")
    app().find_text(re.compile("Over since "))


def someone_consents_with_a_signature():
    app().press("push button", "Consent…")
    app().find_text(
        re.compile("^I consent that this deployment is rolled back by “Quick Rollback”"))
    app().click(app().find("spin button", "Seconds to Hold It"))
    app().keys("ctrl+a")
    app().type("30")
    app().keys("Tab")
    app().find_text(re.compile("nobody holds it within 30 seconds"))
    app().set_text("text", "Your Name", "Olga Operator")
    app().press("push button", "Sign", "Automatic Rollback")
    app().find_text(re.compile("consented to “Quick Rollback”, 30 s after the alarm"))
    ctl("audit", "verify")


def a_person_holds_the_countdown():
    service().fail(error_rate=1.0)
    app().find_text(re.compile(r"^“Quick Rollback” begins in 0:[0-3]\d$"))
    notice = harness.wait_for(lambda: state["notices"].look(re.compile("^Alarm: Greeting 1.1$")),
                              "the notification of the countdown")
    state["notices"].press(notice, "Hold…")
    app().set_text("text", "Reason", "the fault is ours")
    app().press("push button", "Hold")
    app().find_text(re.compile("^The rollback was held by operator@example.org: the fault is ours"))
    assert alarms()[-1]["stop_reason"] == "the fault is ours"
    assert service().version() == "1.1.0"
    app().press("push button", "Acknowledge")
    service().heal()


def nobody_holds_it_and_it_is_rolled_back():
    harness.wait_for(lambda: alarms()[-1]["settled"], "the end of the alarm that was held")
    service().fail(error_rate=1.0)
    app().find_text(re.compile(r"^“Quick Rollback” begins in 0:"))
    app().press("push button", "Back to All Deployments")
    app().find_text(re.compile("^Greeting 1.1: Health check failures"))
    app().press("push button", "Show")
    app().find_text(re.compile("tick “The old version answers”"), patience=90)
    assert service().version() == "1.0.0" and service().is_well()
    app().find_text(re.compile("^Rolled back at "))
    harness.wait_for(lambda: state["notices"].look(re.compile("^Rolled Back by Itself: Greeting")),
                     "the notification of the rollback")
    app().press("push button", "Acknowledge")
    harness.wait_for(lambda: alarms()[-1]["acknowledged"], "the end of the calls")


def it_goes_on_without_a_window():
    app().xdo("mousemove", "1590", "1190")
    app().keys("ctrl+w")
    harness.wait_for(lambda: not app().windows(), "the window to close")
    notice = harness.wait_for(lambda: state["notices"].look(re.compile("Goes On Watching")),
                              "the word that it goes on")
    assert notice[2] == "Greeting 1.1" and "Stop Watching and Quit" in notice[3]
    before = measured()
    harness.wait_for(lambda: measured() > before, "the next measurement")
    again = subprocess.run([os.path.join(world.build, "src/app/countersign")], env=world.env,
                           stdin=subprocess.DEVNULL, timeout=60)
    assert again.returncode == 0
    app().fit()
    harness.wait_for(lambda: state["notices"].look(re.compile("Goes On Watching")) is None,
                     "the end of the notification")
    app().find_text("Measured by this program, also when its window is closed")


def it_is_stopped_and_nothing_was_complained_about():
    app().press("push button", "Stop Watching")
    app().find_text("Not measured by this program")
    app().close()
    complaints = app().complaints()
    assert not complaints, "\n".join(complaints)
    ctl("audit", "verify")


TESTS = [
    nothing_is_watched_at_first,
    a_probe_is_added,
    the_thresholds_of_the_runbook_are_mapped,
    it_is_watched,
    an_alarm_without_consent_only_calls,
    someone_consents_with_a_signature,
    a_person_holds_the_countdown,
    nobody_holds_it_and_it_is_rolled_back,
    it_goes_on_without_a_window,
    it_is_stopped_and_nothing_was_complained_about,
]


def main():
    try:
        return harness.Tap(TESTS, world.keep_evidence).run()
    finally:
        if "service" in state:
            service().stop()
        world.end()


if __name__ == "__main__":
    sys.exit(main())
