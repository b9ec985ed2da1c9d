/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell programs for a run in a terminal. */

/* A terminal carries what people type and see, so requests and reports have no place in it. A
 * channel takes the request, which lays out the files of the run and one more, `ID.terminal`: a
 * program. Then a shell in a terminal runs that program, which claims the id as any run does,
 * prints a mark, runs the script in the foreground of the terminal, and writes down how it ended.
 * What is there by then is what a run without a terminal leaves, but for its output; so it is
 * recovered as any other run, and that is how its outcome is told also when nothing went wrong. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-terminal-driver.h"

#include "cs-driver-programs.h"
#include "cs-driver.h"
#include "cs-error.h"
#include "cs-run-private.h"
#include "cs-shell-start.h"

#define MARK_BEGIN "\036countersign-terminal:"
#define MARK_END ":"

/* Lays out the files. Who is first decides; the same id is never laid out twice. */
static const char program_prepare[] =
  "[ -z \"$cwd\" ] || cd -- \"$cwd\" 2>/dev/null || { answer missing; exit 1; }\n"
  "locate\n"
  "[ -z \"$place\" ] || [ \"$here\" = \"$place\" ] || { answer moved; exit 1; }\n"
  "open_spool\n"
  "[ ! -e \"$d.claim\" ] || { answer conflict; exit 1; }\n"
  "set -C\n"
  "{ true >\"$d.terminal\"; } 2>/dev/null || {\n"
  "  [ ! -e \"$d.terminal\" ] || { answer conflict; exit 1; }\n"
  "  refuse \"$spool can't be written\"\n"
  "}\n"
  "set +C\n"
  "{ printf '%s' \"$script\" >\"$d.script\" && printf '%s' \"$start\" >\"$d.start\" &&\n"
  "  printf '%s' \"$driver\" >\"$d.terminal\"; } 2>/dev/null ||\n"
  "  { rm -f \"$d\".*; refuse \"$spool can't be written: is the disk full?\"; }\n"
  "answer ok\n";

/* Runs in the terminal. Job control puts the script into a group of its own, to which Ctrl+C goes,
 * and TERM when it is stopped; it can't be suspended, for nobody could wake it. When the terminal
 * is hung up, what can do without it goes on, and its end is written down; then the inner shell
 * itself ends with 2, for it can't take the terminal back, but the script's shell has reported. */
static const char program_terminal[] =
  "exec 3>/dev/null\n"
  "claim || exit 1\n"
  "identify \"$$\"\n"
  "trap '' HUP PIPE TSTP\n"
  "who=\"$$ $boot_now $since_now $nonce_a $nonce_b\"\n"
  "{ printf 'run %s\\n' \"$who\" >\"$d.claim\" &&\n"
  "  true >\"$d.state\" && true >\"$d.pid\" && true >\"$d.out\"; } 2>/dev/null ||\n"
  "  { rm -f \"$d\".*; exit 1; }\n"
  "w=-\n"
  "[ \"$timeout\" -eq 0 ] || { watch & w=$!; }\n"
  "b=$shell\n"
  "command -v \"$b\" >/dev/null 2>&1 || b=sh\n"
  "printf '%s' \"$begin\"\n"
  "d=$d /bin/sh -c '\n"
  "  set -m\n"
  "  \"$1\" -c '\\''. \"$d.start\"'\\'' \"$1\" \"$d\" 4>/dev/null\n"
  "  exit \"$?\"\n"
  "' sh \"$b\"\n"
  "s=$?\n"
  "trap '' INT QUIT TTOU\n"
  "[ \"$s\" -ne 2 ] || [ ! -s \"$d.state\" ] || s=$(tr '\\000' '\\n' <\"$d.state\" | head -n 1)\n"
  "e=-\n"
  "[ ! -s \"$d.ending\" ] || read -r e <\"$d.ending\"\n"
  "case $e$w in timed-out* | *-) ;; *) kill \"$w\" 2>/dev/null ;; esac\n"
  "f=0\n"
  "[ ! -s \"$d.state\" ] || f=1\n"
  "printf '%s %s %s\\n' \"$s\" \"$e\" \"$f\" >\"$d.end\"\n"
  "printf '%s %s %s %s\\n' \"$mark_a$nonce_a$nonce_b$mark_b$s\" \"$e\" \"$f\" >>\"$d.out\"\n";

