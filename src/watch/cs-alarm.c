/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound was passed that people are called for, or that leads back. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-alarm.h"

#include "cs-clock.h"
#include "cs-json.h"

#include <string.h>

/**
 * cs_alarm_state_to_string:
 * @state: a state
 *
 * Returns: its word on the command line
 */
const char *
cs_alarm_state_to_string (CsAlarmState state)
{
  static const char *const words[] = { "raised", "counting", "stopped", "fired", "settled" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

/**
 * cs_alarm_free:
 * @self: (nullable): an alarm
 */
void
cs_alarm_free (CsAlarm *self)
{
  if (self == NULL)
    return;
  g_free (self->criterion);
  g_free (self->words);
  g_free (self->reason);
  g_free (self->procedure);
  g_free (self->acknowledged_by);
  g_free (self->stopped_by);
  g_free (self->stop_reason);
  g_free (self);
}

/**
 * cs_alarm_is_open:
 * @self: an alarm
 *
 * Returns: whether it is neither over nor has begun a rollback
 */
gboolean
cs_alarm_is_open (const CsAlarm *self)
{
  return self->state != CS_ALARM_FIRED && self->state != CS_ALARM_SETTLED;
}

/**
 * cs_alarm_is_calling:
 * @self: an alarm
 *
 * Returns: whether nobody has said yet that they take care of it
 */
gboolean
cs_alarm_is_calling (const CsAlarm *self)
{
  return self->state != CS_ALARM_SETTLED && self->acknowledged_at == 0;
}

static gint64
get_time (JsonObject *body, const char *member)
{
  const char *text = cs_json_get_string (body, member);
  gint64 at;

  return text != NULL && cs_clock_parse (text, &at, NULL) ? at : 0;
}

/* When it was by the clock of the watch. */
static gint64
get_moment (CsRecord *record)
{
  gint64 at = get_time (cs_record_get_body (record), "at");

  return at != 0 ? at : cs_record_get_at (record);
}

/**
 * cs_alarm_new_from_record:
 * @record: of the kind `watch-alarm-raised`
 *
 * Returns: (transfer full) (nullable): the alarm; NULL if the record makes no sense
 */
CsAlarm *
cs_alarm_new_from_record (CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  g_autoptr (CsAlarm) self = g_new0 (CsAlarm, 1);

  self->n = cs_record_get_n (record);
  self->criterion = g_strdup (cs_json_get_string (body, "criterion"));
  self->words = g_strdup (cs_json_get_string (body, "words"));
  self->reason = g_strdup (cs_json_get_string (body, "reason"));
  self->procedure = g_strdup (cs_json_get_string (body, "procedure"));
  self->raised_at = get_moment (record);
  self->fires_at = get_time (body, "fires-at");
  self->state = self->fires_at > 0 ? CS_ALARM_COUNTING : CS_ALARM_RAISED;
  if (self->criterion == NULL || self->words == NULL ||
      !cs_severity_from_string (cs_json_get_string (body, "severity"), &self->severity))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cs_alarm_fold:
 * @self: the alarm that the record is about
 * @record: what happened to it
 *
 * Returns: whether that was possible; it has changed nothing if not
 */
gboolean
cs_alarm_fold (CsAlarm *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  gint64 at = get_moment (record);

  if (strcmp (kind, "watch-alarm-acknowledged") == 0 && cs_alarm_is_calling (self))
    {
      self->acknowledged_at = at;
      self->acknowledged_by = g_strdup (cs_record_get_actor (record));
    }
  else if (strcmp (kind, "watch-alarm-stopped") == 0 && self->state == CS_ALARM_COUNTING)
    {
      self->state = CS_ALARM_STOPPED;
      self->stopped_at = at;
      self->stopped_by = g_strdup (cs_record_get_actor (record));
      self->stop_reason = g_strdup (cs_json_get_string (cs_record_get_body (record), "reason"));
    }
  else if (strcmp (kind, "watch-alarm-fired") == 0 && self->state == CS_ALARM_COUNTING)
    {
      self->state = CS_ALARM_FIRED;
      self->fired_at = at;
    }
  else if (strcmp (kind, "watch-alarm-settled") == 0 && self->state != CS_ALARM_SETTLED)
    {
      self->state = CS_ALARM_SETTLED;
      self->settled_at = at;
    }
  else
    return FALSE;
  return TRUE;
}

/**
 * cs_alarm_fold_all:
 * @alarms: (element-type CsAlarm): all of a watch
 * @record: what happened to one of them; whoever acknowledges takes care of everything that calls
 * then
 *
 * Returns: whether it was possible for one of them
 */
gboolean
cs_alarm_fold_all (GPtrArray *alarms, CsRecord *record)
{
  gint64 n = cs_json_get_int (cs_record_get_body (record), "alarm", -1);
  gboolean done = FALSE;

  for (guint i = 0; i < alarms->len; i++)
    {
      CsAlarm *alarm = alarms->pdata[i];

      if (n < 0 || alarm->n == n)
        done = cs_alarm_fold (alarm, record) || done;
    }
  return done;
}
