/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened in a deployment that was rolled back, as its records tell it. */

/* Nothing here is guessed: what no record says is asked of people, at the end. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-incident-report.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-incident-words.h"
#include "cs-json.h"
#include "cs-watch-story.h"

#include <string.h>

typedef struct
{
  CsDeployment *deployment;
  GPtrArray *records;
  GPtrArray *timeline; /* the records, and those of the watch between them */
  CsWatchStory *story;
  GString *text;
  CsRecord *rollback;  /* rollback-started */
  CsRecord *trouble;   /* the first record that tells of something wrong; NULL */
  CsRecord *closed;    /* NULL while it is open */
  GHashTable *started; /* run id → its block-started */
} Report;

static void
add (Report *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add (Report *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->text, format, args);
  va_end (args);
}

static const char *
get_text (CsRecord *record, const char *member)
{
  return cs_json_get_string (cs_record_get_body (record), member);
}

static gboolean
is_kind (CsRecord *record, const char *kind)
{
  return strcmp (cs_record_get_kind (record), kind) == 0;
}

/* Whether a record tells of something that went wrong. */
static gboolean
is_trouble (CsRecord *record)
{
  if (is_kind (record, "block-finished"))
    return !cs_json_get_boolean (cs_record_get_body (record), "passed");
  return is_kind (record, "block-interrupted") || is_kind (record, "block-unknown") ||
         is_kind (record, "watch-alarm-raised") ||
         (is_kind (record, "block-not-started") &&
          cs_json_get_boolean (cs_record_get_body (record), "failed"));
}

/* Each stream keeps its order, whatever its clock said. */
static GPtrArray *
merge (GPtrArray *records, GPtrArray *watched)
{
  GPtrArray *merged = g_ptr_array_new ();
  guint next = 0;

  for (guint i = 0; i < records->len; i++)
    {
      gint64 at = cs_record_get_at (records->pdata[i]);

      while (next < watched->len && cs_record_get_at (watched->pdata[next]) < at)
        g_ptr_array_add (merged, watched->pdata[next++]);
      g_ptr_array_add (merged, records->pdata[i]);
    }
  while (next < watched->len)
    g_ptr_array_add (merged, watched->pdata[next++]);
  return merged;
}

static char *
describe (Report *self, CsRecord *record)
{
  return g_str_has_prefix (cs_record_get_kind (record), "watch-")
           ? cs_watch_story_describe (record)
           : cs_incident_describe (record, self->deployment);
}

static void
look (Report *self)
{
  for (guint i = 0; i < self->timeline->len; i++)
    {
      CsRecord *record = self->timeline->pdata[i];
      const char *run = get_text (record, "run");

      if (is_kind (record, "rollback-started") && self->rollback == NULL)
        self->rollback = record;
      if (is_kind (record, "closed"))
        self->closed = record;
      if (is_trouble (record) && self->trouble == NULL && self->rollback == NULL)
        self->trouble = record;
      if (is_kind (record, "block-started") && run != NULL)
        g_hash_table_insert (self->started, (gpointer) run, record);
    }
}

static void
add_row (Report *self, const char *name, const char *value)
{
  g_autofree char *escaped = cs_incident_escape (value);

  add (self, "| %s | %s |\n", name, escaped);
}

static void
add_time_row (Report *self, const char *name, CsRecord *record)
{
  g_autofree char *time = cs_incident_format_time (cs_record_get_at (record));
  g_autofree char *words = g_strdup_printf ("%s by %s", time, cs_record_get_actor (record));

  add_row (self, name, words);
}

static void
add_head (Report *self)
{
  CsDeployment *deployment = self->deployment;
  g_autofree char *title = cs_incident_escape (cs_deployment_get_title (deployment));
  g_autofree char *now = cs_incident_format_time (cs_clock_now ());

  add (self, "# Incident report: %s\n\n", title);
  add (self,
       "Written by Countersign on %s from the record of the deployment, up to the record with the "
       "hash `%s`. All times are UTC. What no record says is left to people: see “Open "
       "questions”.\n\n",
       now, cs_deployment_get_head (deployment));
  add (self, "| | |\n|---|---|\n");
  add_row (self, "Deployment", cs_deployment_get_id (deployment));
  add_row (self, "Environment", cs_deployment_get_environment (deployment));
  add_row (self, "Server", cs_target_get_name (cs_deployment_get_target (deployment)));
  add_row (self, "Reason of the deployment", cs_deployment_get_reason (deployment));
  add_time_row (self, "Opened", self->records->pdata[0]);
  add_time_row (self, "Rollback begun", self->rollback);
  add_row (self, "Reason of the rollback", get_text (self->rollback, "reason"));
  add_row (self, "Procedure", get_text (self->rollback, "title"));
  if (self->closed != NULL)
    add_time_row (self, "Closed", self->closed);
  else
    add_row (self, "Closed", "not yet: the rollback is not over");
}

