/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runbooks of any size: ordinary ones to measure with, and shapes that readers choke on. */

#include "cs-test-documents.h"

#include <string.h>
#include <time.h>

typedef struct
{
  const char *name;
  const char *head;
  const char *part; /* repeated; "@" is the number of the repetition, "@@" is "@" */
  const char *tail;
} Document;

static const Document ORDINARY[] = {
  /* As teams write them: of a hundred lines some fifty in fenced blocks, a quarter of these
   * comments, a few of which are conditions; fifteen blank, six headings, the rest lists, labels,
   * check items, prose and a table. */
  { "runbook", "# Harvest\n\n**Version**: 4.2\n**Environment**: Production\n\n",
    "## @. Move the harvest service to the new cluster\n\n"
    "**Goal**: part @ of the service runs on the new nodes before the morning\n"
    "**Duration**: 25 minutes\n**Risk**: 🟡 Medium Risk\n\n"
    "### Step @.1: Look before anything is touched\n\n"
    "Nobody else may deploy while this goes on; tell the channel first.\n\n"
    "```bash\n# Log in on the gateway\nssh deploy@@gateway-@.example.net\n\n"
    "cd /srv/harvest\ngit status\ngit log --oneline -5\n\n"
    "# Expected: \"On branch main\", nothing to commit\n# If there are local changes:\n"
    "git stash push -m \"before part @\"\n\n"
    "# Keep the number of the release that runs now\nreadlink current\ncat current/VERSION\n"
    "```\n\n"
    "**Expected Output**:\n```\n/srv/harvest/releases/@\nrelease @\n```\n\n"
    "- [ ] The branch is clean\n- [ ] The backup of last night is younger than 24 hours\n"
    "- Disk usage: below 80% on every node\n- [ ] The night shift knows\n"
    "- Load: <4 on the database\n- Queue: empty, or shorter than 50 jobs\n"
    "- Certificates: valid for 30 days more\n\n"
    "### Step @.2: Back up the orders\n\n"
    "```bash\n# Create the dump, compressed, with the date in its name\n"
    "mkdir -p /var/backups/harvest\n"
    "mysqldump --single-transaction -u harvest -p orders > "
    "/var/backups/harvest/orders_YYYYMMDD_HHMMSS.sql\n"
    "gzip -9 /var/backups/harvest/orders_YYYYMMDD_HHMMSS.sql\n\n"
    "# Verify that it can be read\n"
    "gunzip -t /var/backups/harvest/orders_YYYYMMDD_HHMMSS.sql.gz\n"
    "ls -lh /var/backups/harvest | tail -3\n# Should show a file > 1MB\n\n"
    "# Copy it away\nrsync -av /var/backups/harvest/ backup@@vault.example.net:/harvest/\n"
    "```\n\n"
    "⚠️ **Do not proceed without the dump.**\n\n"
    "### Step @.3: Switch the release\n\n"
    "```bash\ncd /srv/harvest\ngit fetch --tags\ngit checkout <RELEASE_TAG>\n\n"
    "# Dependencies, without those for development\n"
    "composer install --no-dev --optimize-autoloader\nnpm ci && npm run build\n\n"
    "# Database\nphp artisan migrate --pretend\nphp artisan migrate --force\n"
    "# Expected: \"Nothing to migrate\" or 2 migrations\n\n"
    "# Settings\nsed -i 's/^WORKERS=.*/WORKERS=@/' .env\n"
    "export HARVEST_API_KEY=hk_live_@_0123456789\nphp artisan config:cache\n"
    "php artisan route:cache\n\n"
    "# Restart what serves\nsudo systemctl reload php8.2-fpm\n"
    "sudo systemctl restart harvest-worker\nsudo systemctl status harvest-worker --no-pager\n"
    "# Expected: active (running)\n```\n\n"
    "#### What changes\n\n"
    "- Workers of part @ take their jobs from the new queue\n"
    "- The old queue is drained within 10 minutes\n- Customers see nothing of it\n\n"
    "### Step @.4: Watch it\n\n"
    "```bash\n# In a second terminal\ntail -f /var/log/harvest/worker-@.log\n\n"
    "# Queue length, should stay below 100\nredis-cli -h queue.example.net LLEN harvest:@\n\n"
    "# Answers of the service\nfor node in node-1 node-2; do\n"
    "  curl -fsS -H \"Accept: application/json\" \"https://$node.example.net/health\" | jq "
    ".status\n"
    "done\n\n"
    "# If errors show up:\nsudo systemctl stop harvest-worker\n```\n\n"
    "| Metric | Normal | Alert |\n|--------|--------|-------|\n"
    "| Error rate | < 0.5% | > 2% for 5 minutes |\n| p95 latency | < 250ms | > 800ms |\n\n"
    "**Success**: no error in the log for ten minutes, and the "
    "[dashboard](https://example.org/d/@) is green.\n"
    "\n#### Count the jobs\n\n"
    "```sql\nSELECT status, COUNT(*) FROM jobs WHERE part = @ GROUP BY status;\n```\n\n"
    "### If part @ fails\n\n"
    "The old release stays where it is for a week.\n\n"
    "1. Stop the workers\n2. Put the old link back\n3. Call the night shift\n"
    "4. Write down what was seen\n\n",
    "## Rollback\n\n```bash\nln -sfn releases/0 current\n```\n\n"
    "## Sign-off\n\n- Tech Lead: ________ Date: ________\n" },
  { "mixed", "# Orchard\n\n## Deployment Steps\n\n",
    "### Step @: Switch the release (5 minutes)\n\n"
    "Put the new release behind the link, then look at the [dashboard](https://example.org/@).\n"
    "It **must** stay green; the error rate stays below 1% for ten minutes.\n\n"
    "```bash\n# Switch\ncd /srv/orchard\nln -sfn releases/@ current\n"
    "sudo systemctl reload orchard\n# Expected: active (running)\n"
    "systemctl status orchard --no-pager | head -3\n```\n\n"
    "**Expected Output**:\n```\nactive (running)\n```\n\n"
    "- [ ] The page loads\n- [ ] No errors in the log\n- Response time <500ms\n\n"
    "| Metric | Normal | Alert |\n|---|---|---|\n| Error rate | < 1% | > 5% |\n\n",
    "## Rollback\n\n```bash\nln -sfn releases/0 current\n```\n" },
  { "checklists", "# Handover\n\n## Pre-Deployment Checklist\n\n",
    "### @. Before the window\n\n"
    "- [ ] The change @ is approved by the owner of the service\n"
    "- [ ] Backups of **orders** are younger than 24 hours\n"
    "  - [ ] and were restored once this month (see `backup-@.log`)\n"
    "- [x] The team channel knows\n"
    "- [ ] Error rate below 0.5% for 10 minutes\n"
    "1. [ ] Call the night shift: +49 30 1234567\n\n",
    "## Sign-off\n\nApproved By: ________ Date: ________\n" },
  { "tables", "# Figures\n\n## Monitoring\n\n",
    "### Dashboard @\n\n"
    "| Metric | Normal | Warning | Critical | Owner |\n"
    "|--------|--------|---------|----------|-------|\n"
    "| Error rate | < 0.5% | > 1% | > 5% for 5 minutes | Platform |\n"
    "| p95 latency | < 200ms | > 400ms | > 1s | Platform |\n"
    "| Queue @ | < 100 | > 1000 | > 10000 (3 consecutive) | Billing |\n"
    "| Disk | < 70% | > 80% | > 95% | Ops |\n\n",
    "## Rollback\n\nRoll back if error rate > 5%.\n" },
  { "commands", "# Commands\n\n## Deployment\n\n",
    "### Step @: Move part @\n\n"
    "```bash\nset -euo pipefail\ncd /srv/orchard/releases/@\n"
    "for host in web-1 web-2; do\n  ssh deploy@$host 'sudo systemctl stop orchard'\ndone\n"
    "mysqldump --single-transaction -u app orders > \"/backup/orders-$(date +%F).sql\"\n"
    "curl -fsS -H \"Accept: application/json\" https://orchard.example.org/health | jq '.status'\n"
    "git checkout <RELEASE_TAG> && make install PREFIX=/srv/orchard/releases/@\n"
    "cat <<EOF > /etc/orchard/part-@.conf\nworkers = 4\nname = \"part @\"\nEOF\n"
    "tail -f /var/log/orchard/part-@.log\n```\n\n",
    "## Rollback\n\n```bash\ngit checkout HEAD~1\n```\n" },
};

