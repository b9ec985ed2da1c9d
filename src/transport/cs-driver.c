/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell programs that a session sends to a target. */

/* A channel is one `/bin/sh` on the target, which runs the bootstrap: a pipeline of three that is
 * made ahead of time, so that what a step pays for is its request alone and no new process.
 *
 *   requests | runner | relay
 *
 * The first prints a ready line and its environment (NUL-separated, ended by an empty entry), and
 * then waits for one request on its standard input. A request is a program that begins with
 * `#NONCE ` and ends with ` #NONCE`; without that end nothing of it is run, so a connection that
 * breaks while sending does no harm. The answer is one line: `started`, `conflict`, `missing`,
 * `absent`, `following NONCE`, `gone`, `ok`, or `refused REASON`.
 *
 * The second holds the shell of the script, already started in a process group of its own, which
 * waits to be told the path of its files. The third, told the same, becomes the `tee` that empties
 * the script's pipe into the channel and into the spool; it ignores SIGPIPE, so a lost connection
 * does not touch the script.
 *
 * After `started` or `following` come the output of the script, raw, and a marker that holds the
 * nonce, followed by one line: `STATUS ENDING REPORTED [short]`, or `gone`. Standard error carries
 * what the script's shell reported at its end, between two markers: exit status and NUL, working
 * directory, newline and NUL, and what `export -p` prints.
 *
 * Who creates `ID.claim` (O_EXCL, by noclobber) decides about an id for ever: `run …` or `void`. So
 * a run starts once at most, and once a recovery was told `absent`, a request that is still on its
 * way finds the id taken. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-driver.h"

#include "cs-run-private.h"
#include "cs-shell-start.h"

#include <string.h>

/* Bytes of output in the spool: the limit and some room for the trailer, in blocks of 512. */
#define SPOOL_BLOCKS (CS_RUN_OUTPUT_LIMIT / 512 + 128)

#define MARKER_BEGIN "\036countersign:"
#define MARKER_END ":"

/* The runner is told three lines: the path of the files, "MARKER REPORT-MARKER SHELL", the path
 * again; its shell reads the first. What a shell may say while it starts is not output: the relay
 * begins at the line with `@`. The constant is SPOOL_BLOCKS. */
static const char bootstrap[] =
  "exec 3>&1; b=bash; command -v $b >/dev/null 2>&1 || b=sh; "
  "command -v setsid >/dev/null 2>&1 || setsid () { \"$@\"; }; "
  "{ printf \"countersign-ready 1\\n\" >&3; /usr/bin/env -0 >&3 2>/dev/null; printf \"\\000\" >&3; "
  "r=$(cat); case $r in \"${r%% *}\"*\" ${r%% *}\") eval \"$r\";; esac; } | "
  "{ setsid $b -c \"IFS= read -r d || exit; exec </dev/null; printf \\\"@ %s\\n\\\" \\\"\\$d\\\"; "
  ". \\\"\\$d.start\\\"\" $b 4>&2 2>&1 3>&-; "
  "s=$?; trap \"\" PIPE HUP; read -r m k t && IFS= read -r d || exit; "
  "e=-; [ ! -s \"$d.ending\" ] || read -r e <\"$d.ending\"; "
  "f=0; [ ! -s \"$d.state\" ] || f=1; "
  "case $f$t$b in 1bashbash | 0*) ;; "
  "*) { printf %s \"$k\"; cat \"$d.state\"; printf %s \"$k\"; } >&2;; esac; "
  "printf \"%s %s %s\\n\" $s $e $f >\"$d.end\"; printf \"%s%s %s %s\\n\" \"$m\" $s $e $f; } | "
  "( exec 3>&-; trap \"\" PIPE HUP INT TERM XFSZ; while IFS= read -r l; do case $l in \"@ \"*) "
  "umask 077; ulimit -f 2097280 2>/dev/null; tee \"${l#@ }.out\" 2>/dev/null || "
  "exec cat >/dev/null;; "
  "esac; done )";
