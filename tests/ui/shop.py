# SPDX-License-Identifier: GPL-3.0-or-later
"""An application on this computer whose file of settings says which companies have a feature."""

import json
import os
import subprocess

KEY = "phonetic-matching"
ENABLED = "FEATURE_PHONETIC_MATCHING_ENABLED"
LISTED = "FEATURE_PHONETIC_MATCHING_TEST_COMPANIES"
COMPANIES = "id,name,size\n7,Salon Nord,70\n15,Salon Müller,128\n42,Friseur Schmidt,90\n" \
    "103,Haar & Schnitt,44\n"


class Shop:
    """Its settings, its companies, and the command line beside the window."""

    def __init__(self, world):
        self.world = world
        self.settings = world.path("home", "shop", ".env")
        os.makedirs(os.path.dirname(self.settings))
        self.write(".env", f"{ENABLED}=false\n{LISTED}=\n")
        self.import_companies(COMPANIES)
        self.ctl("target", "add", "shop", "--local", "--environment", "production")

    def write(self, name, text):
        path = os.path.join(os.path.dirname(self.settings), name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def ctl(self, *words, actor=None):
        env = dict(self.world.env)
        if actor is not None:
            env["COUNTERSIGN_ACTOR"] = actor
        return subprocess.run([os.path.join(self.world.build, "src/ctl/countersignctl"), *words],
                              env=env, stdin=subprocess.DEVNULL, check=True, capture_output=True,
                              text=True).stdout

    def json(self, *words):
        return json.loads(self.ctl(*words, "--json"))

    def import_companies(self, text):
        self.ctl("company", "import", self.write("companies.csv", text))

    def add_flag(self, *stages):
        self.ctl("flag", "add", KEY, "--provider", "dotenv", "--target", "shop", "--path",
                 self.settings, "--companies", LISTED, "--everyone", ENABLED, "--setting",
                 "FEATURE_PHONETIC_MATCHING_THRESHOLD=0.65",
                 *[word for stage in stages for word in ("--stage", stage)])

    def flag(self):
        return self.json("flag", "show", KEY)

    def flag_of(self, company):
        return self.json("company", "show", company, "--history")["flags"][0]
