/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell programs that a session sends to a target. */

/* A channel is one `/bin/sh` on the target, which runs the bootstrap: a pipeline of three that is
 * made ahead of time, so that what a step pays for is its request alone and no new process.
 *
 *   requests | runner | relay
 *
 * The first prints a ready line and its environment (NUL-separated, ended by an empty entry), and
 * then waits for requests on its standard input, each behind a line that tells its length in bytes
 * and, with ` run`, that it starts a script and so is the last one. A request is a program that
 * begins with `#NONCE ` and ends with ` #NONCE`; without that end nothing of it is run, so a
 * connection that breaks while sending does no harm. The answer is one line: `started`, `conflict`,
 * `missing`, `absent`, `following NONCE`, `gone`, `here PLACE`, `elsewhere`, `moved`, `ok`, or
 * `refused REASON`.
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

#include "cs-driver-programs.h"
#include "cs-keyring.h"
#include "cs-run-private.h"
#include "cs-shell-start.h"

#include <string.h>

/* Bytes of output in the spool: the limit and some room for the trailer, in blocks of 512. */
#define SPOOL_BLOCKS (CS_RUN_OUTPUT_LIMIT / 512 + 128)

#define MARKER_BEGIN "\036countersign:"
#define MARKER_END ":"

/* What is run in a channel, with what it says first. The runner is told four lines: the path of the
 * files, shell text that exports the secrets, "MARKER REPORT-MARKER SHELL WATCH", the path again;
 * its shell reads the first two, and the second is nowhere else. WATCH is the process that waits
 * for the script's time to be over, or `-`. What a shell may say while it starts is not output: the
 * relay begins at the line with `@`. The constant is SPOOL_BLOCKS. */
#define PIPELINE(greeting)                                                                      \
  "exec 3>&1; b=bash; command -v $b >/dev/null 2>&1 || b=sh; "                                  \
  "command -v setsid >/dev/null 2>&1 || setsid () { \"$@\"; }; "                                \
  "{ " greeting "while IFS=\" \" read -r n k; do r=$(head -c \"$n\"); "                         \
  "case $r in \"${r%% *}\"*\" ${r%% *}\") ;; *) exit;; esac; "                                  \
  "(eval \"$r\") && case $k in run) exit;; esac; done; } | "                                    \
  "{ setsid $b -c \"IFS= read -r d && IFS= read -r __cs_x || exit; "                            \
  "exec </dev/null; printf \\\"@ %s\\n\\\" \\\"\\$d\\\"; "                                      \
  ". \\\"\\$d.start\\\"\" $b 4>&2 2>&1 3>&-; "                                                  \
  "s=$?; trap \"\" PIPE HUP; read -r m k t w && IFS= read -r d || exit; "                       \
  "e=-; [ ! -s \"$d.ending\" ] || read -r e <\"$d.ending\"; "                                   \
  "case $e$w in timed-out* | *-) ;; *) kill $w 2>/dev/null;; esac; "                            \
  "f=0; [ ! -s \"$d.state\" ] || f=1; "                                                         \
  "case $f$t$b in 1bashbash | 0*) ;; "                                                          \
  "*) { printf %s \"$k\"; cat \"$d.state\"; printf %s \"$k\"; } >&2;; esac; "                   \
  "printf \"%s %s %s\\n\" $s $e $f >\"$d.end\"; printf \"%s%s %s %s\\n\" \"$m\" $s $e $f; } | " \
  "( exec 3>&-; trap \"\" PIPE HUP INT TERM XFSZ; x=1; while IFS= read -r l; do "               \
  "case $l in \"@ \"*) x=0; umask 077; ulimit -f 2097280 2>/dev/null; "                         \
  "tee \"${l#@ }.out\" 2>/dev/null || exec cat >/dev/null;; esac; done; exit $x )"
G_STATIC_ASSERT (SPOOL_BLOCKS == 2097280);

#define GREETING \
  "printf \"countersign-ready 1\\n\" >&3; /usr/bin/env -0 >&3 2>/dev/null; printf \"\\000\" >&3; "

static const char bootstrap[] = PIPELINE (GREETING);

