/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl target list, show and reset: how the targets are doing */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-target-figures.h"
#include "ctl-commands.h"
#include "ctl-fleet.h"
#include "ctl-print.h"

static CsBreaker *
find_breaker (Ctl *ctl, CsTarget *target)
{
  return cs_breakers_lookup (cs_workspace_get_breakers (ctl->workspace),
                             cs_target_get_name (target));
}

static JsonNode *
target_to_json (Ctl *ctl, CsTarget *target)
{
  JsonNode *node = cs_target_to_json (target);
  JsonObject *object = json_node_get_object (node);
  CsBreaker *breaker = find_breaker (ctl, target);

  if (breaker == NULL)
    return node;
  ctl_set_text (object, "breaker", cs_breaker_state_to_string (cs_breaker_get_state (breaker)));
  json_object_set_int_member (object, "failures-in-a-row", cs_breaker_get_failures (breaker));
  ctl_set_text (object, "problem", cs_breaker_get_problem (breaker));
  return node;
}

static JsonNode *
targets_to_json (Ctl *ctl, GListModel *targets)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);

      json_array_add_element (array, target_to_json (ctl, target));
    }
  json_node_take_array (node, array);
  return node;
}

CtlStatus
ctl_target_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  GListModel *targets;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  targets = G_LIST_MODEL (cs_workspace_get_targets (ctl->workspace));
  if (json)
    {
      g_autoptr (JsonNode) node = targets_to_json (ctl, targets);

      ctl_print_json (node);
      return CTL_DONE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);
      g_autofree char *address = cs_target_dup_address (target);
      const char *environment = cs_target_get_environment (target);
      CsBreaker *breaker = find_breaker (ctl, target);
      CsBreakerState state =
        breaker != NULL ? cs_breaker_get_state (breaker) : CS_BREAKER_CLOSED;

      ctl_print (stdout, "%s\t%s\t%s\t%s\t%s\n", cs_target_get_name (target),
                 cs_target_kind_to_string (cs_target_get_kind (target)), address,
                 environment != NULL ? environment : "-",
                 state == CS_BREAKER_CLOSED ? "-" : cs_breaker_state_to_string (state));
    }
  return CTL_DONE;
}

static CsTargetFigures *
load_figures (Ctl *ctl, CsTarget *target, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_target_figures_load_async (cs_workspace_get_store (ctl->workspace),
                                cs_target_get_name (target), NULL, ctl_ready_cb, &result);
  return cs_target_figures_load_finish (ctl_wait (&result), error);
}

static JsonNode *
run_to_json (const CsTargetRun *run)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "deployment", run->deployment);
  ctl_set_text (object, "step", run->step);
  ctl_set_time (object, "at", run->at);
  json_object_set_int_member (object, "duration", run->duration);
  ctl_set_text (object, "ending", run->ending);
  json_object_set_int_member (object, "status", run->status);
  json_object_set_boolean_member (object, "passed", run->passed);
  json_node_take_object (node, object);
  return node;
}

static void
print_figures_json (Ctl *ctl, CsTarget *target, CsTargetFigures *figures)
{
  g_autoptr (JsonNode) node = target_to_json (ctl, target);
  JsonObject *object = json_node_get_object (node);
  JsonArray *latencies = json_array_new ();
  JsonArray *runs = json_array_new ();

  for (guint i = 0; i < figures->latencies->len; i++)
    json_array_add_int_element (latencies, g_array_index (figures->latencies, gint64, i));
  for (guint i = 0; i < figures->runs->len; i++)
    json_array_add_element (runs, run_to_json (figures->runs->pdata[i]));
  json_object_set_int_member (object, "runs-counted", figures->n_runs);
  json_object_set_int_member (object, "runs-last-minute", figures->n_last_minute);
  json_object_set_int_member (object, "failures-counted", figures->n_failures);
  json_object_set_int_member (object, "latency-p50", figures->latency_p50);
  json_object_set_int_member (object, "latency-p95", figures->latency_p95);
  json_object_set_array_member (object, "latencies", latencies);
  json_object_set_array_member (object, "runs", runs);
  ctl_print_json (node);
}