G_STATIC_ASSERT (SPOOL_BLOCKS == 2097280);

/* Every request begins with this: where a run's files are, and ways to answer. */
static const char program_head[] =
  "[ -n \"$spool\" ] || spool=${XDG_STATE_HOME:-$HOME/.local/state}/countersign/runs\n"
  "d=$spool/$id\n"
  "umask 077\n"
  "answer () { trap '' PIPE; printf '%s\\n' \"$1\" >&3; trap - PIPE; }\n"
  "refuse () { answer \"refused $1\"; exit 1; }\n"
  "nap () { sleep 0.1 2>/dev/null || sleep 1; }\n"
  "open_spool () {\n"
  "  [ -d \"$spool\" ] || e=$(mkdir -p \"$spool\" 2>&1) || refuse \"$e\"\n"
  "}\n"
  /* 0: ours now; else it exists, or can't be made. `true`, for `:` would end the shell. */
  "claim () {\n"
  "  set -C\n"
  "  if { true >\"$d.claim\"; } 2>/dev/null; then set +C; return 0; fi\n"
  "  set +C\n"
  "  [ -e \"$d.claim\" ] || refuse \"$spool can't be written\"\n"
  "  return 1\n"
  "}\n"
  /* A process is named by its id, the boot, and when it started: no other is mistaken for it. */
  "identify () {\n"
  "  boot_now=-\n"
  "  { read -r boot_now </proc/sys/kernel/random/boot_id; } 2>/dev/null\n"
  "  since_now=-\n"
  "  if { read -r stat <\"/proc/$1/stat\"; } 2>/dev/null; then\n"
  "    set -- ${stat##*) }\n"
  "    since_now=${20}\n"
  "  fi\n"
  "}\n";

static const char program_run[] =
  "[ -z \"$cwd\" ] || cd -- \"$cwd\" 2>/dev/null || { answer missing; exit 1; }\n"
  "open_spool\n"
  "claim || { answer conflict; exit 1; }\n"
  "identify \"$$\"\n"
  "[ \"$shell\" = bash ] || { body=$start start='exec sh \"$d.body\" \"$d\"'; }\n"
  /* One write: a recovery that reads the claim sees all of it or nothing. */
  "who=\"$$ $boot_now $since_now $nonce_a $nonce_b\"\n"
  "{ printf 'run %s\\n' \"$who\" >\"$d.claim\" &&\n"
  "  printf '%s' \"$script\" >\"$d.script\" && printf '%s' \"$start\" >\"$d.start\" &&\n"
  "  { [ -z \"$body\" ] || printf '%s' \"$body\" >\"$d.body\"; } &&\n"
  "  true >\"$d.state\" && true >\"$d.pid\"; } 2>/dev/null ||\n"
  "  { rm -f \"$d\".*; refuse \"$spool can't be written: is the disk full?\"; }\n"
  "answer started\n"
  "m=$mark_a$nonce_a$nonce_b$mark_b\n"
  "printf '%s\\n%s %s %s\\n%s\\n' \"$d\" \"$m\" \"$report_mark\" \"$shell\" \"$d\"\n";

