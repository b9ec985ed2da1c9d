/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl: deployments from the command line. Holds no rules; prints what the rooms say. */

#define G_LOG_DOMAIN "countersignctl"

#include "config.h"

#include "cs-core-file.h"
#include "cs-error.h"
#include "cs-membership.h"
#include "ctl-commands.h"
#include "ctl-complete.h"
#include "ctl-print.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

static const CtlCommand commands[] = {
  { "runbook", "show", "FILE|DIGEST [--json]", "Show what a runbook was understood to say",
    ctl_runbook_show },
  { "runbook", "source", "FILE|DIGEST", "Print its source, rebuilt from the model",
    ctl_runbook_source },
  { "runbook", "check", "FILE... [--json] [--strict]",
    "Print what is doubtful in runbooks; status 1 if a fault is among it, with --strict also if a "
    "warning is",
    ctl_runbook_check },
  { "runbook", "add", "FILE|FOLDER...", "Keep runbooks, or all that a folder holds, in the library",
    ctl_runbook_add },
  { "runbook", "list", "[--json]", "List the versions in the library, newest first",
    ctl_runbook_list },
  { "runbook", "secrets", "FILE [--move --output FILE|--in-place [--environment E] [--yes]]",
    "List secrets that stand in a runbook, or move them to the keyring", ctl_runbook_secrets },
  { "runbook", "compare", "A B", "Print what differs between two files, or versions by digest",
    ctl_runbook_compare },
  { "runbook", "overrule", "DIGEST --line N --as KIND --reason TEXT | DIGEST --line N --undo",
    "Say that a line is not what it was taken for, or take that back", ctl_runbook_overrule },
  { "target", "add",
    "NAME --local | --ssh USER@HOST[:PORT] [--identity FILE] [--rate N] | --agent URL "
    "[--fingerprint SHA256:...] [--identity FILE] [--token-fd N] [--rate N] | --fleet A,B,C | "
    "--members FILE [--batch 10%|5] [--pause 30s|ask] [--stop-after N] [--environment E]",
    "Add a server, this computer, or a fleet of targets", ctl_target_add },
  { "target", "change", "NAME, and what is to be another: options of “target add”",
    "Change a target; what is not said stays", ctl_target_change },
  { "target", "list", "[--json]", "List the targets", ctl_target_list },
  { "target", "show", "NAME [--json]", "Show how a target has done lately", ctl_target_show },
  { "target", "reset", "NAME", "Try a target again at once after it failed", ctl_target_reset },
  { "target", "test", "NAME", "Try to connect", ctl_target_test },
  { "target", "trust", "NAME --fingerprint SHA256:...", "Accept the host key of a new server",
    ctl_target_trust },
  { "target", "token", "NAME [--token-fd N]", "Enter the token of an agent",
    ctl_target_token },
  { "target", "remove", "NAME", "Take a target away", ctl_target_remove },
  { "deploy", "start", "RUNBOOK --environment E --target T --reason TEXT [--set NAME=VALUE]…",
    "Open a deployment; prints its id", ctl_deploy_start },
  { "deploy", "list", "[--json]", "List the deployments, newest first", ctl_deploy_list },
  { "deploy", "show", "ID [--json]", "Show where a deployment stands", ctl_deploy_show },
  { "deploy", "log", "ID [--json | --csv]", "Print its records, oldest first", ctl_deploy_log },
  { "deploy", "report", "ID [-o FILE]",
    "Print an incident report of a deployment that was rolled back, in Markdown",
    ctl_deploy_report },
  { "deploy", "set", "ID NAME=VALUE…", "Give a placeholder its value", ctl_deploy_set },
  { "deploy", "capture", "ID COMMAND NAME [TEXT] [--member NAME]",
    "Give a placeholder a value that a command printed; without a text the only line",
    ctl_deploy_capture },
  { "deploy", "run",
    "ID [STEP | COMMAND] [--until PHASE] [--for TIME] [--batch 10%|5] [--pause 30s|ask] "
    "[--stop-after N] [--continue | --retry-failed] [--json]",
    "Run a step (endless commands until Ctrl+C or TIME), or go on until a person is needed",
    ctl_deploy_run },
  { "deploy", "check", "ID ITEM [--undo]", "Tick a check item", ctl_deploy_check },
  { "deploy", "judge", "ID COMMAND N met|not-met",
    "Say whether a command printed what is expected, where a program can't tell",
    ctl_deploy_judge },
  { "deploy", "accept",
    "ID COMMAND [--member NAME] [--role ROLE] --reason TEXT [--key FILE] [--name NAME]",
    "Mark a command that failed as passed, signed", ctl_deploy_accept },
  { "deploy", "resolve", "ID LINE --note TEXT", "Say how a blocker in this line was resolved",
    ctl_deploy_resolve },
  { "deploy", "decide", "ID go|no-go [--line LINE] --reason TEXT",
    "Decide whether a deployment goes on", ctl_deploy_decide },
  { "deploy", "lock", "ID [--reason TEXT]",
    "Lock the environment before the first command; with a reason also over another deployment",
    ctl_deploy_lock },
  { "deploy", "unlock", "ID", "Leave the environment to others before the deployment is closed",
    ctl_deploy_unlock },
  { "deploy", "pause", "ID --reason TEXT", "Let nothing be run until someone resumes",
    ctl_deploy_pause },
  { "deploy", "resume", "ID", "Go on with a deployment that was paused", ctl_deploy_resume },
  { "deploy", "skip", "ID STEP|COMMAND [--member NAME] --reason TEXT",
    "Leave out a step, one member of the fleet, or a command that the runbook leaves to a person",
    ctl_deploy_skip },
  { "deploy", "note", "ID STEP [TEXT] [--attach FILE]",
    "Write something beside a step, or put a file there", ctl_deploy_note },
  { "deploy", "choose", "ID STEP|COMMAND", "Say which of several ways is gone, also long ahead",
    ctl_deploy_choose },
  { "deploy", "confirm", "ID STEP", "Say that a step without commands is done",
    ctl_deploy_confirm },
  { "deploy", "sign",
    "ID FIELD --role ROLE [--reject] [--comment TEXT] [--key FILE] [--name NAME] "
    "[--handwriting FILE]",
    "Sign a line of the runbook", ctl_deploy_sign },
  { "deploy", "withdraw", "ID FIELD [--reason TEXT] [--key FILE]", "Take back your own rejection",
    ctl_deploy_withdraw },
  { "deploy", "overrule", "ID FIELD --reason TEXT [--key FILE]",
    "Set the rejection of someone else aside, as a manager", ctl_deploy_overrule },
  { "deploy", "override", "ID STEP GATE --reason TEXT [--key FILE]",
    "Let a step go on past what stands in its way, as a manager", ctl_deploy_override },
  { "deploy", "rollback", "ID [--procedure NAME] --reason TEXT", "Begin to roll back",
    ctl_deploy_rollback },
  { "deploy", "recover", "ID", "Ask the target how interrupted commands ended",
    ctl_deploy_recover },
  { "deploy", "follow-ups", "ID [--json]", "List what is to be done after it, and by when",
    ctl_deploy_follow_ups },
  { "deploy", "follow-up", "ID LINE [--undo]", "Tick something that is to be done after it",
    ctl_deploy_follow_up },
  { "deploy", "close", "ID [--reason TEXT]",
    "Close a deployment that is done, or with a reason for what is open afterwards",
    ctl_deploy_close },
  { "watch", "probe",
    "ID NAME --http URL [--status 200-299] [--contains TEXT] [--header TEXT] [--value /POINTER] | "
    "--prometheus URL --query PROMQL | --command SCRIPT --target T [--unit U] [--every TIME] "
    "[--timeout TIME] [--secret NAME]",
    "Measure something for a deployment, or measure it otherwise", ctl_watch_probe },
  { "watch", "suggest", "ID", "List the thresholds that the runbook names", ctl_watch_suggest },
  { "watch", "threshold",
    "ID PROBE --line N | ID PROBE NAME --if \"> 10 %\" [--of failure|value|time|first-byte] "
    "[--statistic each|mean|p50|p95|p99|increase] [--for TIME] [--times N] "
    "[--severity target|warning|critical|rollback]",
    "Hold what a probe measures to a threshold", ctl_watch_threshold },
  { "watch", "remove", "ID PROBE|THRESHOLD", "Measure something no more", ctl_watch_remove },
  { "watch", "consent",
    "ID [--procedure NAME] [--countdown TIME] [--key FILE] | ID --withdraw [--reason TEXT]",
    "Sign that a threshold may begin a rollback by itself", ctl_watch_consent },
  { "watch", "run", "ID [--for TIME] | rollout/KEY [--for TIME] [--every TIME]",
    "Watch a deployment; when an alarm rolls it back, run the commands of the rollback",
    ctl_watch_run },
  { "watch", "report", "ID [--json]", "Print what is watched, and what came of it",
    ctl_watch_report },
  { "watch", "acknowledge", "ID", "Say that you take care of the alarms", ctl_watch_acknowledge },
  { "watch", "stop", "ID --reason TEXT", "Stop the countdown to a rollback", ctl_watch_stop },
  { "watch", "end", "ID", "Watch a deployment no more", ctl_watch_end },
  { "secret", "set", "NAME [--environment E]",
    "Enter a secret that commands refer to as $COUNTERSIGN_SECRET_NAME", ctl_secret_set },
  { "secret", "list", "[--json]", "List the names of the secrets in the keyring",
    ctl_secret_list },
  { "secret", "remove", "NAME [--environment E]", "Forget a secret", ctl_secret_remove },
  { "person", "list", "[--json]", "List who may sign, with roles and keys", ctl_person_list },
  { "person", "add", "[--key FILE] [--name NAME] | ID PUBLIC-KEY --name NAME [--key FILE]",
    "Make yourself known by a key; or, as a manager, someone else by theirs", ctl_person_add },
  { "person", "add-key", "ID FILE [--key FILE]",
    "Add a key, signed with one of that person or of a manager", ctl_person_add_key },
  { "person", "grant", "ID ROLE [--key FILE]",
    "Grant a role; the first manager makes themselves one", ctl_person_grant },
  { "person", "take", "ID ROLE [--key FILE]", "Take a role away", ctl_person_take },
  { "person", "retire-key", "SHA256:... --reason TEXT [--key FILE]",
    "End the validity of a key; what it has signed stands", ctl_person_retire_key },
  { "person", "rotate-key", "SHA256:... FILE --reason TEXT [--key FILE]",
    "Put another key in the place of one", ctl_person_rotate_key },
  { "person", "allowed-signers", "[--at TIME]",
    "Print whose keys counted then, as ssh-keygen reads it", ctl_person_allowed_signers },
  { "policy", "show", "ENVIRONMENT [--json]", "Say what an environment asks for", ctl_policy_show },
  { "policy", "set",
    "ENVIRONMENT [--require ROLE=N,ROLE=N] [--operator-may-approve | --four-eyes] "
    "[--overrider ROLE] [--production | --not-production] [--key FILE]",
    "Decide what an environment asks for, from the next deployment on", ctl_policy_set },
  { "company", "import", "FILE | --url URL [--secret NAME] | --target NAME --command COMMAND",
    "Read the companies from a CSV or JSON file, from the web, or from what a command prints",
    ctl_company_import },
  { "company", "list", "[--search TEXT] [--json]",
    "List the companies; --search finds names by their sound, ids and tags", ctl_company_list },
  { "company", "show", "COMPANY [--history] [--json]",
    "Say which flags a company has, why, since when and by whom", ctl_company_show },
  { "flag", "add",
    "KEY ((--provider dotenv --companies VARIABLE [--everyone VARIABLE] [--setting NAME=VALUE]... "
    "[--readback COMMAND] | --provider flagd [--context NAME]) --target NAME --path PATH "
    "[--reload COMMAND]... [--directory PATH] | --provider unleash --url URL --secret NAME "
    "--unleash-environment NAME [--project NAME] [--feature NAME] [--context NAME]) "
    "--stage \"TITLE | COHORT | soak=TIME | sign=ROLE:N\"... [--environment E] [--owner TEXT] "
    "[--description TEXT] | "
    "KEY --runbook FILE --target NAME --path PATH [...] | KEY --definition FILE",
    "Add a flag, which is off. COHORT: 15,42 or 25 % or 25 % of size or everyone", ctl_flag_add },
  { "flag", "change", "KEY [the same as for add]",
    "Change what is given: all stages, the provider, or the words; nothing is switched by it",
    ctl_flag_change },
  { "flag", "list", "[--json]", "List the flags", ctl_flag_list },
  { "flag", "show", "KEY [--json]", "Show a flag, for whom it is on and since when",
    ctl_flag_show },
  { "flag", "pin", "KEY [--in ID,ID] [--out ID,ID]",
    "Say who has it in every stage, or never, from the next change on", ctl_flag_pin },
  { "flag", "verify", "KEY",
    "Hold what is there to what is recorded, and settle what was interrupted", ctl_flag_verify },
  { "flag", "adopt", "KEY --reason TEXT", "Record what somebody changed by hand as right",
    ctl_flag_adopt },
  { "flag", "restore", "KEY --reason TEXT", "Write again what is recorded", ctl_flag_restore },
  { "rollout", "plan", "KEY [--stage STAGE] [--json]",
    "Say who would change, what would be written, and what it waits for", ctl_rollout_plan },
  { "rollout", "sign", "KEY --role ROLE [--stage STAGE] [--reject] [--comment TEXT] [--key FILE]",
    "Sign this very change: from whom, to whom", ctl_rollout_sign },
  { "rollout", "promote", "KEY [--stage STAGE] [--override --reason TEXT [--key FILE]]",
    "Switch it on for the next stage, read back, compare", ctl_rollout_promote },
  { "rollout", "schedule", "KEY --at TIME [--stage STAGE] [--reason TEXT]",
    "Plan a promotion for a time; it is suspended if anything changes that it rests on",
    ctl_rollout_schedule },
  { "rollout", "unschedule", "KEY --reason TEXT", "Plan it no more", ctl_rollout_unschedule },
  { "rollout", "back", "KEY [--reason TEXT]", "Go back to the stage before", ctl_rollout_back },
  { "rollout", "kill", "KEY --reason TEXT", "Switch it off everywhere, now", ctl_rollout_kill },
  { "workspace", "create", "ADDRESS [--password-fd N]",
    "Make a team's workspace in a PostgreSQL database", ctl_workspace_create },
  { "workspace", "upgrade", "ADDRESS [--password-fd N]",
    "Bring a workspace that an older version made to the format of this one",
    ctl_workspace_upgrade },
  { "workspace", "join", "ADDRESS [--set-aside] [--password-fd N]",
    "Work with a team's journal from now on, in this data directory", ctl_workspace_join },
  { "workspace", "leave", "", "Have a journal of its own again, which begins empty",
    ctl_workspace_leave },
  { "workspace", "password", "[--password-fd N]",
    "Keep another password of the team's database", ctl_workspace_password },
  { "workspace", "status", "[--json]", "Say whose journal this is, and how much it holds",
    ctl_workspace_status },
  { "workspace", "move", "ADDRESS [--password-fd N] | --here",
    "Move the journal to a team's database, or from there to this computer", ctl_workspace_move },
  { "audit", "list",
    "[--person ID] [--environment E] [--kind KIND] [--since TIME] [--until TIME] [--limit N] "
    "[--json | --csv]",
    "List records, newest first", ctl_audit_list },
  { "audit", "search", "WORDS... [--json | --csv]", "Find records by their words",
    ctl_audit_search },
  { "audit", "verify", "[--json]", "Prove that nothing was changed", ctl_audit_verify },
  { "evidence", "export", "ID -o DIR",
    "Write what proves a deployment to a new folder; others verify it without Countersign",
    ctl_evidence_export },
  { "evidence", "sheet", "ID -o FILE", "Write the sheet to print, sign and file (PDF)",
    ctl_evidence_sheet },
  { "evidence", "verify", "DIR [--heads SHA256]",
    "Verify such a folder; needs no database. --heads: what was printed when it was exported",
    ctl_evidence_verify },
};