static void
print_breaker (CsBreaker *breaker)
{
  g_autofree char *failures = NULL;
  g_autofree char *wait = NULL;

  if (breaker == NULL)
    return;
  ctl_print (stdout, "Breaker:     %s\n",
             cs_breaker_state_to_string (cs_breaker_get_state (breaker)));
  if (cs_breaker_get_failures (breaker) == 0)
    return;
  failures = g_strdup_printf ("%u", cs_breaker_get_failures (breaker));
  ctl_print (stdout, "Failures:    %s in a row; the last: %s\n", failures,
             cs_breaker_get_problem (breaker) != NULL ? cs_breaker_get_problem (breaker) : "-");
  if (cs_breaker_get_state (breaker) != CS_BREAKER_OPEN)
    return;
  wait = ctl_format_duration (cs_breaker_get_wait (breaker));
  ctl_print (stdout, "Tried again: in %s; at once after “countersignctl target reset %s”\n", wait,
             cs_breaker_get_name (breaker));
}

static void
print_rate (CsTarget *target, CsTargetFigures *figures)
{
  g_autofree char *words = NULL;

  if (cs_target_get_rate (target) == 0)
    return;
  words = g_strdup_printf (
    "at most %u commands a minute, what comes above waits; %u in the last one",
    cs_target_get_rate (target), figures->n_last_minute);
  ctl_print (stdout, "Limit:       %s\n", words);
}

static void
print_figures (CsTarget *target, CsBreaker *breaker, CsTargetFigures *figures)
{
  g_autofree char *address = cs_target_dup_address (target);
  g_autofree char *counts =
    g_strdup_printf ("%u commands, %u failures to reach it", figures->n_runs, figures->n_failures);
  const char *environment = cs_target_get_environment (target);

  ctl_print (stdout, "Target:      %s (%s, %s)\nEnvironment: %s\n", cs_target_get_name (target),
             cs_target_kind_to_string (cs_target_get_kind (target)), address,
             environment != NULL ? environment : "-");
  if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    {
      ctl_fleet_print (target);
      return;
    }
  print_breaker (breaker);
  print_rate (target, figures);
  ctl_print (stdout, "Counted:     %s\n", counts);
  if (figures->latency_p50 >= 0)
    {
      g_autofree char *latency = g_strdup_printf (
        "%.1f ms in the middle, %.1f ms for 95 of 100 (last %u)", figures->latency_p50 / 1000.0,
        figures->latency_p95 / 1000.0, figures->latencies->len);

      ctl_print (stdout, "Answers in:  %s\n", latency);
    }
  for (guint i = 0; i < figures->runs->len; i++)
    {
      const CsTargetRun *run = figures->runs->pdata[i];
      g_autofree char *at = ctl_format_time (run->at);
      g_autofree char *id = g_strndup (run->deployment, 8);
      g_autofree char *duration = ctl_format_duration (run->duration);

      ctl_print (stdout, "%s  %s  %s  %s  %s\n", at, id, run->step != NULL ? run->step : "-",
                 run->passed ? "passed" : "failed", duration);
    }
}

CtlStatus
ctl_target_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsTargetFigures) figures = NULL;
  CsTarget *target = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) && ctl_open (ctl, &error))
    target = ctl_find_target (ctl, words[0], &error);
  if (target != NULL)
    figures = load_figures (ctl, target, &error);
  if (figures == NULL)
    return ctl_fail (error);
  if (json)
    print_figures_json (ctl, target, figures);
  else
    print_figures (target, find_breaker (ctl, target), figures);
  return CTL_DONE;
}

CtlStatus
ctl_target_reset (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsBreakers *breakers;

  if (!ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  breakers = cs_workspace_get_breakers (ctl->workspace);
  cs_breakers_reset_async (breakers, cs_workspace_get_actor (ctl->workspace), words[0],
                           ctl_ready_cb, &result);
  if (!cs_breakers_note_finish (breakers, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}
