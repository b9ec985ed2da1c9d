/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A promotion that is planned for a time: what becomes of it, by the records of its flag. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-private.h"

#include "cs-clock.h"
#include "cs-decree.h"
#include "cs-json.h"

#include <string.h>

/** cs_flag_schedule_free: frees it. */
void
cs_flag_schedule_free (CsFlagSchedule *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->stage);
  g_free (self->plan);
  g_free (self->guardrails);
  g_free (self->by);
  g_free (self->reason);
  g_clear_pointer (&self->suspended, cs_gate_free);
  g_free (self);
}

/** cs_flag_get_schedule: (transfer none) (nullable): the promotion that is planned. */
const CsFlagSchedule *
cs_flag_get_schedule (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->schedule;
}

/* gate (transfer full): the first one is what counts. */
static void
suspend (CsFlag *self, CsGate *gate)
{
  if (self->schedule->suspended == NULL)
    self->schedule->suspended = gate;
  else
    cs_gate_free (gate);
}

static gboolean
is_of_schedule (CsFlag *self, JsonObject *body)
{
  return self->schedule != NULL &&
         g_strcmp0 (cs_json_get_string (body, "schedule"), self->schedule->id) == 0;
}

gboolean
cs_flag_fold_scheduled (CsFlag *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *at = cs_json_get_string (body, "at");
  CsFlagSchedule *schedule;
  gint64 time;

  if (at == NULL || !cs_clock_parse (at, &time, NULL) ||
      cs_json_get_string (body, "schedule") == NULL || cs_json_get_string (body, "stage") == NULL ||
      cs_json_get_string (body, "plan") == NULL)
    return FALSE;
  schedule = g_new0 (CsFlagSchedule, 1);
  schedule->id = g_strdup (cs_json_get_string (body, "schedule"));
  schedule->stage = g_strdup (cs_json_get_string (body, "stage"));
  schedule->plan = g_strdup (cs_json_get_string (body, "plan"));
  schedule->guardrails = g_strdup (cs_json_get_string (body, "guardrails"));
  schedule->is_signed = cs_json_get_boolean (body, "signed");
  schedule->reason = g_strdup (cs_json_get_string (body, "reason"));
  schedule->by = g_strdup (cs_record_get_actor (record));
  schedule->at = time;
  schedule->since = cs_record_get_at (record);
  g_clear_pointer (&self->schedule, cs_flag_schedule_free);
  self->schedule = schedule;
  return TRUE;
}

gboolean
cs_flag_fold_unscheduled (CsFlag *self, CsRecord *record)
{
  if (!is_of_schedule (self, cs_record_get_body (record)))
    return FALSE;
  g_clear_pointer (&self->schedule, cs_flag_schedule_free);
  return TRUE;
}

/* A record holds no words: those are of the language of whoever reads it. */
static CsGate *
new_gate (const char *cause, const char *what)
{
  if (strcmp (cause, "companies") == 0)
    return cs_gate_new ("schedule", NULL, "The companies, or for whom it is on, have changed");
  if (strcmp (cause, "guardrails") == 0)
    return cs_gate_new ("schedule", NULL, "The guardrails of the stage have changed");
  if (strcmp (cause, "signature") == 0)
    return cs_gate_new ("schedule", NULL, "A signature that it rests on counts no more");
  if (strcmp (cause, "guardrail") == 0)
    return cs_gate_new ("guardrail", NULL, "The guardrail “%s” is bad", what);
  if (strcmp (cause, "absent") == 0)
    return cs_gate_new ("schedule", NULL, "At that time no program was running");
  if (strcmp (cause, "waited") == 0)
    return cs_gate_new ("schedule", NULL, "It was due, and waited for too long (%s)", what);
  return cs_gate_new ("schedule", NULL, "It can't be planned any more: %s", what);
}

gboolean
cs_flag_fold_suspended (CsFlag *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *cause = cs_json_get_string (body, "cause");
  const char *what = cs_json_get_string (body, "what");

  if (!is_of_schedule (self, body) || cause == NULL)
    return FALSE;
  suspend (self, new_gate (cause, what != NULL ? what : ""));
  return TRUE;
}

/* What a plan rests on is what was there when it was made: whatever else happens to the flag
 * suspends it, even if it happens to be as before in the end. */
void
cs_flag_heed_schedule (CsFlag *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  const char *actor = cs_record_get_actor (record);
  JsonObject *body = cs_record_get_body (record);

  if (self->schedule == NULL)
    return;
  if (strcmp (kind, "change-begun") == 0 && is_of_schedule (self, body))
    g_clear_pointer (&self->schedule, cs_flag_schedule_free);
  else if (strcmp (kind, "change-begun") == 0)
    suspend (self, cs_gate_new ("schedule", NULL, "%s has switched it meanwhile", actor));
  else if (strcmp (kind, "flag-changed") == 0)
    suspend (self, cs_gate_new ("schedule", NULL, "%s has changed the flag meanwhile", actor));
  else if (strcmp (kind, "flag-pinned") == 0)
    suspend (self, cs_gate_new ("schedule", NULL, "%s has pinned companies meanwhile", actor));
  else if (strcmp (kind, "drift-found") == 0)
    suspend (self, cs_gate_new ("schedule", NULL, "Somebody changed it by hand meanwhile"));
}

/* After a ballot was folded: a plan that somebody rejects is no plan any more. */
void
cs_flag_heed_ballot (CsFlag *self, const CsFlagBallot *ballot)
{
  if (self->schedule != NULL && !ballot->approve &&
      strcmp (ballot->plan, self->schedule->plan) == 0)
    suspend (self, cs_gate_new ("schedule", NULL, "%s has rejected it meanwhile", ballot->by));
}