static void
print_command (FILE *file, const CtlCommand *command)
{
  fprintf (file, "  countersignctl %s %s %s\n      %s\n", command->group, command->name,
           command->usage, command->summary);
}

static void
print_usage (FILE *file, const char *group)
{
  fputs ("Usage: countersignctl [--data-dir DIR] GROUP COMMAND [ARGUMENTS]\n\n", file);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (group == NULL || g_str_equal (commands[i].group, group))
      print_command (file, &commands[i]);
  fputs (
    "\nExit status: 0 done; 1 done, and the answer is no; 2 wrong usage or bad input; 3 waits\n"
    "for a person; 4 target or server not reached; 5 refused.\n",
    file);
}

static const CtlCommand *
find_command (const char *group, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].group, group) == 0 && g_strcmp0 (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static gboolean
is_group (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].group, word) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
wants_help (char **arguments)
{
  for (char **word = arguments; *word != NULL && !g_str_equal (*word, "--"); word++)
    if (g_str_equal (*word, "--help") || g_str_equal (*word, "-h"))
      return TRUE;
  return FALSE;
}

static CtlStatus
run_command (Ctl *ctl, char **words)
{
  const CtlCommand *command = words[0] != NULL ? find_command (words[0], words[1]) : NULL;
  CtlStatus status;

  if (command == NULL)
    {
      gboolean help = wants_help (words) || g_strcmp0 (words[0], "help") == 0;

      print_usage (help ? stdout : stderr, is_group (words[0]) ? words[0] : NULL);
      return help ? CTL_DONE : CTL_USAGE;
    }
  if (wants_help (words + 2))
    {
      print_command (stdout, command);
      return CTL_DONE;
    }
  status = command->run (ctl, words + 1);
  if (status == CTL_USAGE)
    fprintf (stderr, "Usage: countersignctl %s %s %s\n", command->group, command->name,
             command->usage);
  return status;
}