static void
add_timeline (Report *self)
{
  add (self, "\n## Timeline\n\n| Time | Who | What |\n|---|---|---|\n");
  for (guint i = 0; i < self->timeline->len; i++)
    {
      CsRecord *record = self->timeline->pdata[i];
      g_autofree char *words = describe (self, record);
      g_autofree char *escaped = words != NULL ? cs_incident_escape (words) : NULL;
      g_autofree char *who = cs_incident_escape (cs_record_get_actor (record));
      g_autofree char *time = cs_incident_format_time (cs_record_get_at (record));

      if (escaped != NULL)
        add (self, "| %s | %s | %s%s%s |\n", time, who,
             record == self->rollback || is_trouble (record) ? "**" : "", escaped,
             record == self->rollback || is_trouble (record) ? "**" : "");
    }
}

static void
add_command (Report *self, CsRecord *ended)
{
  const char *run = get_text (ended, "run");
  CsRecord *started = run != NULL ? g_hash_table_lookup (self->started, run) : NULL;
  g_autofree char *command =
    started != NULL ? cs_incident_first_line (get_text (started, "text")) : g_strdup ("");
  g_autofree char *escaped = cs_incident_escape (command);
  g_autofree char *outcome = cs_incident_describe_outcome (ended);
  g_autofree char *time =
    cs_incident_format_time (cs_record_get_at (started != NULL ? started : ended));
  g_autofree char *took =
    started != NULL
      ? cs_incident_format_duration (cs_record_get_at (ended) - cs_record_get_at (started))
      : g_strdup ("");
  g_autofree char *step = cs_incident_escape (get_text (ended, "step"));

  add (self, "| %s | %s%s | %s | %s | %s |\n", time, step,
       cs_record_get_n (ended) > cs_record_get_n (self->rollback) ? " (rollback)" : "", escaped,
       took, outcome);
}

static void
add_actions (Report *self)
{
  guint n = 0;

  add (self, "\n## Actions\n\n");
  for (guint i = 0; i < self->records->len; i++)
    {
      CsRecord *record = self->records->pdata[i];

      if (!is_kind (record, "block-finished") && !is_trouble (record))
        continue;
      if (n++ == 0)
        add (self, "| Begun | Step | Command | Took | Outcome |\n|---|---|---|---|---|\n");
      add_command (self, record);
    }
  if (n == 0)
    add (self, "No command had ended.\n");
}

static void
add_versions (Report *self)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self->deployment, NULL);

  add (self, "\n## Versions\n\n| | |\n|---|---|\n");
  add_row (self, "Runbook, SHA-256",
           cs_runbook_get_digest (cs_deployment_get_runbook (self->deployment)));
  for (guint i = 0; i < names->len; i++)
    {
      const char *value = cs_deployment_get_value (self->deployment, names->pdata[i]);

      add_row (self, names->pdata[i], value != NULL ? value : "(no value)");
    }
}

/* What the record shows of how long something was wrong; what users saw it does not know. */
static void
add_downtime (Report *self)
{
  CsRecord *first = self->trouble != NULL ? self->trouble : self->rollback;
  CsRecord *last = self->closed;
  g_autofree char *from = cs_incident_format_time (cs_record_get_at (first));
  g_autofree char *what = describe (self, first);
  g_autofree char *escaped = cs_incident_escape (what);

  add (self, "\n## Downtime\n\nThe first sign of trouble in the record is of %s: %s. ", from,
       escaped);
  if (last != NULL)
    {
      g_autofree char *took =
        cs_incident_format_duration (cs_record_get_at (last) - cs_record_get_at (first));
      g_autofree char *until = cs_incident_format_time (cs_record_get_at (last));

      add (self, "The rolled-back deployment was closed on %s, **%s** later. ", until, took);
    }
  else
    add (self, "The rollback is not over. ");
  add (self, "Whether and when users were affected, the record does not know.\n");
}

static void
add_check (Report *self, CsCheckState *check)
{
  g_autofree char *text =
    cs_incident_escape (cs_check_get_text (cs_check_state_get_check (check)));
  g_autofree char *time = cs_incident_format_time (cs_check_state_get_at (check));
  g_autofree char *who = cs_incident_escape (cs_check_state_get_actor (check));

  if (cs_check_state_get_done (check))
    add (self, "- [x] %s (%s, %s)\n", text, who, time);
  else
    add (self, "- [ ] %s\n", text);
}

/* What was looked at after the rollback had begun: steps and items of its procedure. */
static void
add_verification (Report *self)
{
  GListModel *rollbacks = cs_deployment_get_rollbacks (self->deployment);
  const char *id = get_text (self->rollback, "phase");

  add (self, "\n## Verification\n\n");
  for (guint i = 0; i < g_list_model_get_n_items (rollbacks); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (rollbacks, i);
      GListModel *steps = cs_phase_state_get_steps (phase);

      if (g_strcmp0 (cs_phase_get_id (cs_phase_state_get_phase (phase)), id) != 0)
        continue;
      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);
          GListModel *checks = cs_step_state_get_checks (step);
          g_autofree char *title =
            cs_incident_escape (cs_step_get_title (cs_step_state_get_step (step)));

          add (self, "- Step %s “%s”: %s\n", cs_step_get_id (cs_step_state_get_step (step)), title,
               cs_status_to_string (cs_step_state_get_status (step)));
          for (guint m = 0; m < g_list_model_get_n_items (checks); m++)
            {
              g_autoptr (CsCheckState) check = g_list_model_get_item (checks, m);

              add_check (self, check);
            }
        }
    }
}

