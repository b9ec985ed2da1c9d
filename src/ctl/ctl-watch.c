/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl watch probe, suggest, threshold, remove, consent, acknowledge, stop, end */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-watch.h"

#include "cs-error.h"
#include "cs-flag.h"
#include "cs-suggestions.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

CsDeploymentWatch *
ctl_open_watch (Ctl *ctl, const char *id, GError **error)
{
  CsDeployment *deployment = ctl_open_deployment (ctl, id, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (deployment == NULL)
    return NULL;
  cs_deployment_watch_load_async (ctl->workspace, deployment, NULL, NULL, ctl_ready_cb, &result);
  return cs_deployment_watch_load_finish (ctl_wait (&result), error);
}

CsWatch *
ctl_load_watch (Ctl *ctl, const char *id, GError **error)
{
  const char *owner = NULL;
  g_autoptr (CsFlag) flag = NULL;
  g_autoptr (GAsyncResult) flag_result = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment;

  if (!g_str_has_prefix (id, CTL_WATCH_ROLLOUT))
    {
      deployment = ctl_open_deployment (ctl, id, error);
      owner = deployment != NULL ? cs_deployment_get_stream (deployment) : NULL;
    }
  else if (ctl_open (ctl, error))
    {
      cs_flag_load_async (cs_workspace_get_store (ctl->workspace),
                          cs_workspace_get_people (ctl->workspace),
                          id + strlen (CTL_WATCH_ROLLOUT), NULL, ctl_ready_cb, &flag_result);
      flag = cs_flag_load_finish (ctl_wait (&flag_result), error);
      owner = flag != NULL ? cs_flag_get_stream (flag) : NULL;
    }
  if (owner == NULL)
    return NULL;
  cs_watch_load_async (cs_workspace_get_store (ctl->workspace),
                       cs_workspace_get_people (ctl->workspace), owner, NULL, ctl_ready_cb,
                       &result);
  return cs_watch_load_finish (ctl_wait (&result), error);
}

void
ctl_close_watch (CsDeploymentWatch *watch)
{
  g_autoptr (CsDeploymentWatch) owned = watch;
  g_autoptr (GAsyncResult) result = NULL;

  cs_deployment_watch_close_async (watch, ctl_ready_cb, &result);
  cs_deployment_watch_close_finish (watch, ctl_wait (&result), NULL);
}

/* What one command does to a watch; the result is finished by cs_watch_act_finish(). */
static CtlStatus
finish (CsWatch *watch, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  if (!cs_watch_act_finish (watch, ctl_wait (result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}

typedef struct
{
  char *http;
  char *prometheus;
  char *query;
  char *command;
  char *target;
  char *every;
  char *timeout;
  char *unit;
  char *status;
  char *contains;
  char *header;
  char *value;
  char *secret;
} ProbeOptions;

static void
probe_options_clear (ProbeOptions *options)
{
  char **texts = (char **) options;

  for (gsize i = 0; i < sizeof *options / sizeof (char *); i++)
    g_free (texts[i]);
}

static CsProbe *
make_probe (const char *name, ProbeOptions *options, GError **error)
{
  guint n = (options->http != NULL) + (options->prometheus != NULL) + (options->command != NULL);
  g_autoptr (CsProbe) probe = cs_probe_new (options->http != NULL         ? CS_PROBE_HTTP
                                            : options->prometheus != NULL ? CS_PROBE_PROMETHEUS
                                                                          : CS_PROBE_COMMAND,
                                            NULL, name);
  guint seconds;

  if (n != 1)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Say what is measured by one of --http, --prometheus and --command");
      return NULL;
    }
  probe->url = g_strdup (options->http != NULL ? options->http : options->prometheus);
  probe->query = g_strdup (options->query);
  probe->script = g_strdup (options->command);
  probe->target = g_strdup (options->target);
  probe->unit = g_strdup (options->unit);
  probe->contains = g_strdup (options->contains);
  probe->header = g_strdup (options->header);
  probe->pointer = g_strdup (options->value);
  probe->secret = g_strdup (options->secret);
  if (!ctl_parse_seconds (options->every, "--every", &seconds, error))
    return NULL;
  if (seconds > 0)
    probe->interval = (gint64) seconds * G_USEC_PER_SEC;
  probe->timeout = MIN (probe->timeout, probe->interval);
  if (!ctl_parse_seconds (options->timeout, "--timeout", &seconds, error))
    return NULL;
  if (seconds > 0)
    probe->timeout = (gint64) seconds * G_USEC_PER_SEC;
  if (options->status != NULL && !cs_probe_set_status (probe, options->status, error))
    return NULL;
  return g_steal_pointer (&probe);
}

static CtlStatus
set_probe (Ctl *ctl, char **words, ProbeOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsProbe) probe = make_probe (words[1], options, &error);
  g_autoptr (CsWatch) watch =
    probe != NULL ? ctl_load_watch (ctl, words[0], &error) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const CsProbe *before;

  if (watch == NULL)
    return ctl_fail (error);
  before = cs_watch_find_probe (watch, words[1]);
  probe->id = before != NULL ? g_strdup (before->id) : NULL;
  cs_watch_set_probe_async (watch,
                            cs_workspace_get_actor (ctl->workspace), probe, NULL, ctl_ready_cb,
                            &result);
  return finish (watch, &result);
}

CtlStatus
ctl_watch_probe (Ctl *ctl, char **arguments)
{
  ProbeOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "http", 0, 0, G_OPTION_ARG_FILENAME, &options.http, NULL, "URL" },
    { "prometheus", 0, 0, G_OPTION_ARG_FILENAME, &options.prometheus, NULL, "URL" },
    { "query", 0, 0, G_OPTION_ARG_FILENAME, &options.query, NULL, "PROMQL" },
    { "command", 0, 0, G_OPTION_ARG_FILENAME, &options.command, NULL, "SCRIPT" },
    { "target", 0, 0, G_OPTION_ARG_FILENAME, &options.target, NULL, "NAME" },
    { "every", 0, 0, G_OPTION_ARG_FILENAME, &options.every, NULL, "TIME" },
    { "timeout", 0, 0, G_OPTION_ARG_FILENAME, &options.timeout, NULL, "TIME" },
    { "unit", 0, 0, G_OPTION_ARG_FILENAME, &options.unit, NULL, "UNIT" },
    { "status", 0, 0, G_OPTION_ARG_FILENAME, &options.status, NULL, "200-299" },
    { "contains", 0, 0, G_OPTION_ARG_FILENAME, &options.contains, NULL, "TEXT" },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &options.header, NULL, "NAME: TEXT" },
    { "value", 0, 0, G_OPTION_ARG_FILENAME, &options.value, NULL, "/POINTER" },
    { "secret", 0, 0, G_OPTION_ARG_FILENAME, &options.secret, NULL, "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error))
    status = set_probe (ctl, words, &options);
  else
    status = ctl_fail (error);
  probe_options_clear (&options);
  return status;
}

CtlStatus
ctl_watch_suggest (Ctl *ctl, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) found = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  found = cs_suggestions_find (cs_deployment_get_runbook (deployment));
  for (guint i = 0; i < found->len; i++)
    {
      const CsCriterion *criterion = found->pdata[i];
      g_autofree char *text = cs_criterion_dup_words (criterion);

      fprintf (stdout, "%5u  %-8s  ", criterion->line, cs_severity_to_string (criterion->severity));
      ctl_print (stdout, "%s\n", text);
    }
  if (found->len == 0)
    fputs ("The runbook names no thresholds for what runs.\n", stdout);
  return CTL_DONE;
}