/* The text of `ID.terminal`: a program of its own. */
static char *
build_driver (CsRun *run, const char *spool, const char *nonce)
{
  g_autoptr (GString) driver = g_string_new (NULL);
  g_autofree char *nonce_a = g_strndup (nonce, 16);
  g_autofree char *begin = cs_terminal_driver_dup_mark (nonce);

  cs_driver_append_common (driver, cs_run_get_id (run), spool);
  cs_shell_start_append_assignment (driver, "nonce_a", nonce_a);
  cs_shell_start_append_assignment (driver, "nonce_b", nonce + 16);
  cs_shell_start_append_assignment (driver, "begin", begin);
  cs_shell_start_append_assignment (driver, "shell", cs_run_get_shell (run));
  g_string_append_printf (driver, "timeout=%u\n", cs_run_get_timeout (run));
  g_string_append (driver, cs_driver_program_head);
  g_string_append (driver, program_terminal);
  return g_string_free (g_steal_pointer (&driver), FALSE);
}

/**
 * cs_terminal_driver_build:
 * @run: what to run
 * @spool: (nullable): directory for the files of runs; %NULL for the login's own
 * @place: (nullable): which spool this must be
 * @nonce: secret between this program and the driver
 *
 * Returns: (transfer full): a request that is answered by `ok`, `conflict`, `missing`, `moved` or
 *   `refused REASON`; %NULL with %CS_ERROR_INVALID for what a shell can't take
 */
GBytes *
cs_terminal_driver_build (CsRun *run,
                          const char *spool,
                          const char *place,
                          const char *nonce,
                          GError **error)
{
  g_autofree char *report_mark = cs_driver_dup_report_marker (nonce);
  g_autofree char *start = cs_shell_start_build (
    report_mark, cs_run_get_cwd (run), cs_run_get_variables (run), NULL, error);
  g_autofree char *driver = build_driver (run, spool, nonce);
  g_autoptr (GString) assignments = g_string_new (NULL);

  if (start == NULL)
    return NULL;
  if (g_hash_table_size (cs_run_get_secrets (run)) > 0)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "A command in a terminal can't be given a secret without writing it "
                           "down. Let the command ask for it, or have it run without a terminal: "
                           "{interactive=false}");
      return NULL;
    }
  cs_shell_start_append_assignment (assignments, "place", place);
  cs_shell_start_append_assignment (assignments, "cwd", cs_run_get_cwd (run));
  cs_shell_start_append_assignment (assignments, "start", start);
  cs_shell_start_append_assignment (assignments, "script", cs_run_get_script (run));
  cs_shell_start_append_assignment (assignments, "driver", driver);
  return cs_driver_build_request (cs_run_get_id (run), spool, assignments->str, program_prepare);
}

/**
 * cs_terminal_driver_dup_command:
 * @id: of the run
 * @spool: (nullable): as for cs_terminal_driver_build()
 *
 * Returns: (transfer full): what a shell in the terminal is given
 */
char *
cs_terminal_driver_dup_command (const char *id, const char *spool)
{
  g_autofree char *path = spool != NULL ? g_strdup_printf ("%s/%s.terminal", spool, id) : NULL;
  g_autofree char *quoted = path != NULL ? g_shell_quote (path) : NULL;

  if (quoted != NULL)
    return g_strdup_printf ("exec /bin/sh %s", quoted);
  return g_strdup_printf ("exec /bin/sh "
                          "\"${XDG_STATE_HOME:-$HOME/.local/state}/countersign/runs/%s.terminal\"",
                          id);
}

/**
 * cs_terminal_driver_dup_mark:
 * @nonce: of the run
 *
 * The script could read it, and gains nothing by it: only its first occurrence counts.
 *
 * Returns: (transfer full): what comes before the script's output
 */
char *
cs_terminal_driver_dup_mark (const char *nonce)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, nonce, -1);

  return g_strconcat (MARK_BEGIN, digest, MARK_END, NULL);
}
