/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl rollout schedule */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-print.h"

/* "2026-11-23T06:00:00Z", or without a zone the wall clock's; seconds may be left out. */
static gboolean
parse_moment (const char *text, gint64 *at, GError **error)
{
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autofree char *with_seconds = g_strconcat (text, ":00", NULL);
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, here);

  if (moment == NULL)
    moment = g_date_time_new_from_iso8601 (with_seconds, here);
  if (moment != NULL)
    *at =
      g_date_time_to_unix (moment) * G_USEC_PER_SEC + g_date_time_get_microsecond (moment);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” is no time: write 2026-11-23T06:00, or 2026-11-23T05:00:00Z", text);
  return moment != NULL;
}

static gboolean
schedule (Ctl *ctl,
          CsRollout *rollout,
          const char *stage,
          const char *time,
          const char *reason,
          GError **error)
{
  g_autoptr (CsRolloutPlan) plan = ctl_make_plan (rollout, stage, error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *told = NULL;
  g_autofree char *words = NULL;
  gint64 at = 0;

  if (plan == NULL || !parse_moment (time, &at, error))
    return FALSE;
  cs_rollout_schedule_async (rollout, plan, at, cs_workspace_get_actor (ctl->workspace), reason,
                             NULL, ctl_ready_cb, &result);
  if (!cs_rollout_act_finish (rollout, ctl_wait (&result), error))
    return FALSE;
  told = ctl_format_time (at);
  words = cs_flag_state_dup_words (plan->to);
  ctl_print (stdout, "%s  on for %s, if “watch run rollout/%s” runs then, or a window watches it\n",
             told, words, cs_flag_get_key (cs_rollout_get_flag (rollout)));
  return TRUE;
}

CtlStatus
ctl_rollout_schedule (Ctl *ctl, char **arguments)
{
  g_autofree char *stage = NULL;
  g_autofree char *at = NULL;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_FILENAME, &at, NULL, "TIME" },
    { "stage", 0, 0, G_OPTION_ARG_FILENAME, &stage, NULL, "STAGE" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsRollout *rollout = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (at, "--at", &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout != NULL)
    {
      schedule (ctl, rollout, stage, at, reason, &error);
      ctl_close_rollout (rollout);
    }
  return error != NULL ? ctl_fail (error) : CTL_DONE;
}
