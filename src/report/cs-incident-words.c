/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an incident report. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-incident-words.h"

#include "cs-json.h"

#include <string.h>

#define MAX_COMMAND 120 /* characters of a command that a cell of a table shows */

/* What each kind of record says: words, and the members of its body that are told behind them. */
static const struct
{
  const char *kind;
  const char *words;
  const char *detail;
  const char *reason;
} kinds[] = {
  { "opened", "opened the deployment", "title", "reason" },
  { "block-interrupted", "a command was cut off", "block", "problem" },
  { "block-not-started", "a command was not started", "block", "problem" },
  { "block-unknown", "how a command ended is not known", "block", "problem" },
  { "member-skipped", "left a member out", "member", "reason" },
  { "command-left-out", "left a command out", "title", "reason" },
  { "followed-up", "did afterwards", "text", NULL },
  { "follow-up-reopened", "took back that it was done", "text", NULL },
  { "left-out", "left out what is for another environment", "title", "reason" },
  { "noted", "noted", "text", NULL },
  { "chosen", "chose", "title", NULL },
  { "checked", "ticked", "text", NULL },
  { "unchecked", "took back the tick of", "text", NULL },
  { "confirmed", "confirmed", "title", NULL },
  { "skipped", "skipped", "title", "reason" },
  { "value-set", "set a value", "name", "value" },
  { "value-cleared", "took back the value", "name", NULL },
  { "rejection-withdrawn", "withdrew the rejection of the line", "field", "reason" },
  { "rejection-overruled", "overruled the rejection of the line", "field", "reason" },
  { "overridden", "went on although", "words", "reason" },
  { "environment-taken-over", "took the environment over from", "title", "reason" },
  { "displaced", "another deployment took the environment over", "title", "reason" },
  { "rollback-started", "began to roll back", "title", "reason" },
  { "closed", "closed the deployment", NULL, "reason" },
};

/**
 * cs_incident_escape:
 * @text: (nullable): any text
 *
 * Returns: (transfer full): @text as one line that means nothing to Markdown, in a table or outside
 */
char *
cs_incident_escape (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text != NULL ? text : ""));
  GString *escaped = g_string_new (NULL);

  for (const char *p = stripped; *p != '\0'; p++)
    if ((guchar) *p < ' ' || *p == 0x7f)
      g_string_append_c (escaped, ' ');
    else
      {
        if (strchr ("\\`*_{}[]<>#|~&!", *p) != NULL)
          g_string_append_c (escaped, '\\');
        g_string_append_c (escaped, *p);
      }
  return g_string_free (escaped, FALSE);
}

/** cs_incident_first_line: (transfer full): the first line of a command, cut to what fits. */
char *
cs_incident_first_line (const char *text)
{
  g_autofree char *line = NULL;
  gsize length = text != NULL ? strcspn (text, "\n") : 0;
  gboolean more = text != NULL && text[length] != '\0' && text[length + 1] != '\0';

  line = g_utf8_make_valid (text != NULL ? text : "", (gssize) length);
  if (g_utf8_strlen (line, -1) > MAX_COMMAND)
    {
      *g_utf8_offset_to_pointer (line, MAX_COMMAND) = '\0';
      more = TRUE;
    }
  return g_strconcat (line, more ? " …" : "", NULL);
}

/** cs_incident_format_time: (transfer full): UTC, to the second. */
char *
cs_incident_format_time (gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
}

/** cs_incident_format_duration: (transfer full): e.g. `1 h 5 min`, `42 s`. */
char *
cs_incident_format_duration (gint64 microseconds)
{
  gint64 seconds = MAX (microseconds, 0) / G_USEC_PER_SEC;

  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h %d min", seconds / 3600,
                            (int) (seconds % 3600 / 60));
  if (seconds >= 60)
    return g_strdup_printf ("%d min %d s", (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf ("%d s", (int) seconds);
}

/**
 * cs_incident_describe_outcome:
 * @record: of how a command ended
 *
 * Returns: (transfer full): e.g. `passed`, `FAILED: exited with status 1`, escaped
 */
char *
cs_incident_describe_outcome (CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *problem = cs_json_get_string (body, "problem");
  const char *ending = cs_json_get_string (body, "ending");
  g_autofree char *escaped = cs_incident_escape (problem != NULL ? problem : ending);

  if (cs_json_get_boolean (body, "passed"))
    return g_strdup ("passed");
  if (problem != NULL || !json_object_has_member (body, "status"))
    return g_strdup_printf ("UNKNOWN: %s", escaped);
  return g_strdup_printf ("FAILED: %s with status %" G_GINT64_FORMAT, escaped,
                          cs_json_get_int (body, "status", -1));
}

static char *
describe_ending (CsRecord *record, CsDeployment *deployment)
{
  JsonObject *body = cs_record_get_body (record);
  const char *id = cs_json_get_string (body, "step");
  CsStepState *step = id != NULL ? cs_deployment_find_step (deployment, id) : NULL;
  const char *title = step != NULL ? cs_step_get_title (cs_step_state_get_step (step)) : id;
  const char *ending = cs_json_get_string (body, "ending");

  if (cs_json_get_boolean (body, "passed"))
    return g_strdup_printf ("a command of step %s “%s” passed", id, title);
  return g_strdup_printf ("a command of step %s “%s” failed: %s with status %" G_GINT64_FORMAT, id,
                          title, ending, cs_json_get_int (body, "status", -1));
}

static char *
describe_signature (CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *comment = cs_json_get_string (body, "comment");
  gboolean approves = g_strcmp0 (cs_json_get_string (body, "decision"), "approve") == 0;
  gboolean said = comment != NULL && *comment != '\0';

  return g_strdup_printf ("%s as %s%s%s", approves ? "approved" : "rejected",
                          cs_json_get_string (body, "role"), said ? ": " : "", said ? comment : "");
}

/**
 * cs_incident_compose:
 * @body: of a record
 * @words: what its kind says
 * @detail: (nullable): the member that says to what
 * @reason: (nullable): the member that says why
 *
 * Returns: (transfer full): a line that is not escaped
 */
char *
cs_incident_compose (JsonObject *body, const char *words, const char *detail, const char *reason)
{
  const char *what = detail != NULL ? cs_json_get_string (body, detail) : NULL;
  const char *why = reason != NULL ? cs_json_get_string (body, reason) : NULL;
  gboolean said = why != NULL && *why != '\0';

  return g_strdup_printf ("%s%s%s%s%s%s", words, what != NULL ? " “" : "",
                          what != NULL ? what : "", what != NULL ? "”" : "", said ? ": " : "",
                          said ? why : "");
}

/**
 * cs_incident_describe:
 * @record: of the deployment
 *
 * Returns: (transfer full) (nullable): what it says, in words that are not escaped; %NULL for one
 *   that tells only the beginning of a command, whose end tells more
 */
char *
cs_incident_describe (CsRecord *record, CsDeployment *deployment)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);

  if (strcmp (kind, "block-finished") == 0)
    return describe_ending (record, deployment);
  if (strcmp (kind, "signed") == 0)
    return describe_signature (record);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, kind) == 0)
      return cs_incident_compose (body, kinds[i].words, kinds[i].detail, kinds[i].reason);
  return strcmp (kind, "block-started") == 0 || strcmp (kind, "fleet-ended") == 0
           ? NULL
           : g_strdup (kind);
}