/* The channel that holds the connection serves as well, so that a step needs no other: it makes a
 * pipeline whenever it is told to, and when that has done its run, it prints a line with a word
 * that it was told when it was greeted, which no script knows: what a child that a script has left
 * behind prints comes before that line, or no line comes. A pipeline fails when parts of it were
 * killed, or when there is nothing to do any more. */
static const char serving_pipeline[] = PIPELINE ("");
static const char server[] =
  "printf \"countersign-ready 1\\n\"; /usr/bin/env -0 2>/dev/null; printf \"\\000\"; "
  "IFS= read -r t || exit; while IFS= read -r g; do /bin/sh -c \"$0\" || "
  "{ printf \"countersign-broken %s\\n\" \"$t\" >&2; exec cat >/dev/null; }; "
  "printf \"countersign-idle %s\\n\" \"$t\"; done";

/**
 * cs_driver_append_common:
 * @program: the text of a program
 * @id: of a run
 * @spool: (nullable): directory for the files of runs
 *
 * Appends the assignments that the head of every program needs.
 */
void
cs_driver_append_common (GString *program, const char *id, const char *spool)
{
  cs_shell_start_append_assignment (program, "id", id);
  cs_shell_start_append_assignment (program, "spool", spool);
  cs_shell_start_append_assignment (program, "mark_a", MARKER_BEGIN);
  cs_shell_start_append_assignment (program, "mark_b", MARKER_END);
}

static GString *
begin_request (const char *guard, const char *id, const char *spool)
{
  GString *request = g_string_new (NULL);

  g_string_append_printf (request, "#%s \n", guard);
  cs_driver_append_common (request, id, spool);
  return request;
}

/* @kind: what stands behind the length */
static GBytes *
end_request (GString *request, const char *guard, const char *program, const char *kind)
{
  g_autofree char *length = NULL;

  g_string_append (request, cs_driver_program_head);
  g_string_append (request, program);
  g_string_append_printf (request, "\n #%s", guard);
  length = g_strdup_printf ("%" G_GSIZE_FORMAT "%s\n", request->len, kind);
  g_string_prepend (request, length);
  return g_string_free_to_bytes (request);
}

/**
 * cs_driver_build_request:
 * @id: of a run
 * @spool: (nullable): directory for the files of runs
 * @assignments: what @program needs beside what the head needs, as shell text
 * @program: a program of another file of this room
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_request (const char *id,
                         const char *spool,
                         const char *assignments,
                         const char *program)
{
  g_autofree char *guard = cs_driver_new_nonce ();
  GString *request = begin_request (guard, id, spool);

  g_string_append (request, assignments);
  return end_request (request, guard, program, "");
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
 * cs_driver_get_server:
 *
 * Returns: what `/bin/sh -c` runs in the channel that holds a connection, with
 *   cs_driver_get_serving_pipeline() as the one argument that follows it
 */
const char *
cs_driver_get_server (void)
{
  return server;
}

/**
 * cs_driver_get_serving_pipeline:
 *
 * Returns: see cs_driver_get_server()
 */
