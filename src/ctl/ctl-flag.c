/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl flag add, list, show, verify, adopt, restore, pin */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-error.h"
#include "cs-flag-suggestions.h"
#include "cs-json.h"
#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

CsRolloutSite *
ctl_make_site (Ctl *ctl, GError **error)
{
  g_autofree char *state = NULL;

  if (!ctl_open (ctl, error))
    return NULL;
  state = cs_workspace_dup_state_directory (ctl->workspace);
  return cs_rollout_site_new (cs_workspace_get_store (ctl->workspace),
                              cs_workspace_get_people (ctl->workspace),
                              cs_workspace_get_policies (ctl->workspace),
                              cs_workspace_get_targets (ctl->workspace),
                              cs_workspace_get_breakers (ctl->workspace),
                              cs_workspace_get_keyring (ctl->workspace), state,
                              cs_workspace_get_directory (ctl->workspace));
}

CsRollout *
ctl_open_rollout (Ctl *ctl, const char *key, GError **error)
{
  g_autoptr (CsRolloutSite) site = ctl_make_site (ctl, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (site == NULL)
    return NULL;
  cs_rollout_load_async (site, key, NULL, ctl_ready_cb, &result);
  return cs_rollout_load_finish (ctl_wait (&result), error);
}

void
ctl_close_rollout (CsRollout *rollout)
{
  g_autoptr (CsRollout) owned = rollout;
  g_autoptr (GAsyncResult) result = NULL;

  cs_rollout_close_async (rollout, ctl_ready_cb, &result);
  cs_rollout_close_finish (rollout, ctl_wait (&result), NULL);
}

gboolean
ctl_parse_soak (const char *text, gint64 *seconds, GError **error)
{
  static const struct
  {
    const char *unit;
    gint64 seconds;
  } units[] = {
    { "", 1 },      { "s", 1 },     { "m", 60 },
    { "h", 3600 },  { "d", 86400 }, { "w", 604800 },
  };
  char *end = NULL;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  end += strspn (end, " ");
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_isdigit (*text) && strcmp (end, units[i].unit) == 0 && number <= 366 * 86400)
      {
        *seconds = (gint64) number * units[i].seconds;
        return TRUE;
      }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” is no time to soak: write 90s, 30m, 12h, 7d or 2w", text);
  return FALSE;
}

/* "sign=Tech lead:2" */
static void
add_need (JsonArray *needs, const char *text)
{
  g_autofree char *role = g_strdup (text);
  char *colon = strrchr (role, ':');
  JsonObject *need = json_object_new ();
  gint64 count = 1;

  if (colon != NULL && colon[1] != '\0' && strspn (colon + 1, "0123456789") == strlen (colon + 1))
    {
      count = g_ascii_strtoll (colon + 1, NULL, 10);
      *colon = '\0';
    }
  json_object_set_string_member (need, "role", g_strstrip (role));
  json_object_set_int_member (need, "count", count);
  json_array_add_object_element (needs, need);
}

/* "Test companies | 15 | soak=7d | sign=Tech lead" */
static JsonObject *
parse_stage (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);
  g_autoptr (JsonObject) stage = json_object_new ();
  JsonArray *needs = json_array_new ();

  json_object_set_array_member (stage, "needs", needs);
  if (g_strv_length (parts) < 2)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no stage: write \"TITLE | COHORT | soak=TIME | sign=ROLE:N\"", text);
      return NULL;
    }
  json_object_set_string_member (stage, "title", g_strstrip (parts[0]));
  json_object_set_string_member (stage, "cohort", g_strstrip (parts[1]));
  for (char **part = parts + 2; *part != NULL; part++)
    {
      gint64 seconds;

      g_strstrip (*part);
      if (g_str_has_prefix (*part, "soak="))
        {
          if (!ctl_parse_soak (*part + strlen ("soak="), &seconds, error))
            return NULL;
          json_object_set_int_member (stage, "soak", seconds);
        }
      else if (g_str_has_prefix (*part, "sign="))
        add_need (needs, *part + strlen ("sign="));
      else
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is neither soak=TIME nor sign=ROLE:N", *part);
          return NULL;
        }
    }
  return g_steal_pointer (&stage);
}

typedef struct
{
  char *provider;
  char *target;
  char *path;
  char *companies;
  char *everyone;
  char *directory;
  char *readback;
  char *context;
  char *description;
  char *owner;
  char *environment;
  char *definition;
  char *runbook;
  char **reload;
  char **settings;
  char **stages;
} AddOptions;