static const char program_recover[] =
  "open_spool\n"
  "if claim; then\n"
  "  { printf 'void\\n' >\"$d.claim\"; } 2>/dev/null ||\n"
  "    { rm -f \"$d\".*; refuse \"$spool can't be written\"; }\n"
  "fi\n"
  "n=0\n"
  "until [ -s \"$d.claim\" ] || [ \"$n\" -ge 20 ]; do nap; n=$((n + 1)); done\n"
  "kind=\n"
  "read -r kind p boot since nonce_a nonce_b <\"$d.claim\"\n"
  "case $kind in\n"
  "run) ;;\n"
  "void) answer absent; exit ;;\n"
  "*) answer gone; exit ;;\n"
  "esac\n"
  "alive () {\n"
  "  kill -0 \"$p\" 2>/dev/null || return 1\n"
  "  identify \"$p\"\n"
  "  [ \"$boot_now $since_now\" = \"$boot $since\" ]\n"
  "}\n"
  "while [ ! -e \"$d.out\" ] && alive; do nap; done\n"
  "[ -e \"$d.out\" ] || { answer gone; exit; }\n"
  "m=$mark_a$nonce_a$nonce_b$mark_b\n"
  "answer \"following $nonce_a$nonce_b\"\n"
  "exec 4<\"$d.out\" >&3\n"
  "size= quiet=0 told=\n"
  "while :; do\n"
  "  a=1\n"
  "  alive || a=\n"
  "  z=\n"
  "  [ ! -s \"$d.end\" ] || z=1\n"
  "  if [ -n \"$z\" ] && [ -z \"$told\" ]; then\n"
  "    told=1\n"
  "    read -r s e f <\"$d.end\"\n"
  "    [ \"$f\" != 1 ] || { printf '%s' \"$m\"; cat \"$d.state\"; printf '%s' \"$m\"; } >&2\n"
  "  fi\n"
  "  cat <&4 || exit\n"
  /* The trailer follows in the output, unless the disk was full or the limit reached: then nothing
   * moves any more. */
  "  if [ -n \"$z\" ]; then\n"
  "    now=$(wc -c <\"$d.out\")\n"
  "    if [ \"$now\" = \"$size\" ]; then quiet=$((quiet + 1)); else quiet=0; fi\n"
  "    size=$now\n"
  "    [ \"$quiet\" -lt 20 ] ||\n"
  "      { printf '%s%s %s %s short\\n' \"$m\" \"$s\" \"$e\" \"$f\"; exit; }\n"
  "  elif [ -z \"$a\" ]; then\n"
  "    printf '%sgone\\n' \"$m\"\n"
  "    exit\n"
  "  fi\n"
  "  nap\n"
  "done\n";

static const char program_stop[] =
  "n=0\n"
  "until [ -s \"$d.pid\" ] || [ -s \"$d.end\" ] || [ \"$n\" -ge 50 ]; do nap; n=$((n + 1)); done\n"
  "if [ -s \"$d.pid\" ] && [ ! -s \"$d.end\" ]; then\n"
  "  [ -s \"$d.ending\" ] || printf '%s\\n' \"$ending\" >\"$d.ending\"\n"
  "  read -r p <\"$d.pid\"\n"
  "  group=-$p\n"
  "  kill -s TERM -- \"$group\" 2>/dev/null || { group=$p; kill -s TERM \"$p\" 2>/dev/null; }\n"
  "  n=0\n"
  "  while [ \"$n\" -lt 50 ] && kill -s 0 -- \"$group\" 2>/dev/null; do nap; n=$((n + 1)); done\n"
  "  kill -s KILL -- \"$group\" 2>/dev/null\n"
  "fi\n"
  "answer ok\n";

static const char program_forget[] =
  "e=$(rm -f \"$d\".* 2>&1) || refuse \"$e\"\n"
  "answer ok\n";

static GString *
begin_request (const char *guard, const char *id, const char *spool)
{
  GString *request = g_string_new (NULL);

  g_string_append_printf (request, "#%s \n", guard);
  cs_shell_start_append_assignment (request, "id", id);
  cs_shell_start_append_assignment (request, "spool", spool);
  cs_shell_start_append_assignment (request, "mark_a", MARKER_BEGIN);
  cs_shell_start_append_assignment (request, "mark_b", MARKER_END);
  return request;
}

static GBytes *
end_request (GString *request, const char *guard, const char *program)
{
  g_string_append (request, program_head);
  g_string_append (request, program);
  g_string_append_printf (request, "\n #%s", guard);
  return g_string_free_to_bytes (request);
}