const char *
cs_driver_get_serving_pipeline (void)
{
  return serving_pipeline;
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
 * @place: (nullable): which spool this must be, as it answered when it was greeted
 * @nonce: secret between this program and the driver
 *
 * The nonce is kept in the spool in two words, so that not even a script that prints the spool's
 * files prints the marker.
 *
 * Returns: (transfer full): the request; %NULL with %CS_ERROR_INVALID for what a shell can't take
 */
GBytes *
cs_driver_build_run (CsRun *run,
                     const char *spool,
                     const char *place,
                     const char *nonce,
                     GError **error)
{
  g_autofree char *report_mark = cs_driver_dup_report_marker (nonce);
  g_autofree char *start =
    cs_shell_start_build (report_mark, cs_run_get_cwd (run), cs_run_get_variables (run),
                          cs_run_get_secrets (run), error);
  g_autoptr (CsSecret) secrets =
    start != NULL ? cs_shell_start_build_secrets (cs_run_get_secrets (run), error) : NULL;
  g_autofree char *guard = cs_driver_new_nonce ();
  g_autofree char *nonce_a = g_strndup (nonce, 16);
  GString *request;

  if (secrets == NULL)
    return NULL;
  request = begin_request (guard, cs_run_get_id (run), spool);
  cs_shell_start_append_assignment (request, "nonce_a", nonce_a);
  cs_shell_start_append_assignment (request, "nonce_b", nonce + 16);
  cs_shell_start_append_assignment (request, "report_mark", report_mark);
  cs_shell_start_append_assignment (request, "place", place);
  g_string_append_printf (request, "timeout=%u\n", cs_run_get_timeout (run));
  cs_shell_start_append_assignment (request, "body", NULL);
  cs_shell_start_append_assignment (request, "secrets", secrets);
  cs_shell_start_append_assignment (request, "cwd", cs_run_get_cwd (run));
  cs_shell_start_append_assignment (request, "shell", cs_run_get_shell (run));
  cs_shell_start_append_assignment (request, "start", start);
  cs_shell_start_append_assignment (request, "script", cs_run_get_script (run));
  return end_request (request, guard, cs_driver_program_run, " run");
}

/**
 * cs_driver_build_recover:
 * @id: of the run
 * @spool: (nullable): as for the run
 * @place: (nullable): which spool it was sent to, as that answered when it was greeted
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_recover (const char *id, const char *spool, const char *place)
{
  g_autofree char *guard = cs_driver_new_nonce ();
  GString *request = begin_request (guard, id, spool);

  cs_shell_start_append_assignment (request, "place", place);
  return end_request (request, guard, cs_driver_program_recover, "");
}

/**
 * cs_driver_build_greet:
 * @spool: (nullable): as for runs
 *
 * Returns: (transfer full): the first request of a session, answered by `here PLACE`
 */
GBytes *
cs_driver_build_greet (const char *spool)
{
  g_autofree char *guard = cs_driver_new_nonce ();
  g_autofree char *id = g_uuid_string_random ();

  return end_request (begin_request (guard, id, spool), guard, cs_driver_program_greet, "");
}

/**
 * cs_driver_build_first_greet:
 * @token: a word of cs_driver_new_nonce()
 *
 * Returns: (transfer full): as cs_driver_build_greet() for the login's own spool, as the channel
 *   that holds a connection takes it; cs_driver_dup_idle_line() of @token will come after each run
 */
GBytes *
cs_driver_build_first_greet (const char *token)
{
  g_autoptr (GBytes) request = cs_driver_build_greet (NULL);
  gsize size = 0;
  const char *text = g_bytes_get_data (request, &size);
  GString *whole = g_string_new (NULL);

  g_string_printf (whole, "%s\n" CS_DRIVER_MAKE_READY, token);
  g_string_append_len (whole, text, (gssize) size);
  return g_string_free_to_bytes (whole);
}

/**
 * cs_driver_dup_idle_line:
 * @token: what cs_driver_build_first_greet() was given
 *
 * Returns: (transfer full): the line with which a serving shell says that it waits again
 */
char *
cs_driver_dup_idle_line (const char *token)
{
  return g_strconcat ("countersign-idle ", token, "\n", NULL);
}

/**
 * cs_driver_dup_broken_line:
 * @token: what cs_driver_build_first_greet() was given
 *
 * Returns: (transfer full): what a serving shell says on standard error when it serves no more
 */
char *
cs_driver_dup_broken_line (const char *token)
{
  return g_strconcat ("countersign-broken ", token, "\n", NULL);
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
  return end_request (request, guard, cs_driver_program_stop, "");
}

/**
 * cs_driver_build_forget:
 * @id: of the run
 * @spool: (nullable): as for the run
 * @sweep: whether it also removes what has lain there for a month
 *
 * Returns: (transfer full): the request
 */
GBytes *
cs_driver_build_forget (const char *id, const char *spool, gboolean sweep)
{
  g_autofree char *guard = cs_driver_new_nonce ();
  GString *request = begin_request (guard, id, spool);

  cs_shell_start_append_assignment (request, "sweep", sweep ? "1" : NULL);
  return end_request (request, guard, cs_driver_program_forget, "");
}