static const Document SHAPES[] = {
  { "quotes in quotes, one line", "", ">", "\n" },
  { "lists in lists, one line", "", "- ", "x\n" },
  { "quotes and lists, many lines", "", "> - > 1. > - > * a\n", "" },
  { "fences never closed", "# T\n\n", "```bash\nls @\n\n**Then** go on\n\n", "" },
  { "a fence in each quote", "# T\n\n", "> ~~~sh\n> ls\n\n- ```\n  x\n\n", "" },
  { "many short fences", "# T\n\n", "```\n```\n", "" },
  { "one line of words", "# T\n\n", "word <500ms for 5 minutes, ", "\n" },
  { "one line of letters", "# T\n\n- [ ] ", "a", "\n" },
  { "one heading of 1 MB", "# ", "Phase 1: ", "\n" },
  { "many headings", "# T\n\n", "## Phase @: x\n### Step @.1: y (5 minutes)\n", "" },
  { "phases up and down", "# T\n\n", "### Rollback\nx\n## Deploy\n", "" },
  { "bold steps", "# T\n\n## Deploy\n\n", "**Step @: x**\n\nls\n\n", "" },
  { "many rows", "# T\n\n| A | Alert | B |\n|---|---|---|\n", "| x @ | > 5% | y |\n", "" },
  { "many columns", "# T\n\n", "|a", "\n" },
  { "tables of one row", "# T\n\n", "|a|b|\n|-|-|\n|c|d|\n\n", "" },
  { "brackets", "# T\n\n", "[", "\n" },
  { "emphasis", "# T\n\n", "*a_ **b", "\n" },
  { "backticks", "# T\n\n", "`a``b```c````d", "\n" },
  { "boxes in one line", "# T\n\n", "[ ] ", "\n" },
  { "blanks in one line", "# T\n\n", "Approved by: ____ ", "\n" },
  { "many blanks", "# T\n\n## Sign-off\n\n", "Approved by: ____ Date: ____\n", "" },
  { "quotes in a command", "# T\n\n```bash\n", "'\"", "\n```\n" },
  { "here-documents", "# T\n\n```bash\n", "cat <<EOF\n", "```\n" },
  { "here-documents in one line", "# T\n\n```bash\ncat", " <<E@", "\n```\n" },
  { "here-documents with names", "# T\n\n```bash\n", "cat <<E@ <<'F@'\nx\n", "```\n" },
  { "placeholders", "# T\n\n```bash\n", "run --a=<VALUE_@> YOUR_TOKEN [DATE] step=X\n", "```\n" },
  { "placeholders in one line", "# T\n\n```bash\nrun", " <VALUE_@>", "\n```\n" },
  { "open angle brackets", "# T\n\n```bash\nrun", " <A", "\n```\n" },
  { "substitutions in substitutions", "# T\n\n```bash\necho ", "$(", "\n```\n" },
  { "backslashes", "# T\n\n```bash\necho ", "\\", "\n```\n" },
  { "a command of continued lines", "# T\n\n```bash\nrun", " \\\n  --x=@", "\n```\n" },
  { "pipes and semicolons", "# T\n\n```bash\n", "a|b;c&&d||", "\n```\n" },
  { "loops in loops", "# T\n\n```bash\n", "while true; do if x; then\n", "```\n" },
  { "case in case", "# T\n\n```bash\n", "case a in a) x ;;\n", "```\n" },
  { "functions", "# T\n\n```bash\n", "f@ () {\n", "```\n" },
  { "remote hops", "# T\n\n```bash\n", "ssh deploy@host-@\nls\n", "```\n" },
  { "secrets", "# T\n\n```bash\n", "mysql -pGeheim@ --password=x@ A_KEY=y@ u:p@h ", "\n```\n" },
  { "comments", "# T\n\n```bash\n", "# Expected: ok\n# If it fails:\n", "```\n" },
  { "expected outputs", "# T\n\n", "```bash\nls\n```\nExpected Output:\n```\nx ...\n```\n", "" },
  { "console", "# T\n\n```console\n", "$ ls\n# id\n>>> x\nout\n", "```\n" },
  { "no language", "# T\n\n", "```\nls -l\n✅ fine\nkey: value\n```\n", "" },
  { "numbers", "# T\n\n", "> 5% < 10ms 1-2 hours 3 consecutive 50 ", "\n" },
  { "numbers in list items", "# T\n\n## Monitoring\n\n", "- Error rate > 5% for 10 minutes\n", "" },
  { "comments of HTML", "# T\n\n", "<!--\n", "" },
  { "front matter", "---\n", "key@: value\n", "" },
  { "links never closed", "# T\n\n", "[a](<b", "\n" },
  { "empty lines", "# T\n", "\r", "" },
  { "mixed ends of lines", "\xef\xbb\xbf# T\r\n", "- [ ] a\r\n- [ ] b\n- [ ] c\r", "" },
  { "read as Windows-1252", "# T\n\n",
    "- \xc3\xa2\xc5\x93\xe2\x80\xa6 f\xc3\xbcr \xc3\xa2\xe2\x80\xa0\xe2\x80\x99\n", "" },
  { "read as Mac Roman", "# T\n\n", "- \xe2\x80\x9a\xc3\xba\xc3\x96 Fertig\n", "" },
  { "Latin-1", "# \xdc\n\n", "- \xfc" "ber \xe4 @\n", "" },
  { "one line of damage", "# T\n\n", "\xc3\xa2\xc5\x93\xe2\x80\xa6", "\n" },
  { "indented code", "# T\n\n", "    ls @\n\ntext\n\n", "" },
  { "indented, one block", "# T\n\n", "    ls @\n", "" },
  { "steep lists", "# T\n\n",
    "- a\n  - b\n    - c\n      - [ ] d\n        ```sh\n        ls\n        ```\n", "" },
  { "contacts", "# T\n\n## Contacts\n\n", "- On call: a.b@@example.org, +49 30 123\n", "" },
  { "dates", "# T\n\n```bash\n", "cp YYYYMMDD_HHMMSS XXXX <ABC> {{ v }} CALL_ID_HERE\n", "```\n" },
  { "one long word in code", "# T\n\n```bash\n", "X", "\n```\n" },
  { "rules under text", "# T\n\n", "**a:** b\n---\n", "" },
  { "hops with their commands", "# T\n\n```bash\n",
    "ssh deploy@@host-@ 'systemctl restart a-@'\n", "```\n" },
  { "hops that are left again", "# T\n\n```bash\n", "ssh web-@\nls\nexit\n", "```\n" },
  { "hops in hops", "# T\n\n```bash\n", "ssh web-@ \"sudo bash -c 'ls @'\"\n", "```\n" },
  { "hops that read", "# T\n\n```bash\n", "ssh web-@ <<'E'\nls @\nE\n", "```\n" },
  { "conditions", "# T\n\n```bash\n", "# If step @ fails:\nrun @\n\n", "```\n" },
  { "alternatives without blanks", "# T\n\n```bash\n", "run a @\n# OR\nrun b @\n", "```\n" },
  { "programs that read", "# T\n\n```bash\n", "mysql -u a@\nSELECT @;\nls\n", "```\n" },
  { "programs that are left", "# T\n\n```bash\n", "mysql -u a@\nSELECT @;\nexit\n", "```\n" },
  { "conditions behind commands", "# T\n\n```bash\n", "kill -9 @ # if it still runs\n", "```\n" },
  { "one condition", "# T\n\n```bash\n# If it fails:\n", "run <VALUE_@>\n", "```\n" },
  { "one alternative", "# T\n\n```bash\nls\n\n# OR\n", "run <VALUE_@>\n", "```\n" },
  { "alternatives in a block", "# T\n\n```bash\n", "run a @\n\n# OR\nrun b @\n\n", "```\n" },
  { "options in a block", "# T\n\n```bash\n",
    "# Option A: x\nls @\n# Option B: y\nls -l @\n", "```\n" },
  { "options of many blocks", "# T\n\n## Deploy\n\n",
    "### Option A@: x\n\n```bash\nls @\n```\n\n", "" },
  { "options in one step", "# T\n\n## Deploy\n\n",
    "**Option @: x**\n\n```bash\nls @\n```\n\n", "" },
  { "blocks with conditions", "# T\n\n",
    "```bash\n# If it fails:\nls @\n\n# Then\nls\n```\n\n", "" },
  { "environments", "# T\n\n",
    "## Production\n\n```bash\nls @\n```\n\n## Staging\n\n```bash\nls\n```\n\n", "" },
  { "the same values", "# T\n\n", "```bash\nrun <HOST> YYYYMMDD_HHMMSS\n```\n\n", "" },
  { "variables of values", "# T\n\n", "```bash\nexport V@=<VALUE_@>\necho $V@\n```\n\n", "" },
  { "variables of blocks", "# T\n\n", "```bash\nV@=@\n```\n\n```bash\necho $V@\n```\n\n", "" },
  { "variables in one block", "# T\n\n```bash\n", "A@=$B@\necho \"${A@}\"\n", "```\n" },
  { "calls of functions", "# T\n\n```bash\n", "f@ () { g@; }\nf@\n", "```\n" },
  { "settings and conditions", "# T\n\n```bash\n",
    "set -e\nf@ () { ls; }\n# If it fails:\nls\n\n", "```\n" },
  { "loops", "# T\n\n```bash\n",
    "while true; do ls @; done\nfor i in a b; do c $i; done\n", "```\n" },
  { "programs of programs", "# T\n\n```bash\n",
    "sudo env A=@ nice timeout 5 xargs -n1 sh -c 'echo @'\n", "```\n" },
  { "acts", "# T\n\n```bash\n", "rm -rf /srv/@\ngit reset --hard\ntail -f /var/log/@\n", "```\n" },
  { "secrets on many lines", "# T\n\n```bash\n", "export API_KEY_@=abcdef@\n", "```\n" },
  { "expectations", "# T\n\n```bash\n", "ls @\n# Expected: ok @\n", "```\n" },
  { "one expected output", "# T\n\n```bash\nls\n```\n\nExpected:\n```\n", "line @ ...\n", "```\n" },
  { "expected lists", "# T\n\n",
    "```bash\nls\n```\n\n**Expected**:\n- line @\n- below 5%\n\n", "" },
  { "one expected list", "# T\n\n```bash\nls\n```\n\n**Expected**:\n", "- line @ is there\n", "" },
  { "commands and one expectation", "# T\n\n",
    "```bash\nls @\n```\n\n", "Expected:\n```\nx\n```\n" },
  { "fences with attributes", "# T\n\n", "```bash {name=a@ target=web}\nls\n```\n\n", "" },
  { "fences closed wrongly", "# T\n\n", "```bash\nls @\n```text\nout\n", "" },
  { "fences in list items", "# T\n\n", "1. Run:\n\n   ```bash\n   ls @\n   ```\n\n", "" },
  { "fences in one item", "# T\n\n1. Run:\n\n", "   ```bash\n   ls @\n   ```\n\n", "" },
  { "fences in other languages", "# T\n\n",
    "```powershell\nGet-Item @\n```\n```sql\nSELECT @;\n```\n", "" },
  { "a file", "# T\n\n```yaml\n", "key@: <VALUE_@>\n", "```\n" },
  { "settings", "# T\n\n```env\n", "KEY_@=value\n", "```\n" },
  { "output", "# T\n\n```\n", "line @ of a log: fine\n", "```\n" },
  { "inline code", "# T\n\n", "Run `ls @` and `cat x`.\n", "" },
  { "sign-off items", "# T\n\n## Sign-off\n\n", "- Tech Lead @: ____ Date: ____\n", "" },
  { "sign-off rows", "# T\n\n## Sign-off\n\n| Role | Name | Signature |\n|---|---|---|\n",
    "| Lead @ | | |\n", "" },
  { "sign-off chapters", "# T\n\n",
    "## Deployment @ approved by\n\nName: ____\nDate: ____\n\n", "" },
  { "sign-offs in fences", "# T\n\n",
    "```\nApproved by: ____\nDate: ____ Time: ____\n```\n\n", "" },
  { "sign-offs in one fence", "# T\n\n```\n",
    "Approved by: ____\nDate: ____\n[ ] GO [ ] NO-GO\n", "```\n" },
  { "blanks between sign-offs", "# T\n\n## Sign-off\n\n", "Name: ____\n\n", "Signature: ____\n" },
  { "titles of sign-offs", "# T\n\n## Sign-off\n\n", "**Tech Lead @**\n\nName: ____\n\n", "" },
  { "titles without sign-offs", "# T\n\n## Sign-off\n\n", "Tech Lead @\n\n", "" },
  { "choices", "# T\n\n", "☐ Yes ☐ No: [ ] GO [ ] NO-GO @\n\n", "" },
  { "checks in a table", "# T\n\n| Done | What | Who |\n|---|---|---|\n",
    "| [ ] | x @ | ☐ |\n", "" },
  { "steps in a table", "# T\n\n## Deploy\n\n| Step | Command |\n|---|---|\n",
    "| @ | `ls @` |\n", "" },
  { "many steps", "# T\n\n## Deploy\n\n", "### Step @: x\n\n```bash\nls\n```\n- [ ] y\n\n", "" },
  { "many phases", "# T\n\n", "## Phase @: x (5 minutes)\n\n**Risk**: High\n\nx\n\n", "" },
  { "headings of six levels", "", "# A\n## B @\n### C\n#### D\n##### E\n###### F\n", "" },
  { "headings down once", "# T\n\n## A\n\n### B\n\n#### C\n\n", "##### D @\n\nx\n\n", "" },
  { "headings underlined", "", "Title @\n===\n\nPart @\n---\n\n", "" },
  { "bold labels", "# T\n\n", "**Label @**: value\n\n", "" },
  { "metadata", "# T\n\n", "**Version @**: @\n", "" },
  { "ways back", "# T\n\n## Rollback\n\n", "### If @ fails\n\n```bash\nls\n```\n\n", "" },
  { "timeline rows", "# T\n\n## Timeline\n\n| Time | Phase | Duration |\n|---|---|---|\n",
    "| T+@ | Phase @ | 5 min |\n", "" },
  { "timeline items", "# T\n\n## Timeline\n\n", "- Phase @: 5 minutes\n", "" },
  { "risks", "# T\n\n| Phase | Risk |\n|---|---|\n", "| Phase @ | High |\n", "" },
  { "contact rows", "# T\n\n## Contacts\n\n| Role | Name | Phone |\n|---|---|---|\n",
    "| Lead @ | A. B. | +49 30 @ |\n", "" },
  { "thresholds in prose", "# T\n\n## Monitoring\n\n",
    "Roll back if error rate @ is above 5% for 10 minutes.\n\n", "" },
  { "triggers", "# T\n\n## Rollback triggers\n\n", "- Error rate above @%\n- Data loss @\n", "" },
  { "blockers", "# T\n\n", "**Blocker**: x @ must be there\n\n**STOP**: do not go on\n\n", "" },
  { "decisions", "# T\n\n", "## Go/No-Go decision @\n\n- [ ] Go if x\n\nDecision: ____\n\n", "" },
  { "windows", "# T\n\n", "**Deployment window**: Monday 10:00-12:00 CET\n\n", "" },
  { "follow-ups", "# T\n\n## Follow-up\n\n", "- [ ] within @ days: x\n", "" },
  { "flags", "# T\n\n## Feature flags\n\n", "- `flag_@`: on\n- FEATURE_@=true\n", "" },
  { "stages", "# T\n\n## Rollout\n\n", "### Week @: 5% of companies\n\n- 10 companies\n\n", "" },
  { "stages in rows", "# T\n\n## Rollout\n\n| Stage | Share | When |\n|---|---|---|\n",
    "| @ | 5% | Week @ |\n", "" },
  { "definitions of links", "# T\n\n", "[a@]: https://example.org/@\n", "" },
  { "links by name", "# T\n\n", "[a@]: https://example.org/@\n\nSee [a@] and [b@].\n\n", "" },
  { "footnotes", "# T\n\n", "x[^@]\n\n[^@]: y\n\n", "" },
  { "closed comments of HTML", "# T\n\n", "<!-- @ -->\n\ntext\n\n", "" },
  { "HTML", "# T\n\n", "<details>\n<summary>x @</summary>\n\ntext\n\n", "" },
  { "one comment of HTML", "# T\n\n<!--\n", "## Phase @\n\n```bash\nls\n```\n", "-->\n" },
  { "steep quotes", "# T\n\n", "> a\n>> b\n>>> c @\n\n", "" },
  { "one quote", "# T\n\n", "> line @\n", "" },
  { "one paragraph", "# T\n\n", "Line @ that goes on for 5 minutes\n", "" },
  { "one paragraph of labels", "# T\n\n## Deploy\n\n", "**Label @:** x\n", "" },
  { "one list", "# T\n\n", "- item @\n", "" },
  { "one loose list", "# T\n\n", "- item @\n\n  more\n\n", "" },
  { "lists and labels", "# T\n\n", "Label @:\n- item\n- item\n\n", "" },
  { "estimates", "# T\n\n", "- Duration: 5 minutes\n", "" },
  { "small tables", "# T\n\n## Monitoring\n\n",
    "### D @\n\n| Metric | Alert |\n|---|---|\n| Error rate | > 5% |\n\n", "" },
  { "images and links", "# T\n\n", "![a](b@) [c](https://d/@) <https://e.f/@> www.g.h\n", "" },
  { "letters of no ASCII", "# T\n\n", "é ü ß 你好 İ ﬀ @\n", "" },
  { "one line of no ASCII", "# T\n\n- [ ] ", "éß你", "\n" },
  { "emoji", "# T\n\n", "## ✅ Phase @ 🚀\n\n🟢 x ⚠️ y\n\n", "" },
  { "prompts of users", "# T\n\n```\n", "user@@host:~$ ls @\nout\n", "```\n" },
  { "JSON", "# T\n\n```json\n", "{ \"a@\": [", "\n```\n" },
  { "rulers", "# T\n\n", "---\n\n***\n\ntext @\n\n", "" },
  { "one row", "# T\n\n|a|b|\n|---|---|\n|", "x ", "|c|\n" },
  { "cells with lists", "# T\n\n| A | Threshold |\n|---|---|\n",
    "| a<br>b @ | > 5%<br>< 6ms |\n", "" },
  { "items in one line", "# T\n\n## Rollback triggers\n\n- ", "error rate > 5%, ", "\n" },
  { "one sentence", "# T\n\n## Rollback\n\n", "roll back if a or b and ", "\n" },
  { "words of one fence line", "# T\n\n```bash ", "{a=b} ", "\nls\n```\n" },
  { "foreign lines that go on", "# T\n\n```bash\n", "public a |\n", "```\n" },
  { "comments before commands", "# T\n\n```bash\n# a\n", "# a\nls\n", "```\n" },
  { "one row of numbers", "# T\n\n|a|b|\n|-|-|\n", "|1", "| [ ] |\n" },
  { "one row of boxes", "# T\n\n|a|b|\n|-|-|\n| Words", " that go on | [ ]", " |\n" },
  { "one word of settings", "# T\n\n```bash\nexport ", "A_KEY=y", "\n```\n" },
  { "one word of values", "# T\n\n```bash\nrun --a", "=X-", "\n```\n" },
  { "one word of dates", "# T\n\n```bash\nrun ", "YYYYMMDD.", "\n```\n" },
  { "statements in one command", "# T\n\n```bash\nmysql -e '", "DROP TABLE a@; ", "'\n```\n" },
  { "acts in one line", "# T\n\n```bash\n", "rm -rf /srv/@; ", "\n```\n" },
  { "one flag", "# T\n\n", "FEATURE_", "=1\n" },
  { "gates below decisions", "# T\n\n",
    "**Go/No-Go Decision:**\n\nDo not proceed if @ fails.\n\n", "" },
  { "fields of one sign-off", "# T\n\n## Sign-off\n\nApproved by: ____\n", "Date @: ____\n", "" },
  { "ways back of one kind", "# T\n\n## Rollback\n\n", "### Quick rollback @\n\nx\n\n", "" },
  { "contacts under a label", "# T\n\n## Contacts\n\n**Level @**\n\n", "- On call @\n", "" },
  { "an opener before many", "# T\n\n```bash\nls\nssh web-1\n",
    "mysql -p\nexit\n# If x\n\n", "```\n" },
  { "front matter that ends", "---\n", "key@: value\n", "---\n\n# T\n" },
  { "parts with settings", "# T\n\n```bash\n",
    "set -e\n", "# If it fails:\nls\n\n# Then\nls\n```\n" },
};