/**
 * cs_driver_get_bootstrap:
 *
 * Returns: what `/bin/sh -c` runs in every channel
 */
const char *
cs_driver_get_bootstrap (void)
{
  return bootstrap;
}

/**
 * cs_driver_new_nonce:
 *
 * Returns: (transfer full): 128 random bits as 32 hexadecimal digits
 */
char *
cs_driver_new_nonce (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (GString) nonce = g_string_new (uuid);

  g_string_replace (nonce, "-", "", 0);
  return g_string_free (g_steal_pointer (&nonce), FALSE);
}

/**
 * cs_driver_dup_marker:
 * @nonce: of the run
 *
 * Returns: (transfer full): the bytes that part output from trailer
 */
char *
cs_driver_dup_marker (const char *nonce)
{
  return g_strconcat (MARKER_BEGIN, nonce, MARKER_END, NULL);
}

/**
 * cs_driver_dup_report_marker:
 * @nonce: of the run
 *
 * The script's shell has to know this one, so it must tell nothing about the nonce.
 *
 * Returns: (transfer full): the bytes before and after a report of a run that is not recovered
 */
char *
cs_driver_dup_report_marker (const char *nonce)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, nonce, -1);

  return g_strconcat ("countersign-report:", digest, ":", NULL);
}

/**
 * cs_driver_build_run:
 * @run: what to run
 * @spool: (nullable): directory for the files of runs; %NULL for the login's own
 * @nonce: secret between this program and the driver
 *
 * The nonce is kept in the spool in two words, so that not even a script that prints the spool's
 * files prints the marker.
 *
 * Returns: (transfer full): the request; %NULL with %CS_ERROR_INVALID for what a shell can't take
 */
GBytes *
cs_driver_build_run (CsRun *run, const char *spool, const char *nonce, GError **error)
{
  g_autofree char *report_mark = cs_driver_dup_report_marker (nonce);
  g_autofree char *start = cs_shell_start_build (
    report_mark, cs_run_get_cwd (run), cs_run_get_variables (run), error);
  g_autofree char *guard = cs_driver_new_nonce ();
  g_autofree char *nonce_a = g_strndup (nonce, 16);
  GString *request;

  if (start == NULL)
    return NULL;
  request = begin_request (guard, cs_run_get_id (run), spool);
  cs_shell_start_append_assignment (request, "nonce_a", nonce_a);
  cs_shell_start_append_assignment (request, "nonce_b", nonce + 16);
  cs_shell_start_append_assignment (request, "report_mark", report_mark);
  cs_shell_start_append_assignment (request, "body", NULL);
  cs_shell_start_append_assignment (request, "cwd", cs_run_get_cwd (run));
  cs_shell_start_append_assignment (request, "shell", cs_run_get_shell (run));
  cs_shell_start_append_assignment (request, "start", start);
  cs_shell_start_append_assignment (request, "script", cs_run_get_script (run));
  return end_request (request, guard, program_run);
}

/**
 * cs_driver_build_recover:
 * @id: of the run
 * @spool: (nullable): as for the run
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_recover (const char *id, const char *spool)
{
  g_autofree char *guard = cs_driver_new_nonce ();

  return end_request (begin_request (guard, id, spool), guard, program_recover);
}

/**
 * cs_driver_build_stop:
 * @id: of the run
 * @spool: (nullable): as for the run
 * @ending: what the trailer will name as the cause
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_stop (const char *id, const char *spool, const char *ending)
{
  g_autofree char *guard = cs_driver_new_nonce ();
  GString *request = begin_request (guard, id, spool);

  cs_shell_start_append_assignment (request, "ending", ending);
  return end_request (request, guard, program_stop);
}

/**
 * cs_driver_build_forget:
 * @id: of the run
 * @spool: (nullable): as for the run
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_forget (const char *id, const char *spool)
{
  g_autofree char *guard = cs_driver_new_nonce ();

  return end_request (begin_request (guard, id, spool), guard, program_forget);
}
