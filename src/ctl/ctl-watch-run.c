/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl watch run, report */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-escalation.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-watch.h"

#include <glib-unix.h>
#include <string.h>

/* One `watch run`. */
typedef struct
{
  Ctl *ctl;
  CsDeployment *deployment;
  CsDeploymentWatch *watch;
  GPtrArray *levels;
  GMainLoop *loop;
  CtlStatus status;
} Watching;

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (((Watching *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

void
ctl_print_now (void)
{
  g_autofree char *now = ctl_format_time (g_get_real_time ());

  fprintf (stdout, "%s  ", now);
}

static void
changed_cb (CsWatch *watch, Watching *watching)
{
  if (cs_watch_is_ended (watch))
    g_main_loop_quit (watching->loop);
}

void
ctl_watch_measured_cb (CsWatcher *watcher, const char *id, gpointer user_data)
{
  CsWatch *watch = cs_watcher_get_watch (watcher);
  CsSamples *samples = cs_watcher_get_samples (watcher, id);
  guint n = cs_samples_get_n (samples);
  const CsSample *sample = n > 0 ? cs_samples_get (samples, n - 1) : NULL;

  if (sample == NULL)
    return;
  ctl_print_now ();
  fprintf (stdout, "%-5s  ", cs_sample_state_to_string (sample->state));
  ctl_print (stdout, "%s: %s\n", cs_watch_find_probe (watch, id)->name,
             cs_watcher_get_detail (watcher, id));
  fflush (stdout);
}

static void
alarm_cb (CsWatcher *watcher, const CsAlarm *alarm, Watching *watching)
{
  const CsEscalationLevel *level = cs_escalation_get_level (watching->levels, 0);
  g_autofree char *at = alarm->fires_at > 0 ? ctl_format_time (alarm->fires_at) : NULL;

  ctl_print_now ();
  ctl_print (stdout, "ALARM  %s: %s\n", alarm->words, alarm->reason);
  if (at != NULL)
    ctl_print (stdout, "Rollback “%s” begins at %s unless “countersignctl watch stop” stops it.\n",
               alarm->procedure, at);
  if (level != NULL)
    ctl_print (stdout, "Call now: %s\n", level->name);
  for (guint i = 0; level != NULL && i < level->contacts->len; i++)
    ctl_print (stdout, "  %s\n", (const char *) level->contacts->pdata[i]);
  fflush (stdout);
}

/* The commands of the rollback are run as if a person had said so; it ends where one is needed. */
static void
rolling_back_cb (CsDeploymentWatch *watch, const CsAlarm *alarm, Watching *watching)
{
  ctl_print_now ();
  ctl_print (stdout, "ROLLBACK  %s\n", alarm->procedure);
  fflush (stdout);
  watching->status = CTL_NO;
  g_main_loop_quit (watching->loop);
}

static void
trouble_cb (CsDeploymentWatch *watch, const GError *error, Watching *watching)
{
  ctl_print (stderr, "countersignctl: %s\n", error->message);
}

static gboolean
watch_on (Watching *watching, guint seconds, GError **error)
{
  CsWatcher *watcher = cs_deployment_watch_get_watcher (watching->watch);
  CsWatch *watch = cs_watcher_get_watch (watcher);
  guint timer = 0;
  guint interrupt = g_unix_signal_add (SIGINT, quit_cb, watching);
  guint terminate = g_unix_signal_add (SIGTERM, quit_cb, watching);

  g_signal_connect (watch, "changed", G_CALLBACK (changed_cb), watching);
  g_signal_connect (watcher, "measured", G_CALLBACK (ctl_watch_measured_cb), watching);
  g_signal_connect (watcher, "alarm", G_CALLBACK (alarm_cb), watching);
  g_signal_connect (watching->watch, "rolling-back", G_CALLBACK (rolling_back_cb), watching);
  g_signal_connect (watching->watch, "trouble", G_CALLBACK (trouble_cb), watching);
  if (!cs_deployment_watch_start (watching->watch, error))
    return FALSE;
  if (seconds > 0)
    timer = g_timeout_add_seconds (seconds, quit_cb, watching);
  g_main_loop_run (watching->loop);
  g_clear_handle_id (&timer, g_source_remove);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_signal_handlers_disconnect_by_data (watch, watching);
  g_signal_handlers_disconnect_by_data (watcher, watching);
  return TRUE;
}

static CtlStatus
watch_deployment (Ctl *ctl, const char *id, guint seconds)
{
  g_autoptr (GError) error = NULL;
  CsDeploymentWatch *watch = ctl_open_watch (ctl, id, &error);
  CsDeployment *deployment = watch != NULL ? ctl_open_deployment (ctl, id, &error) : NULL;
  g_autoptr (GPtrArray) levels = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watching watching = { ctl, deployment, watch, NULL, loop, CTL_DONE };

  if (deployment == NULL)
    return ctl_fail (error);
  if (cs_watch_get_probes (cs_deployment_watch_get_watch (watch))->len == 0)
    {
      ctl_close_watch (watch);
      fputs ("countersignctl: Nothing is to be watched yet; add a probe with “countersignctl watch "
             "probe”\n",
             stderr);
      return CTL_REFUSED;
    }
  levels = cs_escalation_find (cs_deployment_get_runbook (deployment));
  watching.levels = levels;
  if (!watch_on (&watching, seconds, &error))
    watching.status = ctl_fail (error);
  ctl_close_watch (watch);
  return watching.status;
}

CtlStatus
ctl_watch_run (Ctl *ctl, char **arguments)
{
  g_autofree char *time_box = NULL;
  g_autofree char *every = NULL;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_FILENAME, &time_box, NULL, "TIME" },
    { "every", 0, 0, G_OPTION_ARG_FILENAME, &every, NULL, "TIME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  guint seconds = 0;
  guint interval = 0;
  CtlStatus status;

  if (!ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) ||
      !ctl_parse_seconds (time_box, "--for", &seconds, &error) ||
      !ctl_parse_seconds (every, "--every", &interval, &error))
    return ctl_fail (error);
  if (g_str_has_prefix (words[0], CTL_WATCH_ROLLOUT))
    return ctl_watch_rollout (ctl, words[0] + strlen (CTL_WATCH_ROLLOUT), seconds, interval);
  status = watch_deployment (ctl, words[0], seconds);
  if (status == CTL_NO)
    {
      char *deploy_run[] = { (char *) "run", words[0], NULL };

      ctl_deploy_run (ctl, deploy_run);
    }
  return status;
}

static void
print_alarm (const CsAlarm *alarm)
{
  g_autofree char *raised = ctl_format_time (alarm->raised_at);

  ctl_print (stdout, "  %s  %s  %s: %s\n", raised, cs_alarm_state_to_string (alarm->state),
             alarm->words, alarm->reason);
  if (alarm->acknowledged_by != NULL)
    ctl_print (stdout, "    acknowledged by %s\n", alarm->acknowledged_by);
  if (alarm->stopped_by != NULL)
    ctl_print (stdout, "    stopped by %s: %s\n", alarm->stopped_by, alarm->stop_reason);
}

static void
print_report (CsWatch *watch)
{
  GPtrArray *probes = cs_watch_get_probes (watch);
  GPtrArray *criteria = cs_watch_get_criteria (watch);
  GPtrArray *alarms = cs_watch_get_alarms (watch);
  const CsConsent *consent = cs_watch_get_consent (watch);

  for (guint i = 0; i < probes->len; i++)
    {
      const CsProbe *probe = probes->pdata[i];

      ctl_print (stdout, "%s  %s  (%s %s", probe->id, probe->name,
                 cs_probe_kind_to_string (probe->kind), cs_probe_get_place (probe));
      fprintf (stdout, ", every %g s)\n", (double) probe->interval / G_USEC_PER_SEC);
    }
  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];
      const CsWatchJudgement *judgement = cs_watch_get_judgement (watch, criterion->id);
      g_autofree char *words = cs_criterion_dup_words (criterion);

      ctl_print (stdout, "%s  [%s] %s: %s%s%s\n", criterion->id,
                 cs_severity_to_string (criterion->severity), words,
                 judgement != NULL ? cs_watch_verdict_to_string (judgement->verdict) : "not judged",
                 judgement != NULL ? ", " : "", judgement != NULL ? judgement->reason : "");
    }
  if (consent != NULL)
    ctl_print (stdout, "Automatic rollback “%s”: %s consented\n", consent->procedure, consent->by);
  else
    fputs ("Automatic rollback: nobody consented; it only alarms\n", stdout);
  if (alarms->len > 0)
    fputs ("Alarms:\n", stdout);
  for (guint i = 0; i < alarms->len; i++)
    print_alarm (alarms->pdata[i]);
}

