# SPDX-License-Identifier: GPL-3.0-or-later
"""The service of the sample on a port of its own, which can be told to fail; and a runbook that
brings it to its next version and back, and says when something is wrong."""

import http.client
import json
import os
import subprocess

import harness

RUNBOOK = """# Greeting 1.1

## Deployment

### Step 1: Switch to the New Release

```bash
cd "DIR" || exit 1
tar -xzf incoming/greeting-1.1.0.tar.gz -C releases
ln -sfn releases/1.1.0 current
bin/demo-ctl restart
```

**Estimated Time**: 1 minute

## Verification

### Step 1: Look Around

- [ ] The greeting looks the same as before

**Estimated Time**: 5 minutes

## Monitoring

### Automatic Rollback Triggers

- Health check failures (3 consecutive)
- Error rate >10% for 5 minutes
- Response time >2s for 5 minutes

### Escalation Contacts

#### Level 1 - Operations (0-15 min)

- Primary: Olga, +49 30 1234
- Backup: the channel of operations

#### Level 2 - Tech lead (15-30 min)

- Name: Ada, +49 30 5678

## Quick Rollback

**Time to Rollback**: ~1 minute

### Step 1: Switch Back

```bash
cd "DIR" || exit 1
ln -sfn releases/1.0.0 current
bin/demo-ctl restart
```

**Expected Output**:
```
greeting: stopped
greeting 1.0.0: running on port PORT
```

### Step 2: Look at It

- [ ] The old version answers
"""


class Greeting:
    def __init__(self, world):
        self.world = world
        self.port = harness.free_port()
        self.directory = world.path("greeting")
        self.url = f"http://127.0.0.1:{self.port}/api/health"
        subprocess.run(
            [os.path.join(world.env["COUNTERSIGN_DATA"], "samples", "prepare-sample.sh"),
             self.directory], env={**world.env, "GREETING_PORT": str(self.port)}, check=True,
            stdin=subprocess.DEVNULL, capture_output=True)

    def runbook(self):
        """The path of the runbook."""
        path = self.world.path("home", "greeting.md")
        with open(path, "w", encoding="utf-8") as f:
            f.write(RUNBOOK.replace("DIR", self.directory).replace("PORT", str(self.port)))
        return path

    def _ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def fail(self, **faults):
        """error_rate: 0 to 1; latency_ms."""
        self._ask("PUT", "/admin/faults", json.dumps(faults))

    def heal(self):
        self._ask("DELETE", "/admin/faults")

    def version(self):
        """The release that is served."""
        return os.path.basename(os.readlink(os.path.join(self.directory, "current")))

    def is_well(self):
        return json.loads(self._ask("GET", "/api/health")).get("status") == "ok"

    def count(self):
        """Requests that were answered since the service was started."""
        lines = self._ask("GET", "/metrics").splitlines()
        return sum(int(float(line.split()[-1])) for line in lines
                   if line.startswith("http_requests_total"))

    def stop(self):
        subprocess.run([os.path.join(self.directory, "bin", "demo-ctl"), "stop"],
                       env=self.world.env, check=False, stdin=subprocess.DEVNULL,
                       capture_output=True)
