# SPDX-License-Identifier: GPL-3.0-or-later
"""What people know of the runbooks beyond their words."""

import subprocess

from stand_in import GATEWAY, ROOT_PASSWORD
from walk import Plan

PASSWORD = [("Enter password: ", ROOT_PASSWORD)]
NO_MATCH = "grep found nothing, which is what is hoped for"


def tinker(*lines):
    """A prompt after each line; “exit” ends it."""
    return [(">>> ", line) for line in (*lines, "exit")]


def commit_before():
    return subprocess.run(["git", "rev-parse", "HEAD~1"], cwd=GATEWAY, check=True,
                          capture_output=True).stdout.decode().strip()


def code_backup(name="backup_code_"):
    """When the backup of the code was made, as its name says."""
    return next(GATEWAY.glob(f"{name}*.tar.gz")).name[len(name):-len(".tar.gz")]


INDEX = "2025_10_06_162757_add_phone_index_to_customers_table"
FLAG = "config('features.phonetic_matching_enabled')"
COMPANIES = "config('features.phonetic_matching_test_companies')"
COUNT = "DB::select('SELECT COUNT(*) as count FROM customers')"

# Those that people gave us, by the beginning of their names, and where to.
GIVEN = {
    "000": Plan(
        answers={139: PASSWORD, 358: PASSWORD},
        taken=(143, 210),
        values={"YYYYMMDD_HHMMSS": code_backup},
        back="3"),
    "001": Plan(
        answers={200: [("Enter password: ", "askproai_sample_pass_2024")]},
        values={"previous-commit-hash": commit_before},
        back="4"),
    "001 in staging": Plan(
        environment="staging",
        answers={145: tinker("app(App\\Services\\CalcomService::class)"
                             "->getCircuitBreakerStatus()")},
        taken=(145,)),
    "002": Plan(
        settings=("HEALTH_WORD=healthy",),
        failures={148: NO_MATCH, 505: NO_MATCH},
        back="9"),
    "003": Plan(
        commits=0,
        files={f"database/migrations/{INDEX}.php": "<?php return ['up' => 'SELECT 1'];\n"},
        values={"ssh staging.askproai.com": "server", "COMMIT_HASH_FROM_ABOVE": "HEAD",
                "PREVIOUS_COMMIT_HASH": commit_before},
        answers={682: tinker("App\\Helpers\\LogSanitizer::sanitize(['phone' => '1'])"),
                 505: [],
                 844: tinker(FLAG),
                 896: tinker(COUNT) + tinker("Cache::get('test_key', 'default')"),
                 982: tinker("config('features.phonetic_matching_rate_limit')")
                 + tinker("class_exists('App\\\\Helpers\\\\LogSanitizer')"),
                 1407: tinker(COMPANIES),
                 1468: tinker(FLAG, COMPANIES)},
        taken=(505, 816, 832, 1096),
        refused={922: "it needs a token, which is no value for a record",
                 1144: "it needs a token, which is no value for a record"},
        failures={360: NO_MATCH, 666: NO_MATCH, 863: NO_MATCH,
                  420: "the check of the length was there already",
                  554: "MariaDB takes no row for a number; the index is used, as the plan shows",
                  948: "the plan says ref, which is as good as range",
                  1468: "there was nothing to commit: the example was not changed"},
        back="10"),
    "004": Plan(
        chosen=(84, "4.2"),
        watched={129: "5s"},
        back="4"),
    "004 all the way back": Plan(
        chosen=(84, "4.3"),
        values={"PREVIOUS_COMMIT": commit_before, "X": "1"},
        watched={129: "5s"},
        answers={196: []},
        taken=(208,),
        back="4"),
}

# Our own of the same shapes, which are there in any clone.
OWN = {
    "release": Plan(
        answers={17: PASSWORD},
        taken=(21,),
        values={"YYYYMMDD_HHMMSS": lambda: code_backup("keep_code_")},
        back="3"),
    "stages": Plan(
        answers={45: [("Enter password: ", "askproai_sample_pass_2024")]},
        values={"commit-before": commit_before},
        back="4"),
    "stages in staging": Plan(
        environment="staging",
        answers={33: tinker("app(App\\Services\\CalcomService::class)"
                            "->getCircuitBreakerStatus()")}),
    "activation": Plan(
        settings=("HEALTH_WORD=healthy",),
        failures={76: NO_MATCH},
        back="5"),
    "matching": Plan(
        commits=0,
        values={"ssh staging.example.org": "server", "COMMIT_BEFORE": "HEAD"},
        answers={66: [], 98: tinker(FLAG)},
        taken=(66, 124),
        refused={114: "it needs a token, which is no value for a record"},
        back="6"),
    "template": Plan(
        chosen=(29, "4.1"),
        back="4"),
    "template all the way back": Plan(
        chosen=(29, "4.2"),
        values={"PREVIOUS_COMMIT": commit_before},
        back="4"),
}