static void
append_part (GString *text, const char *part, guint number)
{
  for (const char *p = part; *p != '\0'; p++)
    {
      if (*p != '@')
        g_string_append_c (text, *p);
      else if (p[1] == '@')
        {
          g_string_append_c (text, '@');
          p++;
        }
      else
        g_string_append_printf (text, "%u", number);
    }
}

static GBytes *
make (const Document *document, gsize size)
{
  GString *text = g_string_sized_new (size + 4096);

  g_string_append (text, document->head);
  for (guint i = 1; text->len + strlen (document->tail) < size; i++)
    append_part (text, document->part, i);
  g_string_append (text, document->tail);
  return g_string_free_to_bytes (text);
}

guint
cs_test_documents_get_n_ordinary (void)
{
  return G_N_ELEMENTS (ORDINARY);
}

const char *
cs_test_documents_get_ordinary_name (guint index)
{
  return ORDINARY[index].name;
}

GBytes *
cs_test_documents_make_ordinary (guint index, gsize size)
{
  return make (&ORDINARY[index], size);
}

guint
cs_test_documents_get_n_shapes (void)
{
  return G_N_ELEMENTS (SHAPES);
}

const char *
cs_test_documents_get_shape_name (guint index)
{
  return SHAPES[index].name;
}

GBytes *
cs_test_documents_make_shape (guint index, gsize size)
{
  return make (&SHAPES[index], size);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GBytes *
cs_test_documents_join_folder (const char *folder, gsize size)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  const char *name;
  gsize round = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".md") && strcmp (name, "README.md") != 0)
        g_ptr_array_add (names, g_build_filename (folder, name, NULL));
    }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *contents = NULL;
      gsize length;

      if (!g_file_get_contents (g_ptr_array_index (names, i), &contents, &length, NULL))
        continue;
      g_byte_array_append (all, (const guint8 *) contents, (guint) length);
      g_byte_array_append (all, (const guint8 *) "\n", 1);
    }
  round = all->len;
  if (round == 0)
    return NULL;
  while (all->len < size)
    {
      g_autofree guint8 *copy = g_memdup2 (all->data, round);

      g_byte_array_append (all, copy, (guint) round);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

double
cs_test_documents_get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}