static void
add_options_clear (AddOptions *options)
{
  char **texts = (char **) options;

  for (gsize i = 0; i < offsetof (AddOptions, reload) / sizeof (char *); i++)
    g_free (texts[i]);
  g_strfreev (options->reload);
  g_strfreev (options->settings);
  g_strfreev (options->stages);
}

/* base (nullable): what is known of it already. */
static JsonObject *
make_provider (const AddOptions *options, JsonObject *base, GError **error)
{
  g_autoptr (JsonObject) provider = base != NULL ? json_object_ref (base) : json_object_new ();
  const struct
  {
    const char *member;
    const char *value;
  } members[] = {
    { "kind", options->provider },        { "target", options->target },
    { "path", options->path },            { "companies", options->companies },
    { "everyone", options->everyone },    { "directory", options->directory },
    { "readback", options->readback },    { "context", options->context },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].value != NULL)
      json_object_set_string_member (provider, members[i].member, members[i].value);
  if (options->reload != NULL)
    {
      JsonArray *reload = json_array_new ();

      for (char **command = options->reload; *command != NULL; command++)
        json_array_add_string_element (reload, *command);
      json_object_set_array_member (provider, "reload", reload);
    }
  if (options->settings != NULL)
    {
      JsonObject *settings = json_object_new ();

      json_object_set_object_member (provider, "settings", settings);
      for (char **setting = options->settings; *setting != NULL; setting++)
        {
          g_auto (GStrv) parts = g_strsplit (*setting, "=", 2);

          if (parts[0] == NULL || parts[1] == NULL)
            {
              g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not NAME=VALUE", *setting);
              return NULL;
            }
          json_object_set_string_member (settings, parts[0], parts[1]);
        }
    }
  return g_steal_pointer (&provider);
}

static JsonObject *
read_definition (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "%s", local_error->message);
      return NULL;
    }
  node = cs_json_parse (text, (gssize) length, error);
  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s is to hold a JSON object", path);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node) : NULL;
}

/* What a runbook describes; the rest is given by options. */
static JsonObject *
read_runbook (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsRunbook) runbook = NULL;

  cs_runbook_load_async (file, NULL, ctl_ready_cb, &result);
  runbook = cs_runbook_load_finish (ctl_wait (&result), error);
  return runbook != NULL ? cs_flag_suggestions_find (runbook, error) : NULL;
}

static JsonObject *
make_definition (const char *key, const AddOptions *options, GError **error)
{
  g_autoptr (JsonObject) definition = NULL;
  const struct
  {
    const char *member;
    const char *value;
  } members[] = {
    { "key", key },
    { "description", options->description },
    { "owner", options->owner },
    { "environment", options->environment },
  };

  if (options->runbook != NULL)
    definition = read_runbook (options->runbook, error);
  else if (options->definition != NULL)
    definition = read_definition (options->definition, error);
  else
    definition = json_object_new ();
  if (definition == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].value != NULL)
      json_object_set_string_member (definition, members[i].member, members[i].value);
  if (options->provider != NULL || options->runbook != NULL)
    {
      JsonObject *provider =
        make_provider (options, cs_json_get_object (definition, "provider"), error);

      if (provider == NULL)
        return NULL;
      json_object_set_object_member (definition, "provider", provider);
    }
  if (options->stages != NULL)
    {
      JsonArray *stages = json_array_new ();

      json_object_set_array_member (definition, "stages", stages);
      for (char **text = options->stages; *text != NULL; text++)
        {
          JsonObject *stage = parse_stage (*text, error);

          if (stage == NULL)
            return NULL;
          json_array_add_object_element (stages, stage);
        }
    }
  return g_steal_pointer (&definition);
}