static void
add_alarm (JsonArray *array, const CsAlarm *alarm)
{
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "criterion", alarm->criterion);
  ctl_set_text (object, "state", cs_alarm_state_to_string (alarm->state));
  ctl_set_text (object, "words", alarm->words);
  ctl_set_text (object, "reason", alarm->reason);
  ctl_set_text (object, "severity", cs_severity_to_string (alarm->severity));
  ctl_set_text (object, "procedure", alarm->procedure);
  ctl_set_time (object, "raised", alarm->raised_at);
  ctl_set_time (object, "fires", alarm->fires_at);
  ctl_set_time (object, "fired", alarm->fired_at);
  ctl_set_time (object, "settled", alarm->settled_at);
  ctl_set_time (object, "acknowledged", alarm->acknowledged_at);
  ctl_set_text (object, "acknowledged_by", alarm->acknowledged_by);
  ctl_set_text (object, "stopped_by", alarm->stopped_by);
  ctl_set_text (object, "stop_reason", alarm->stop_reason);
  json_array_add_object_element (array, object);
}

static void
print_report_json (CsWatch *watch)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *report = json_object_new ();
  JsonArray *probes = json_array_new ();
  JsonArray *criteria = json_array_new ();
  JsonArray *alarms = json_array_new ();
  const CsConsent *consent = cs_watch_get_consent (watch);

  json_node_take_object (node, report);
  for (guint i = 0; i < cs_watch_get_probes (watch)->len; i++)
    json_array_add_element (probes, cs_probe_to_json (cs_watch_get_probes (watch)->pdata[i]));
  for (guint i = 0; i < cs_watch_get_criteria (watch)->len; i++)
    {
      const CsCriterion *criterion = cs_watch_get_criteria (watch)->pdata[i];
      const CsWatchJudgement *judgement = cs_watch_get_judgement (watch, criterion->id);
      JsonNode *one = cs_criterion_to_json (criterion);
      JsonObject *object = json_node_get_object (one);

      ctl_set_text (object, "verdict",
                    judgement != NULL ? cs_watch_verdict_to_string (judgement->verdict) : NULL);
      ctl_set_text (object, "reason", judgement != NULL ? judgement->reason : NULL);
      json_array_add_element (criteria, one);
    }
  for (guint i = 0; i < cs_watch_get_alarms (watch)->len; i++)
    add_alarm (alarms, cs_watch_get_alarms (watch)->pdata[i]);
  json_object_set_array_member (report, "probes", probes);
  json_object_set_array_member (report, "thresholds", criteria);
  json_object_set_array_member (report, "alarms", alarms);
  ctl_set_text (report, "consent_by", consent != NULL ? consent->by : NULL);
  ctl_set_text (report, "consent_to", consent != NULL ? consent->procedure : NULL);
  ctl_print_json (node);
}

CtlStatus
ctl_watch_report (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsWatch) watch = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    watch = ctl_load_watch (ctl, words[0], &error);
  if (watch == NULL)
    return ctl_fail (error);
  if (json)
    print_report_json (watch);
  else
    print_report (watch);
  return CTL_DONE;
}
