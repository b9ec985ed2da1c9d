/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl rollout plan, promote, back, sign */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-error.h"
#include "cs-gate.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-print.h"

#include <string.h>

CsRolloutPlan *
ctl_make_plan (CsRollout *rollout, const char *stage, GError **error)
{
  CsFlag *flag = cs_rollout_get_flag (rollout);
  const CsStage *next = cs_flag_get_next_stage (flag);

  if (stage != NULL)
    return cs_rollout_plan_stage (rollout, stage, error);
  if (next != NULL)
    return cs_rollout_plan_stage (rollout, next->id, error);
  g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "“%s” is in its last stage",
               cs_flag_get_key (flag));
  return NULL;
}

/* What would be written; NULL with an error if what is there can't be read. */
static char *
dup_writes (CsRollout *rollout, const CsRolloutPlan *plan, GError **error)
{
  CsFlagProvider *provider = cs_rollout_get_provider (rollout);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsFlagReading) reading = NULL;

  cs_flag_provider_read_async (provider, NULL, ctl_ready_cb, &result);
  reading = cs_flag_provider_read_finish (provider, ctl_wait (&result), error);
  return reading != NULL ? cs_flag_provider_plan (provider, reading, plan->to, error) : NULL;
}

static JsonArray *
companies_to_json (CsRollout *rollout, char **ids)
{
  JsonArray *array = json_array_new ();

  for (char **id = ids; *id != NULL; id++)
    {
      const CsCompany *company =
        cs_company_list_lookup (cs_rollout_get_company_list (rollout), *id);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", *id);
      ctl_set_text (object, "name", company != NULL ? company->name : NULL);
      json_object_set_int_member (object, "size", company != NULL ? company->size : 0);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
gates_to_json (GPtrArray *gates)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < gates->len; i++)
    {
      const CsGate *gate = gates->pdata[i];
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "gate", gate->id);
      json_object_set_string_member (object, "words", gate->words);
      ctl_set_text (object, "who", gate->who);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
strings_to_json (char **strings)
{
  JsonArray *array = json_array_new ();

  for (char **string = strings; *string != NULL; string++)
    json_array_add_string_element (array, *string);
  return array;
}

static void
print_companies (CsRollout *rollout, char **ids, const char *sign)
{
  for (char **id = ids; *id != NULL; id++)
    {
      const CsCompany *company =
        cs_company_list_lookup (cs_rollout_get_company_list (rollout), *id);

      ctl_print (stdout, "%s %s  %s\n", sign, *id, company != NULL ? company->name : "");
    }
}

typedef struct
{
  char **added;
  char **removed;
  char **writes;
  char **signatures;
  GPtrArray *gates;
} Shown;

static void
shown_clear (Shown *shown)
{
  g_strfreev (shown->added);
  g_strfreev (shown->removed);
  g_strfreev (shown->writes);
  g_strfreev (shown->signatures);
  g_clear_pointer (&shown->gates, g_ptr_array_unref);
}

static void
print_plan_json (CsRollout *rollout, const CsRolloutPlan *plan, const Shown *shown)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *object = cs_rollout_plan_to_json (plan, cs_rollout_get_flag (rollout));

  json_node_take_object (node, object);
  json_object_set_array_member (object, "added", companies_to_json (rollout, shown->added));
  json_object_set_array_member (object, "removed", companies_to_json (rollout, shown->removed));
  json_object_set_array_member (object, "writes", strings_to_json (shown->writes));
  json_object_set_array_member (object, "signatures", strings_to_json (shown->signatures));
  json_object_set_array_member (object, "gates", gates_to_json (shown->gates));
  ctl_print_json (node);
}

static void
print_plan (CsRollout *rollout, const CsRolloutPlan *plan, const Shown *shown)
{
  g_autofree char *from = cs_flag_state_dup_words (plan->from);
  g_autofree char *to = cs_flag_state_dup_words (plan->to);

  ctl_print (stdout, "now   on for %s\nthen  on for %s\n", from, to);
  print_companies (rollout, shown->added, "+");
  print_companies (rollout, shown->removed, "-");
  for (char **line = shown->writes; *line != NULL; line++)
    if (**line != '\0')
      ctl_print (stdout, "writes  %s\n", *line);
  for (char **line = shown->signatures; *line != NULL; line++)
    ctl_print (stdout, "signature  %s\n", *line);
  for (guint i = 0; i < shown->gates->len; i++)
    ctl_print (stdout, "waits  %s\n", ((CsGate *) shown->gates->pdata[i])->words);
}

static CtlStatus
show_plan (Ctl *ctl, CsRollout *rollout, const CsRolloutPlan *plan, gboolean json)
{
  const char *actor = cs_workspace_get_actor (ctl->workspace);
  g_autoptr (GError) error = NULL;
  g_autofree char *writes = dup_writes (rollout, plan, &error);
  Shown shown = { NULL };

  if (writes == NULL)
    return ctl_fail (error);
  g_strstrip (writes);
  shown.added = cs_flag_state_list_added (plan->from, plan->to);
  shown.removed = cs_flag_state_list_added (plan->to, plan->from);
  shown.writes = g_strsplit (writes, "\n", -1);
  shown.signatures = cs_rollout_list_signatures (rollout, plan, actor);
  shown.gates = cs_rollout_list_gates (rollout, plan, actor);
  if (json)
    print_plan_json (rollout, plan, &shown);
  else
    print_plan (rollout, plan, &shown);
  shown_clear (&shown);
  return CTL_DONE;
}