typedef struct
{
  int line;
  char *condition;
  char *of;
  char *statistic;
  char *lasting;
  int times;
  char *severity;
} ThresholdOptions;

static CsCriterion *
find_suggestion (CsRunbook *runbook, guint line, const CsProbe *probe, GError **error)
{
  g_autoptr (GPtrArray) found = cs_suggestions_find (runbook);

  for (guint i = 0; i < found->len; i++)
    if (((CsCriterion *) found->pdata[i])->line == line)
      return cs_suggestion_attach (found->pdata[i], probe, error);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
               "The runbook names no threshold in line %u; “countersignctl watch suggest” lists "
               "them",
               line);
  return NULL;
}

static gboolean
refine (CsCriterion *criterion, const ThresholdOptions *options, GError **error)
{
  guint seconds;

  if ((options->condition != NULL &&
       !cs_criterion_set_condition (criterion, options->condition, error)) ||
      !ctl_parse_seconds (options->lasting, "--for", &seconds, error))
    return FALSE;
  if (seconds > 0)
    criterion->lasting = (gint64) seconds * G_USEC_PER_SEC;
  if (options->times > 0)
    criterion->consecutive = (guint) options->times;
  if ((options->of != NULL && !cs_field_from_string (options->of, &criterion->field)) ||
      (options->statistic != NULL &&
       !cs_statistic_from_string (options->statistic, &criterion->statistic)) ||
      (options->severity != NULL &&
       !cs_severity_from_string (options->severity, &criterion->severity)))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "--of is failure, value, time or first-byte; --statistic each, mean, p50, p95, "
                   "p99 or increase; --severity target, warning, critical or rollback");
      return FALSE;
    }
  return TRUE;
}

