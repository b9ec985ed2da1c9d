/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl flag list, show, verify, adopt, restore, pin */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

static void
add_schedule (JsonObject *object, const CsFlagSchedule *schedule)
{
  JsonObject *planned;

  if (schedule == NULL)
    {
      json_object_set_null_member (object, "schedule");
      return;
    }
  planned = json_object_new ();
  json_object_set_string_member (planned, "stage", schedule->stage);
  json_object_set_string_member (planned, "by", schedule->by);
  ctl_set_time (planned, "at", schedule->at);
  ctl_set_text (planned, "reason", schedule->reason);
  ctl_set_text (planned, "suspended",
                schedule->suspended != NULL ? schedule->suspended->words : NULL);
  json_object_set_object_member (object, "schedule", planned);
}

static void
print_schedule (CsFlag *flag)
{
  const CsFlagSchedule *schedule = cs_flag_get_schedule (flag);
  g_autofree char *at = NULL;

  if (schedule == NULL)
    return;
  at = ctl_format_time (schedule->at);
  ctl_print (stdout, "planned for %s by %s: %s", at, schedule->by, schedule->stage);
  if (schedule->suspended != NULL)
    ctl_print (stdout, "  suspended: %s", schedule->suspended->words);
  fputc ('\n', stdout);
}

static JsonObject *
flag_to_json (CsFlag *flag)
{
  JsonObject *object = json_object_new ();
  JsonArray *stages = json_array_new ();
  const CsStage *stage = cs_flag_get_stage (flag);
  GPtrArray *all = cs_flag_get_stages (flag);

  json_object_set_string_member (object, "key", cs_flag_get_key (flag));
  ctl_set_text (object, "description", cs_flag_get_description (flag));
  ctl_set_text (object, "owner", cs_flag_get_owner (flag));
  json_object_set_string_member (object, "environment", cs_flag_get_environment (flag));
  ctl_set_text (object, "provider", cs_flag_get_provider_kind (flag));
  ctl_set_text (object, "stage", stage != NULL ? stage->id : NULL);
  ctl_set_time (object, "since", stage != NULL ? cs_flag_get_since (flag) : 0);
  json_object_set_int_member (object, "companies", cs_flag_get_n_members (flag));
  ctl_set_text (object, "drift", cs_flag_get_drift (flag));
  ctl_set_text (object, "trouble", cs_flag_get_trouble (flag));
  json_object_set_boolean_member (object, "changing", cs_flag_get_change (flag) != NULL);
  add_schedule (object, cs_flag_get_schedule (flag));
  for (guint i = 0; i < all->len; i++)
    json_array_add_element (stages, cs_stage_to_json (all->pdata[i]));
  json_object_set_array_member (object, "stages", stages);
  return object;
}

static void
print_flag (CsFlag *flag)
{
  const CsStage *stage = cs_flag_get_stage (flag);

  ctl_print (stdout, "%s  %s  %s  ", cs_flag_get_key (flag), cs_flag_get_environment (flag),
             stage != NULL ? stage->title : "off");
  fprintf (stdout, "%u companies%s\n", cs_flag_get_n_members (flag),
           cs_flag_get_change (flag) != NULL    ? "  being switched"
           : cs_flag_get_trouble (flag) != NULL ? "  failed: verify it"
           : cs_flag_get_drift (flag) != NULL   ? "  changed by hand"
                                                : "");
}

static CsFlag *
load_flag (Ctl *ctl, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_flag_load_async (cs_workspace_get_store (ctl->workspace),
                      cs_workspace_get_people (ctl->workspace), key, NULL, ctl_ready_cb, &result);
  return cs_flag_load_finish (ctl_wait (&result), error);
}

static int
compare_keys (gconstpointer one, gconstpointer other)
{
  return strcmp (cs_flag_get_key (*(CsFlag *const *) one),
                 cs_flag_get_key (*(CsFlag *const *) other));
}

GPtrArray *
ctl_load_flags (Ctl *ctl, GError **error)
{
  g_autoptr (GPtrArray) flags = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) heads = NULL;

  if (ctl_open (ctl, error))
    heads = cs_store_list_heads_sync (cs_workspace_get_store (ctl->workspace),
                                      CS_FLAG_STREAM_PREFIX, error);
  for (guint i = 0; heads != NULL && i < heads->len; i++)
    {
      const CsStreamHead *head = heads->pdata[i];
      CsFlag *flag = load_flag (ctl, head->stream + strlen (CS_FLAG_STREAM_PREFIX), error);

      if (flag == NULL)
        return NULL;
      g_ptr_array_add (flags, flag);
    }
  g_ptr_array_sort (flags, compare_keys);
  return heads != NULL ? g_steal_pointer (&flags) : NULL;
}

CtlStatus
ctl_flag_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) flags = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    flags = ctl_load_flags (ctl, &error);
  if (flags == NULL)
    return ctl_fail (error);
  for (guint i = 0; i < flags->len; i++)
    if (json)
      json_array_add_object_element (array, flag_to_json (flags->pdata[i]));
    else
      print_flag (flags->pdata[i]);
  if (json)
    ctl_print_json (node);
  return CTL_DONE;
}

static void
add_changes (JsonObject *object, CsFlag *flag)
{
  GPtrArray *changes = cs_flag_get_changes (flag);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < changes->len; i++)
    {
      const CsFlagChange *change = changes->pdata[i];
      JsonObject *element = json_object_new ();

      json_object_set_string_member (element, "act", cs_flag_act_to_string (change->act));
      ctl_set_text (element, "stage", change->stage);
      json_object_set_int_member (element, "companies", change->n_to);
      ctl_set_text (element, "by", change->by);
      ctl_set_text (element, "reason", change->reason);
      ctl_set_time (element, "at", change->at);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "changes", array);
}

