/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of watching a deployment: each verdict about a bound, and each alarm. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-watch-story.h"

#include "cs-incident-words.h"
#include "cs-json.h"

#include <string.h>

/* What each kind of record says: words, and the members of its body that are told behind them. */
static const struct
{
  const char *kind;
  const char *words;
  const char *detail;
  const char *reason;
} kinds[] = {
  { "watch-began", "began to watch", "title", NULL },
  { "watch-probe-set", "set what is measured", "name", NULL },
  { "watch-probe-removed", "removed what was measured", "id", NULL },
  { "watch-criterion-set", "set a bound", "id", NULL },
  { "watch-criterion-removed", "removed the bound", "id", NULL },
  { "watch-consented", "agreed that the program may roll back by itself", NULL, NULL },
  { "watch-consent-withdrawn", "withdrew the consent to roll back", NULL, "reason" },
  { "watch-alarm-raised", "alarm", "words", "reason" },
  { "watch-alarm-acknowledged", "took care of the alarm", NULL, "reason" },
  { "watch-alarm-stopped", "stopped the countdown to a rollback", NULL, "reason" },
  { "watch-alarm-fired", "the countdown to a rollback was over", NULL, NULL },
  { "watch-alarm-settled", "the bound of the alarm was kept again", NULL, NULL },
  { "watch-ended", "ended the watch", NULL, NULL },
};

/**
 * cs_watch_story_new:
 * @records: (element-type CsRecord): of the watch of a deployment, all of them; maybe none
 *
 * Returns: (transfer full): what they tell
 */
CsWatchStory *
cs_watch_story_new (GPtrArray *records)
{
  CsWatchStory *self = g_new0 (CsWatchStory, 1);

  self->verdicts = g_ptr_array_new_with_free_func (g_object_unref);
  self->alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_alarm_free);
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      const char *kind = cs_record_get_kind (record);
      CsAlarm *alarm;

      if (strcmp (kind, "watch-judged") == 0)
        g_ptr_array_add (self->verdicts, g_object_ref (record));
      else if (strcmp (kind, "watch-alarm-raised") != 0)
        cs_alarm_fold_all (self->alarms, record);
      else if ((alarm = cs_alarm_new_from_record (record)) != NULL)
        g_ptr_array_add (self->alarms, alarm);
    }
  return self;
}

/** cs_watch_story_free: */
void
cs_watch_story_free (CsWatchStory *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->verdicts);
  g_ptr_array_unref (self->alarms);
  g_free (self);
}

/**
 * cs_watch_story_describe:
 * @record: of a watch
 *
 * Returns: (transfer full): what it says, in words that are not escaped
 */
char *
cs_watch_story_describe (CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);

  if (strcmp (kind, "watch-judged") == 0)
    return g_strdup_printf ("the bound “%s” is %s: %s", cs_json_get_string (body, "words"),
                            cs_json_get_string (body, "verdict"),
                            cs_json_get_string (body, "reason"));
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, kind) == 0)
      return cs_incident_compose (body, kinds[i].words, kinds[i].detail, kinds[i].reason);
  return g_strdup (kind);
}

/**
 * cs_watch_story_describe_end:
 *
 * Returns: (transfer full): what became of an alarm, with who and when, in words that are not
 *   escaped
 */
char *
cs_watch_story_describe_end (const CsAlarm *alarm)
{
  GString *words = g_string_new (NULL);
  g_autofree char *acknowledged = cs_incident_format_time (alarm->acknowledged_at);
  g_autofree char *stopped = cs_incident_format_time (alarm->stopped_at);
  g_autofree char *fired = cs_incident_format_time (alarm->fired_at);
  g_autofree char *settled = cs_incident_format_time (alarm->settled_at);

  if (alarm->acknowledged_at != 0)
    g_string_append_printf (words, "taken care of by %s on %s; ", alarm->acknowledged_by,
                            acknowledged);
  if (alarm->stopped_at != 0)
    g_string_append_printf (words, "countdown stopped by %s on %s%s%s; ", alarm->stopped_by,
                            stopped, alarm->stop_reason != NULL ? ": " : "",
                            alarm->stop_reason != NULL ? alarm->stop_reason : "");
  if (alarm->fired_at != 0)
    g_string_append_printf (words, "led to the rollback on %s; ", fired);
  if (alarm->settled_at != 0)
    g_string_append_printf (words, "the bound was kept again from %s on; ", settled);
  if (words->len == 0)
    g_string_append (words, "nobody took care of it; ");
  g_string_truncate (words, words->len - strlen ("; "));
  return g_string_free (words, FALSE);
}