static CsCriterion *
make_threshold (Ctl *ctl,
                char **words,
                CsWatch *watch,
                const ThresholdOptions *options,
                GError **error)
{
  const CsProbe *probe = cs_watch_find_probe (watch, words[1]);
  CsDeployment *deployment =
    options->line > 0 ? ctl_open_deployment (ctl, words[0], error) : NULL;
  g_autoptr (CsCriterion) criterion = NULL;

  if (options->line > 0 && deployment == NULL)
    return NULL;
  if (probe == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                   "There is no probe “%s”; add it with “countersignctl watch probe”", words[1]);
      return NULL;
    }
  if (options->line > 0)
    criterion =
      find_suggestion (cs_deployment_get_runbook (deployment), (guint) options->line, probe, error);
  else if (words[2] != NULL)
    criterion = cs_criterion_new (NULL, probe->id, words[2]);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "Name the threshold, or the line of the runbook that has it (--line)");
  if (criterion == NULL || !refine (criterion, options, error))
    return NULL;
  return g_steal_pointer (&criterion);
}

CtlStatus
ctl_watch_threshold (Ctl *ctl, char **arguments)
{
  ThresholdOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "line", 0, 0, G_OPTION_ARG_INT, &options.line, NULL, "N" },
    { "if", 0, 0, G_OPTION_ARG_FILENAME, &options.condition, NULL, "> 10 %" },
    { "of", 0, 0, G_OPTION_ARG_FILENAME, &options.of, NULL, "FIELD" },
    { "statistic", 0, 0, G_OPTION_ARG_FILENAME, &options.statistic, NULL, "p95" },
    { "for", 0, 0, G_OPTION_ARG_FILENAME, &options.lasting, NULL, "TIME" },
    { "times", 0, 0, G_OPTION_ARG_INT, &options.times, NULL, "N" },
    { "severity", 0, 0, G_OPTION_ARG_FILENAME, &options.severity, NULL, "SEVERITY" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsWatch) watch = NULL;
  g_autoptr (CsCriterion) criterion = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 2, 3, &words, &error))
    watch = ctl_load_watch (ctl, words[0], &error);
  if (watch != NULL)
    criterion =
      make_threshold (ctl, words, watch, &options, &error);
  if (criterion != NULL)
    {
      cs_watch_set_criterion_async (watch,
                                    cs_workspace_get_actor (ctl->workspace), criterion, NULL,
                                    ctl_ready_cb, &result);
      status = finish (watch, &result);
    }
  else
    status = ctl_fail (error);
  g_free (options.condition);
  g_free (options.of);
  g_free (options.statistic);
  g_free (options.lasting);
  g_free (options.severity);
  return status;
}