static void
show_json (CsRollout *rollout)
{
  CsFlag *flag = cs_rollout_get_flag (rollout);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *object = flag_to_json (flag);
  CsFlagState *state = cs_rollout_get_state (rollout);
  g_auto (GStrv) ids = cs_flag_state_dup_sorted (state);
  JsonArray *on = json_array_new ();

  json_node_take_object (node, object);
  for (char **id = ids; *id != NULL; id++)
    json_array_add_string_element (on, *id);
  json_object_set_array_member (object, "on", on);
  json_object_set_boolean_member (object, "everyone", cs_flag_state_is_everyone (state));
  json_object_set_int_member (object, "soaked",
                              cs_rollout_get_soaked (rollout) / G_USEC_PER_SEC);
  json_object_set_object_member (object, "settings",
                                 json_object_ref (cs_flag_get_provider (flag)));
  add_changes (object, flag);
  ctl_print_json (node);
}

static void
show (CsRollout *rollout)
{
  CsFlag *flag = cs_rollout_get_flag (rollout);
  GPtrArray *stages = cs_flag_get_stages (flag);
  GPtrArray *changes = cs_flag_get_changes (flag);
  g_autofree char *words = cs_flag_state_dup_words (cs_rollout_get_state (rollout));

  print_flag (flag);
  ctl_print (stdout, "on for %s\n", words);
  for (guint i = 0; i < stages->len; i++)
    {
      const CsStage *stage = stages->pdata[i];
      g_autofree char *cohort = cs_cohort_to_string (stage->cohort);

      ctl_print (stdout, "%s %s  %s  (%s)\n", stage == cs_flag_get_stage (flag) ? "●" : "○",
                 stage->id, stage->title, cohort);
    }
  print_schedule (flag);
  if (cs_flag_get_drift (flag) != NULL)
    ctl_print (stdout, "%s\n", cs_flag_get_drift (flag));
  if (cs_flag_get_trouble (flag) != NULL)
    ctl_print (stdout, "%s\n", cs_flag_get_trouble (flag));
  for (guint i = 0; i < changes->len; i++)
    {
      const CsFlagChange *change = changes->pdata[i];
      g_autofree char *at = ctl_format_time (change->at);

      ctl_print (stdout, "%s  %s  %s  %s\n", at, cs_flag_act_to_string (change->act), change->by,
                 change->reason != NULL ? change->reason : "");
    }
}

CtlStatus
ctl_flag_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsRollout *rollout = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout == NULL)
    return ctl_fail (error);
  if (json)
    show_json (rollout);
  else
    show (rollout);
  ctl_close_rollout (rollout);
  return CTL_DONE;
}

/* An act on a rollout that is open; its error is the answer. */
static CtlStatus
finish (CsRollout *rollout, GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  CtlStatus status = CTL_DONE;

  if (!cs_rollout_act_finish (rollout, ctl_wait (result), &error))
    status = ctl_fail (error);
  ctl_close_rollout (rollout);
  return status;
}

CtlStatus
ctl_flag_verify (Ctl *ctl, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsRollout *rollout = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout == NULL)
    return ctl_fail (error);
  cs_rollout_verify_async (rollout, cs_workspace_get_actor (ctl->workspace), NULL, ctl_ready_cb,
                           &result);
  return finish (rollout, &result);
}

typedef void (*WayOut) (CsRollout *rollout,
                        const char *actor,
                        const char *reason,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);

static CtlStatus
take_way_out (Ctl *ctl, char **arguments, WayOut begin)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsRollout *rollout = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (reason, "--reason", &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout == NULL)
    return ctl_fail (error);
  begin (rollout, cs_workspace_get_actor (ctl->workspace), reason, NULL, ctl_ready_cb, &result);
  return finish (rollout, &result);
}

CtlStatus
ctl_flag_adopt (Ctl *ctl, char **arguments)
{
  return take_way_out (ctl, arguments, cs_rollout_adopt_async);
}

CtlStatus
ctl_flag_restore (Ctl *ctl, char **arguments)
{
  return take_way_out (ctl, arguments, cs_rollout_restore_async);
}

CtlStatus
ctl_rollout_unschedule (Ctl *ctl, char **arguments)
{
  return take_way_out (ctl, arguments, cs_rollout_unschedule_async);
}

CtlStatus
ctl_rollout_kill (Ctl *ctl, char **arguments)
{
  return take_way_out (ctl, arguments, cs_rollout_kill_async);
}

CtlStatus
ctl_flag_pin (Ctl *ctl, char **arguments)
{
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "in", 0, 0, G_OPTION_ARG_FILENAME, &in, NULL, "ID,ID" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, NULL, "ID,ID" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) pinned_in = NULL;
  g_auto (GStrv) pinned_out = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsFlag) flag = NULL;
  CsPins pins;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) && ctl_open (ctl, &error))
    flag = load_flag (ctl, words[0], &error);
  if (flag == NULL)
    return ctl_fail (error);
  pinned_in = g_strsplit (in != NULL ? in : "", ",", -1);
  pinned_out = g_strsplit (out != NULL ? out : "", ",", -1);
  pins.in = (const char *const *) pinned_in;
  pins.out = (const char *const *) pinned_out;
  cs_flag_pin_async (flag, cs_workspace_get_actor (ctl->workspace), &pins, NULL, ctl_ready_cb,
                     &result);
  if (!cs_flag_act_finish (flag, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}