/* --data-dir may also stand before the command. */
static char **
take_leading_options (Ctl *ctl, char **words)
{
  if (words[0] != NULL && g_str_has_prefix (words[0], "--data-dir="))
    {
      ctl->data_dir = g_strdup (words[0] + strlen ("--data-dir="));
      return words + 1;
    }
  if (words[0] != NULL && g_str_equal (words[0], "--data-dir") && words[1] != NULL)
    {
      ctl->data_dir = g_strdup (words[1]);
      return words + 2;
    }
  return words;
}

int
main (int argc, char *argv[])
{
  Ctl ctl = { NULL };
  char **words;
  CtlStatus status;

  cs_core_file_forbid ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_log_writer_default_set_use_stderr (TRUE);
  signal (SIGPIPE, SIG_IGN);
  words = take_leading_options (&ctl, argv + 1);
  if (words[0] != NULL && g_str_equal (words[0], "--version"))
    {
      puts ("countersignctl " VERSION);
      return CTL_DONE;
    }
  /* For the shells, and for no person: "complete -- WORD…". */
  if (g_strcmp0 (words[0], "complete") == 0 && g_strcmp0 (words[1], "--") == 0)
    status = ctl_complete (&ctl, commands, G_N_ELEMENTS (commands),
                           take_leading_options (&ctl, words + 2));
  else
    status = run_command (&ctl, words);
  if (ctl.workspace != NULL)
    cs_membership_close (cs_workspace_get_store (ctl.workspace));
  g_clear_object (&ctl.workspace);
  g_free (ctl.data_dir);
  if (fflush (stdout) != 0 && status == CTL_DONE)
    status = CTL_NO;
  return (int) status;
}