CtlStatus
ctl_rollout_plan (Ctl *ctl, char **arguments)
{
  g_autofree char *stage = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "stage", 0, 0, G_OPTION_ARG_FILENAME, &stage, NULL, "STAGE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRolloutPlan) plan = NULL;
  CsRollout *rollout = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout == NULL)
    return ctl_fail (error);
  plan = ctl_make_plan (rollout, stage, &error);
  status = plan != NULL ? show_plan (ctl, rollout, plan, json) : ctl_fail (error);
  ctl_close_rollout (rollout);
  return status;
}

typedef struct
{
  char *stage;
  char *reason;
  char *path;
  char *role;
  char *comment;
  gboolean override;
  gboolean reject;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->stage);
  g_free (options->reason);
  g_free (options->path);
  g_free (options->role);
  g_free (options->comment);
}

static gboolean
override_gates (Ctl *ctl,
                CsRollout *rollout,
                const CsRolloutPlan *plan,
                const Options *options,
                GError **error)
{
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = NULL;
  CsPerson *person = ctl_find_signer (ctl, options->path, &key, &askpass, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (person == NULL)
    return FALSE;
  cs_rollout_override_async (rollout, plan, cs_workspace_get_actor (ctl->workspace), person,
                             options->reason, key, askpass, NULL, ctl_ready_cb, &result);
  return cs_rollout_decide_finish (rollout, ctl_wait (&result), error);
}

static gboolean
change (Ctl *ctl,
        CsRollout *rollout,
        const CsRolloutPlan *plan,
        const Options *options,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *words = NULL;

  cs_rollout_change_async (rollout, plan, cs_workspace_get_actor (ctl->workspace), options->reason,
                           NULL, ctl_ready_cb, &result);
  if (!cs_rollout_act_finish (rollout, ctl_wait (&result), error))
    return FALSE;
  words = cs_flag_state_dup_words (cs_rollout_get_state (rollout));
  ctl_print (stdout, "on for %s\n", words);
  return TRUE;
}

CtlStatus
ctl_rollout_promote (Ctl *ctl, char **arguments)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "stage", 0, 0, G_OPTION_ARG_FILENAME, &options.stage, NULL, "STAGE" },
    { "override", 0, 0, G_OPTION_ARG_NONE, &options.override, NULL, NULL },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, NULL, "TEXT" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.path, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRolloutPlan) plan = NULL;
  CsRollout *rollout = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      (!options.override || ctl_require (options.reason, "--reason", &error)))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout != NULL)
    plan = ctl_make_plan (rollout, options.stage, &error);
  if (plan == NULL ||
      (options.override && !override_gates (ctl, rollout, plan, &options, &error)) ||
      !change (ctl, rollout, plan, &options, &error))
    status = ctl_fail (error);
  if (rollout != NULL)
    ctl_close_rollout (rollout);
  options_clear (&options);
  return status;
}

CtlStatus
ctl_rollout_back (Ctl *ctl, char **arguments)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRolloutPlan) plan = NULL;
  CsRollout *rollout = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout != NULL)
    plan = cs_rollout_plan_back (rollout, &error);
  if (plan == NULL || !change (ctl, rollout, plan, &options, &error))
    status = ctl_fail (error);
  if (rollout != NULL)
    ctl_close_rollout (rollout);
  options_clear (&options);
  return status;
}

static gboolean
sign (Ctl *ctl,
      CsRollout *rollout,
      const CsRolloutPlan *plan,
      const Options *options,
      GError **error)
{
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = NULL;
  CsPerson *person = ctl_find_signer (ctl, options->path, &key, &askpass, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (person == NULL)
    return FALSE;
  cs_rollout_sign_async (rollout, plan, person, options->role, !options->reject, options->comment,
                         key, askpass, NULL, ctl_ready_cb, &result);
  return cs_rollout_decide_finish (rollout, ctl_wait (&result), error);
}

CtlStatus
ctl_rollout_sign (Ctl *ctl, char **arguments)
{
  Options options = { NULL };
  const GOptionEntry entries[] = {
    { "stage", 0, 0, G_OPTION_ARG_FILENAME, &options.stage, NULL, "STAGE" },
    { "role", 0, 0, G_OPTION_ARG_FILENAME, &options.role, NULL, "ROLE" },
    { "reject", 0, 0, G_OPTION_ARG_NONE, &options.reject, NULL, NULL },
    { "comment", 0, 0, G_OPTION_ARG_FILENAME, &options.comment, NULL, "TEXT" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.path, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRolloutPlan) plan = NULL;
  CsRollout *rollout = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (options.role, "--role", &error))
    rollout = ctl_open_rollout (ctl, words[0], &error);
  if (rollout != NULL)
    plan = ctl_make_plan (rollout, options.stage, &error);
  if (plan == NULL || !sign (ctl, rollout, plan, &options, &error))
    status = ctl_fail (error);
  if (rollout != NULL)
    ctl_close_rollout (rollout);
  options_clear (&options);
  return status;
}
