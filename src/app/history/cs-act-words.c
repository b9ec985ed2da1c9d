/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What records say, in words for people. */

#define G_LOG_DOMAIN "cs-act-words"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-act-words.h"
#include "cs-json.h"

static const CsActWords words[] = {
  { "deployment/", "opened", N_("Opened the deployment"), "media-playback-start-symbolic",
    "reason" },
  { "deployment/", "block-started", N_("Started a command"), "system-run-symbolic", "text" },
  { "deployment/", "block-finished", N_("A command finished"), "utilities-terminal-symbolic",
    "block" },
  { "deployment/", "block-interrupted", N_("A command was interrupted"),
    "network-offline-symbolic", "problem" },
  { "deployment/", "block-not-started", N_("A command was not started"),
    "action-unavailable-symbolic", "problem" },
  { "deployment/", "block-unknown", N_("How a command ended is not known"),
    "dialog-question-symbolic", "problem" },
  { "deployment/", "fleet-ended", N_("A command ended on the fleet"),
    "utilities-terminal-symbolic", "problem" },
  { "deployment/", "member-skipped", N_("Left a member out"), "media-skip-forward-symbolic",
    "member" },
  { "deployment/", "command-left-out", N_("Left a command out"), "media-skip-forward-symbolic",
    "title" },
  { "deployment/", "followed-up", N_("Did what was to be done afterwards"),
    "checkbox-checked-symbolic", "text" },
  { "deployment/", "follow-up-reopened", N_("Took back that it was done"), "checkbox-symbolic",
    "text" },
  { "deployment/", "left-out", N_("Left out what is for another environment"),
    "media-skip-forward-symbolic", "title" },
  { "deployment/", "noted", N_("Noted"), "document-edit-symbolic", "text" },
  { "deployment/", "chosen", N_("Chose"), "object-select-symbolic", "title" },
  { "deployment/", "checked", N_("Ticked"), "checkbox-checked-symbolic", "text" },
  { "deployment/", "unchecked", N_("Unticked"), "checkbox-symbolic", "text" },
  { "deployment/", "judged", N_("Judged what was printed"), "view-reveal-symbolic", "text" },
  { "deployment/", "accepted", N_("Marked as passed"), "object-select-symbolic", "reason" },
  { "deployment/", "blocker-resolved", N_("Resolved a blocker"), "object-select-symbolic", "text" },
  { "deployment/", "decided", N_("Decided whether it goes on"), "view-reveal-symbolic",
    "decision" },
  { "deployment/", "paused", N_("Paused the deployment"), "media-playback-pause-symbolic",
    "reason" },
  { "deployment/", "resumed", N_("Resumed the deployment"), "media-playback-start-symbolic", NULL },
  { "deployment/", "confirmed", N_("Confirmed"), "object-select-symbolic", "title" },
  { "deployment/", "skipped", N_("Skipped"), "media-skip-forward-symbolic", "title" },
  { "deployment/", "value-set", N_("Set a value"), "document-edit-symbolic", "name" },
  { "deployment/", "value-cleared", N_("Took back a value"), "edit-undo-symbolic", "name" },
  { "deployment/", "signed", N_("Signed"), "document-edit-symbolic", "role" },
  { "deployment/", "rejection-withdrawn", N_("Withdrew the rejection"), "edit-undo-symbolic",
    "reason" },
  { "deployment/", "rejection-overruled", N_("Overruled the rejection"), "dialog-warning-symbolic",
    "reason" },
  { "deployment/", "overridden", N_("Went on all the same"), "dialog-warning-symbolic", "words" },
  { "deployment/", "rollback-started", N_("Began to roll back"), "edit-undo-symbolic", "title" },
  { "deployment/", "environment-taken-over", N_("Took an environment over"),
    "dialog-warning-symbolic", "reason" },
  { "deployment/", "displaced", N_("Someone else took the environment over"),
    "dialog-warning-symbolic", "reason" },
  { "deployment/", "closed", N_("Closed the deployment"), "media-playback-stop-symbolic", NULL },
  { "locks", "lock-taken", N_("Locked an environment"), "changes-prevent-symbolic", "environment" },
  { "locks", "lock-taken-over", N_("Took an environment over"), "dialog-warning-symbolic",
    "environment" },
  { "locks", "lock-released", N_("Left an environment to others"), "changes-allow-symbolic",
    "environment" },
  { "people", "person-added", N_("Added a person"), "contact-new-symbolic", "name" },
  { "people", "key-added", N_("Added a key"), "dialog-password-symbolic", "id" },
  { "keys", "passphrase-wrong", N_("A wrong passphrase was given"), "dialog-password-symbolic",
    "key" },
  { "keys", "passphrase-forgotten", N_("Forgot a passphrase that was wrong"),
    "dialog-password-symbolic", "key" },
  { "keys", "signature-refused", N_("A key refused to sign"), "dialog-password-symbolic", "key" },
  { "targets", "target-added", N_("Added a server"), "list-add-symbolic", "name" },
  { "targets", "target-changed", N_("Changed a server"), "document-edit-symbolic", "name" },
  { "targets", "agent-certificate-announced", N_("A server's next certificate"),
    "emblem-synchronizing-symbolic", "target" },
  { "targets", "agent-certificate-adopted", N_("A server's new certificate"),
    "emblem-ok-symbolic", "target" },
  { "targets", "target-removed", N_("Removed a server"), "list-remove-symbolic", "name" },
  { "companies", "companies-imported", N_("Imported companies"), "document-open-symbolic",
    "source" },
  { "rollout/", "flag-added", N_("Added a flag"), "list-add-symbolic", "key" },
  { "rollout/", "flag-changed", N_("Changed a flag"), "document-edit-symbolic", NULL },
  { "rollout/", "flag-pinned", N_("Pinned companies of a flag"), "view-pin-symbolic", NULL },
  { "rollout/", "rollout-signed", N_("Signed a change of a flag"), "document-edit-symbolic", NULL },
  { "rollout/", "rollout-overridden", N_("Let a flag go on all the same"),
    "dialog-warning-symbolic", NULL },
  { "rollout/", "change-begun", N_("Began to switch a flag"), "media-playback-start-symbolic",
    "reason" },
  { "rollout/", "change-applied", N_("Switched a flag"), "object-select-symbolic", NULL },
  { "rollout/", "change-undone", N_("A flag was not switched"), "edit-undo-symbolic", "problem" },
  { "rollout/", "change-failed", N_("Switching a flag failed"), "dialog-error-symbolic",
    "problem" },
  { "rollout/", "drift-found", N_("A flag was changed by hand"), "dialog-warning-symbolic",
    "words" },
  { "rollout/", "drift-gone", N_("A flag is as recorded again"), "emblem-ok-symbolic", NULL },
  { "runbook/", "runbook-added", N_("Added a runbook"), "x-office-document-symbolic", "title" },
  { "runbook/", "overruled", N_("Overruled how a line was read"), "document-edit-symbolic",
    "reason" },
  { "runbook/", "overrule-withdrawn", N_("Took back an overruling"), "edit-undo-symbolic",
    "reason" },
};