CtlStatus
ctl_watch_remove (Ctl *ctl, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsWatch) watch = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error))
    watch = ctl_load_watch (ctl, words[0], &error);
  if (watch == NULL)
    return ctl_fail (error);
  cs_watch_remove_async (watch,
                         cs_workspace_get_actor (ctl->workspace), words[1], NULL, ctl_ready_cb,
                         &result);
  return finish (watch, &result);
}

static CtlStatus
consent (Ctl *ctl,
         CsDeploymentWatch *watch,
         const char *procedure,
         guint countdown,
         const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = NULL;
  CsPerson *person = ctl_find_signer (ctl, path, &key, &askpass, &error);
  g_autoptr (GAsyncResult) result = NULL;

  if (person == NULL)
    return ctl_fail (error);
  cs_deployment_watch_consent_async (watch, person, key, askpass, procedure,
                                     countdown > 0 ? countdown : CS_WATCH_COUNTDOWN, NULL,
                                     ctl_ready_cb, &result);
  if (!cs_deployment_watch_consent_finish (watch, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}

CtlStatus
ctl_watch_consent (Ctl *ctl, char **arguments)
{
  g_autofree char *procedure = NULL;
  g_autofree char *countdown = NULL;
  g_autofree char *path = NULL;
  g_autofree char *reason = NULL;
  gboolean withdraw = FALSE;
  const GOptionEntry entries[] = {
    { "procedure", 0, 0, G_OPTION_ARG_FILENAME, &procedure, NULL, "NAME" },
    { "countdown", 0, 0, G_OPTION_ARG_FILENAME, &countdown, NULL, "TIME" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, "FILE" },
    { "withdraw", 0, 0, G_OPTION_ARG_NONE, &withdraw, NULL, NULL },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsDeploymentWatch) watch = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint seconds = 0;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_parse_seconds (countdown, "--countdown", &seconds, &error))
    watch = ctl_open_watch (ctl, words[0], &error);
  if (watch == NULL)
    return ctl_fail (error);
  if (!withdraw)
    return consent (ctl, watch, procedure, seconds, path);
  cs_watch_withdraw_consent_async (cs_deployment_watch_get_watch (watch),
                                   cs_workspace_get_actor (ctl->workspace), reason, NULL,
                                   ctl_ready_cb, &result);
  return finish (cs_deployment_watch_get_watch (watch), &result);
}

typedef void (*Act) (CsWatch *watch,
                     const char *actor,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);

static CtlStatus
act (Ctl *ctl, char **arguments, Act function)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsWatch) watch = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    watch = ctl_load_watch (ctl, words[0], &error);
  if (watch == NULL)
    return ctl_fail (error);
  function (watch, cs_workspace_get_actor (ctl->workspace), NULL,
            ctl_ready_cb, &result);
  return finish (watch, &result);
}

CtlStatus
ctl_watch_acknowledge (Ctl *ctl, char **arguments)
{
  return act (ctl, arguments, cs_watch_acknowledge_async);
}

CtlStatus
ctl_watch_end (Ctl *ctl, char **arguments)
{
  return act (ctl, arguments, cs_watch_end_async);
}

CtlStatus
ctl_watch_stop (Ctl *ctl, char **arguments)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsWatch) watch = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (reason, "--reason", &error))
    watch = ctl_load_watch (ctl, words[0], &error);
  if (watch == NULL)
    return ctl_fail (error);
  cs_watch_stop_countdown_async (watch,
                                 cs_workspace_get_actor (ctl->workspace), reason, NULL,
                                 ctl_ready_cb, &result);
  return finish (watch, &result);
}
