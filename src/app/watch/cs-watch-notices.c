/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells on the desktop what a watch calls people for, whether there is a window or not. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-notices.h"

#include "cs-time-words.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

/* One for each deployment: a newer one takes its place. */
static char *
dup_id (CsDeployment *deployment)
{
  return g_strconcat ("alarm-", cs_deployment_get_id (deployment), NULL);
}

static char *
describe (CsWatchDesk *desk, CsDeployment *deployment, const CsAlarm *alarm)
{
  CsWatch *watch = cs_deployment_watch_get_watch (cs_watch_desk_find (desk, deployment));
  const CsCriterion *criterion = cs_watch_find_criterion (watch, alarm->criterion);
  g_autofree char *bound =
    criterion != NULL ? cs_watch_words_criterion (criterion) : g_strdup (alarm->words);
  g_autofree char *state = NULL;

  if (alarm->state == CS_ALARM_COUNTING)
    {
      g_autofree char *left =
        cs_time_words_clock ((alarm->fires_at - alarm->raised_at) / G_USEC_PER_SEC);

      /* Translators: the name of a rollback procedure, and a countdown such as "0:42" */
      state = g_strdup_printf (_("“%s” begins in %s"), alarm->procedure, left);
    }
  else
    {
      state = cs_watch_words_alarm_end (alarm);
    }
  return g_strconcat (bound, "\n", state, NULL);
}

static void
send (CsWatchDesk *desk, CsDeployment *deployment, const CsAlarm *alarm, const char *title)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *body = describe (desk, deployment, alarm);
  g_autofree char *id = dup_id (deployment);
  const char *deployment_id = cs_deployment_get_id (deployment);

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_default_action_and_target (notification, "app.show-watch", "s",
                                                deployment_id);
  g_notification_add_button_with_target (notification, _("Show"), "app.show-watch", "s",
                                         deployment_id);
  if (alarm->state == CS_ALARM_COUNTING)
    g_notification_add_button_with_target (notification, _("Hold…"), "app.hold-rollback", "s",
                                           deployment_id);
  g_application_send_notification (application, id, notification);
}

static void
alarm_cb (CsWatchDesk *desk, CsDeployment *deployment, const CsAlarm *alarm, gpointer user_data)
{
  /* Translators: the title of a deployment */
  g_autofree char *title = g_strdup_printf (_("Alarm: %s"), cs_deployment_get_title (deployment));

  send (desk, deployment, alarm, title);
}

static void
rolling_back_cb (CsWatchDesk *desk,
                 CsDeployment *deployment,
                 const CsAlarm *alarm,
                 gpointer user_data)
{
  /* Translators: the title of a deployment */
  g_autofree char *title =
    g_strdup_printf (_("Rolled Back by Itself: %s"), cs_deployment_get_title (deployment));

  send (desk, deployment, alarm, title);
}

/* What nobody is called for any more is not told any more. */
static void
changed_cb (CsWatchDesk *desk, CsDeployment *deployment, gpointer user_data)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  GPtrArray *alarms =
    watch != NULL ? cs_watch_get_alarms (cs_deployment_watch_get_watch (watch)) : NULL;
  g_autofree char *id = dup_id (deployment);

  if (alarms == NULL || alarms->len == 0)
    return;
  for (guint i = 0; i < alarms->len; i++)
    if (cs_alarm_is_calling (alarms->pdata[i]))
      return;
  g_application_withdraw_notification (g_application_get_default (), id);
}

/**
 * cs_watch_notices_attach: (skip)
 * @desk: the watches
 * @application: that sends notifications, with the actions "show-watch" and "hold-rollback"
 *
 * Tells of each alarm, and of each rollback that one has begun, until somebody takes care of it.
 */
void
cs_watch_notices_attach (CsWatchDesk *desk, GApplication *application)
{
  g_return_if_fail (CS_IS_WATCH_DESK (desk));

  g_signal_connect_object (desk, "alarm", G_CALLBACK (alarm_cb), application, 0);
  g_signal_connect_object (desk, "rolling-back", G_CALLBACK (rolling_back_cb), application, 0);
  g_signal_connect_object (desk, "changed", G_CALLBACK (changed_cb), application, 0);
}