static void
add_verdict (Report *self, CsRecord *record)
{
  g_autofree char *time = cs_incident_format_time (cs_record_get_at (record));
  g_autofree char *bound = cs_incident_escape (get_text (record, "words"));
  g_autofree char *verdict = cs_incident_escape (get_text (record, "verdict"));
  g_autofree char *reason = cs_incident_escape (get_text (record, "reason"));

  add (self, "| %s | %s | %s | %s |\n", time, bound, verdict, reason);
}

static void
add_alarm (Report *self, const CsAlarm *alarm)
{
  g_autofree char *time = cs_incident_format_time (alarm->raised_at);
  g_autofree char *bound = cs_incident_escape (alarm->words);
  g_autofree char *reason = cs_incident_escape (alarm->reason);
  g_autofree char *end = cs_watch_story_describe_end (alarm);
  g_autofree char *escaped = cs_incident_escape (end);

  add (self, "| %s | %s | %s | %s | %s |\n", time, bound,
       cs_severity_to_string (alarm->severity), reason, escaped);
}

/* What was measured, as it was judged then. */
static void
add_watch (Report *self)
{
  CsWatchStory *story = self->story;

  if (story->verdicts->len == 0 && story->alarms->len == 0)
    return;
  add (self, "\n## Watch\n");
  if (story->verdicts->len > 0)
    add (self, "\n| Time | Bound | Verdict | Found |\n|---|---|---|---|\n");
  for (guint i = 0; i < story->verdicts->len; i++)
    add_verdict (self, story->verdicts->pdata[i]);
  if (story->alarms->len > 0)
    add (self,
         "\n| Alarm | Bound | Severity | Found | What became of it |\n|---|---|---|---|---|\n");
  for (guint i = 0; i < story->alarms->len; i++)
    add_alarm (self, story->alarms->pdata[i]);
}

static void
add_question (Report *self, CsRecord *record)
{
  g_autofree char *words = describe (self, record);
  g_autofree char *escaped = words != NULL ? cs_incident_escape (words) : g_strdup ("");

  if (is_kind (record, "watch-alarm-raised"))
    add (self, "- Why: %s?\n", escaped);
  else if (is_trouble (record) && cs_record_get_n (record) < cs_record_get_n (self->rollback))
    add (self, "- Why: %s?\n", escaped);
  else if (is_trouble (record))
    add (self, "- What did it mean for the rollback: %s?\n", escaped);
  else if (is_kind (record, "skipped") || is_kind (record, "member-skipped") ||
           is_kind (record, "overridden") || is_kind (record, "rejection-overruled"))
    add (self, "- Was it right: %s?\n", escaped);
}

static void
add_questions (Report *self)
{
  static const char *const questions[] = {
    "Who was affected, how, and from when to when?",
    "What was the cause, and what the cause of that?",
    "Why was it not found before the deployment?",
    "How was it noticed, and could it have been noticed earlier?",
    "What helped, and what stood in the way?",
    "Who was told what, and when?",
    "What is to be done so that it does not happen again: what, who, until when?",
  };

  add (self, "\n## Open questions\n\n");
  for (guint i = 0; i < self->timeline->len; i++)
    add_question (self, self->timeline->pdata[i]);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    add (self, "- %s\n", questions[i]);
}

/**
 * cs_incident_report_write:
 * @deployment: one that was, or is being, rolled back
 * @records: (element-type CsRecord): its records, all of them
 * @watched: (element-type CsRecord): those of its watch, maybe none
 *
 * Fills an incident report from the record: head, timeline, actions, versions, downtime,
 * verification, verdicts and alarms; and asks people what it can't know.
 *
 * Returns: (transfer full): Markdown (CommonMark with tables) in English; %NULL with
 *   %CS_ERROR_INVALID if nothing was rolled back
 */
char *
cs_incident_report_write (CsDeployment *deployment,
                          GPtrArray *records,
                          GPtrArray *watched,
                          GError **error)
{
  g_autoptr (GPtrArray) timeline = merge (records, watched);
  g_autoptr (CsWatchStory) story = cs_watch_story_new (watched);
  Report self = { deployment, records, timeline, story, g_string_new (NULL), NULL, NULL, NULL,
                  g_hash_table_new (g_str_hash, g_str_equal) };

  look (&self);
  if (self.rollback == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "The deployment was not rolled back, so there is no incident to report");
  else
    {
      add_head (&self);
      add_timeline (&self);
      add_actions (&self);
      add_versions (&self);
      add_downtime (&self);
      add_verification (&self);
      add_watch (&self);
      add_questions (&self);
    }
  g_hash_table_unref (self.started);
  return g_string_free (self.text, self.rollback == NULL);
}