static CtlStatus
add (Ctl *ctl, const char *key, const AddOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) definition = make_definition (key, options, &error);
  g_autoptr (CsRolloutSite) site = definition != NULL ? ctl_make_site (ctl, &error) : NULL;
  g_autoptr (CsFlagProvider) provider = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  JsonObject *settings =
    definition != NULL ? cs_json_get_object (definition, "provider") : NULL;

  if (site == NULL)
    return ctl_fail (error);
  if (settings == NULL)
    {
      error = g_error_new (CS_ERROR, CS_ERROR_INVALID, "--provider is missing");
      return ctl_fail (error);
    }
  provider = cs_rollout_site_make_provider (site, key, settings, &error);
  if (provider == NULL)
    return ctl_fail (error);
  cs_flag_add_async (site->store, cs_workspace_get_actor (ctl->workspace), definition, NULL,
                     ctl_ready_cb, &result);
  if (!cs_flag_add_finish (ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}

typedef CtlStatus (*Define) (Ctl *ctl, const char *key, const AddOptions *options);

static CtlStatus
define (Ctl *ctl, char **arguments, Define function)
{
  AddOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "provider", 0, 0, G_OPTION_ARG_FILENAME, &options.provider, NULL, "KIND" },
    { "target", 0, 0, G_OPTION_ARG_FILENAME, &options.target, NULL, "NAME" },
    { "path", 0, 0, G_OPTION_ARG_FILENAME, &options.path, NULL, "PATH" },
    { "companies", 0, 0, G_OPTION_ARG_FILENAME, &options.companies, NULL, "NAME" },
    { "everyone", 0, 0, G_OPTION_ARG_FILENAME, &options.everyone, NULL, "NAME" },
    { "directory", 0, 0, G_OPTION_ARG_FILENAME, &options.directory, NULL, "PATH" },
    { "setting", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.settings, NULL, "NAME=VALUE" },
    { "reload", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.reload, NULL, "COMMAND" },
    { "readback", 0, 0, G_OPTION_ARG_FILENAME, &options.readback, NULL, "COMMAND" },
    { "context", 0, 0, G_OPTION_ARG_FILENAME, &options.context, NULL, "NAME" },
    { "stage", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.stages, NULL, "STAGE" },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &options.description, NULL, "TEXT" },
    { "owner", 0, 0, G_OPTION_ARG_FILENAME, &options.owner, NULL, "TEXT" },
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &options.environment, NULL, "NAME" },
    { "definition", 0, 0, G_OPTION_ARG_FILENAME, &options.definition, NULL, "FILE" },
    { "runbook", 0, 0, G_OPTION_ARG_FILENAME, &options.runbook, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    status = function (ctl, words[0], &options);
  else
    status = ctl_fail (error);
  add_options_clear (&options);
  return status;
}

CtlStatus
ctl_flag_add (Ctl *ctl, char **arguments)
{
  return define (ctl, arguments, add);
}

static CtlStatus
change (Ctl *ctl, const char *key, const AddOptions *options)
{
  g_autoptr (GError) error = NULL;
  CsRollout *rollout = ctl_open_rollout (ctl, key, &error);
  CsFlag *flag = rollout != NULL ? cs_rollout_get_flag (rollout) : NULL;
  g_autoptr (JsonObject) definition =
    flag != NULL ? make_definition (NULL, options, &error) : NULL;
  g_autoptr (CsRolloutSite) site = definition != NULL ? ctl_make_site (ctl, &error) : NULL;
  g_autoptr (CsFlagProvider) provider = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  JsonObject *settings = definition != NULL ? cs_json_get_object (definition, "provider") : NULL;

  if (site != NULL && settings != NULL)
    provider = cs_rollout_site_make_provider (site, key, settings, &error);
  if (error == NULL)
    {
      cs_flag_change_async (flag, cs_workspace_get_actor (ctl->workspace), definition, NULL,
                            ctl_ready_cb, &result);
      cs_flag_act_finish (flag, ctl_wait (&result), &error);
    }
  if (rollout != NULL)
    ctl_close_rollout (rollout);
  return error != NULL ? ctl_fail (error) : CTL_DONE;
}

CtlStatus
ctl_flag_change (Ctl *ctl, char **arguments)
{
  return define (ctl, arguments, change);
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
  g_autoptr (GPtrArray) heads = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  if (ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) && ctl_open (ctl, &error))
    heads = cs_store_list_heads_sync (cs_workspace_get_store (ctl->workspace),
                                      CS_FLAG_STREAM_PREFIX, &error);
  if (heads == NULL)
    return ctl_fail (error);
  for (guint i = 0; i < heads->len; i++)
    {
      const CsStreamHead *head = heads->pdata[i];
      g_autoptr (CsFlag) flag =
        load_flag (ctl, head->stream + strlen (CS_FLAG_STREAM_PREFIX), &error);

      if (flag == NULL)
        return ctl_fail (error);
      if (json)
        json_array_add_object_element (array, flag_to_json (flag));
      else
        print_flag (flag);
    }
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