/* The step that a command stands in, as the runbook calls it. */
static char *
name_step (CsRecord *record, CsDeployment *deployment)
{
  const char *id = cs_json_get_string (cs_record_get_body (record), "step");
  CsStepState *step = NULL;

  if (id == NULL)
    return g_strdup (_("a step"));
  if (deployment != NULL)
    step = cs_deployment_find_step (deployment, id);
  if (step == NULL)
    return g_strdup_printf (_("step %s"), id);
  return g_strdup (cs_step_get_title (cs_step_state_get_step (step)));
}

/* A command's end is told by how it ended. */
static char *
describe_ending (CsRecord *record, CsDeployment *deployment)
{
  JsonObject *body = cs_record_get_body (record);
  const char *ending = cs_json_get_string (body, "ending");
  gint64 status = cs_json_get_int (body, "status", -1);
  g_autofree char *step = name_step (record, deployment);

  if (cs_json_get_boolean (body, "passed"))
    return g_strdup_printf (_("Command passed: %s"), step);
  if (g_strcmp0 (ending, "timed-out") == 0)
    return g_strdup_printf (_("Command took too long and was ended: %s"), step);
  if (g_strcmp0 (ending, "stopped") == 0)
    return g_strdup_printf (_("Command was stopped: %s"), step);
  return g_strdup_printf (_("Command failed with status %lld: %s"), (long long) status, step);
}

static char *
describe_signature (CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *role = cs_json_get_string (body, "role");
  gboolean reject = g_strcmp0 (cs_json_get_string (body, "decision"), "reject") == 0;

  if (role == NULL)
    return g_strdup (reject ? _("Rejected") : _("Signed"));
  return g_strdup_printf (reject ? _("Rejected as %s") : _("Signed as %s"), role);
}

/* The first line that says something; commands and comments can have many. */
static char *
dup_first_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strstrip (lines[i]);
      if (*lines[i] != '\0' && *lines[i] != '#')
        return g_strdup (lines[i]);
    }
  return g_strdup (text);
}

/**
 * cs_act_words_list:
 * @n_words: (out): how many
 *
 * Returns: (array length=n_words) (transfer none): every kind of record that has words
 */
const CsActWords *
cs_act_words_list (guint *n_words)
{
  g_return_val_if_fail (n_words != NULL, NULL);

  *n_words = G_N_ELEMENTS (words);
  return words;
}

/**
 * cs_act_words_find:
 * @stream: a stream
 * @kind: a kind of record in it
 *
 * Returns: (nullable): the words for it
 */
const CsActWords *
cs_act_words_find (const char *stream, const char *kind)
{
  g_return_val_if_fail (stream != NULL && kind != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_str_equal (words[i].kind, kind) && g_str_has_prefix (stream, words[i].stream))
        return &words[i];
    }
  return NULL;
}

/**
 * cs_act_words_describe:
 * @record: a record
 * @deployment: (nullable): the deployment that it belongs to
 *
 * Returns: (transfer full): what it says, in one line; its kind if that has no words
 */
char *
cs_act_words_describe (CsRecord *record, CsDeployment *deployment)
{
  const CsActWords *found;
  const char *detail = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (CS_IS_RECORD (record), NULL);

  found = cs_act_words_find (cs_record_get_stream (record), cs_record_get_kind (record));
  if (found == NULL)
    return g_strdup (cs_record_get_kind (record));
  if (g_str_equal (found->kind, "block-finished"))
    return describe_ending (record, deployment);
  if (g_str_equal (found->kind, "signed"))
    return describe_signature (record);
  if (found->detail != NULL)
    detail = cs_json_get_string (cs_record_get_body (record), found->detail);
  if (detail == NULL || *detail == '\0')
    return g_strdup (_(found->title));
  line = dup_first_line (detail);
  /* Translators: what was done, and to what */
  return g_strdup_printf (_("%s: %s"), _(found->title), line);
}

/**
 * cs_act_words_icon:
 * @record: a record
 *
 * Returns: the name of a symbolic icon for it
 */
const char *
cs_act_words_icon (CsRecord *record)
{
  const CsActWords *found;

  g_return_val_if_fail (CS_IS_RECORD (record), NULL);

  found = cs_act_words_find (cs_record_get_stream (record), cs_record_get_kind (record));
  return found != NULL ? found->icon : "text-x-generic-symbolic";
}

/**
 * cs_act_words_format_time:
 * @at: UTC microseconds
 *
 * Returns: (transfer full): the local time in short: only what differs from today
 */
char *
cs_act_words_format_time (gint64 at)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (then == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (then) != g_date_time_get_year (now))
    /* Translators: a moment in another year, with strftime's letters */
    return g_date_time_format (then, _("%e %b %Y, %H:%M"));
  if (g_date_time_get_day_of_year (then) != g_date_time_get_day_of_year (now))
    /* Translators: a moment on another day of this year */
    return g_date_time_format (then, _("%e %b, %H:%M"));
  /* Translators: a moment today */
  return g_date_time_format (then, _("%H:%M:%S"));
}

/**
 * cs_act_words_format_exact_time:
 * @at: UTC microseconds
 *
 * Returns: (transfer full): the local time with its zone, to the microsecond
 */
char *
cs_act_words_format_exact_time (gint64 at)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (at / G_USEC_PER_SEC);
  g_autofree char *day = NULL;
  g_autofree char *zone = NULL;

  if (then == NULL)
    return g_strdup ("");
  day = g_date_time_format (then, "%Y-%m-%d %H:%M:%S");
  zone = g_date_time_format (then, "%Z");
  return g_strdup_printf ("%s.%06" G_GINT64_FORMAT " %s", day, at % G_USEC_PER_SEC, zone);
}
