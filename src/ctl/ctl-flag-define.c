/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl flag add, change */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-error.h"
#include "cs-flag-suggestions.h"
#include "cs-json.h"
#include "cs-stage-line.h"
#include "ctl-commands.h"

#include <string.h>

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
  char *url;
  char *project;
  char *feature;
  char *place;
  char *secret;
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
    { "url", options->url },              { "project", options->project },
    { "feature", options->feature },      { "environment", options->place },
    { "secret", options->secret },
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
          JsonObject *stage = cs_stage_line_parse (*text, error);

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
  const char *environment = definition != NULL ? cs_json_get_string (definition, "environment")
                                               : NULL;

  if (site == NULL)
    return ctl_fail (error);
  if (settings == NULL)
    {
      error = g_error_new (CS_ERROR, CS_ERROR_INVALID, "--provider is missing");
      return ctl_fail (error);
    }
  provider = cs_rollout_site_make_provider (
    site, key, environment != NULL ? environment : CS_FLAG_ENVIRONMENT, settings, &error);
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
    { "url", 0, 0, G_OPTION_ARG_FILENAME, &options.url, NULL, "URL" },
    { "project", 0, 0, G_OPTION_ARG_FILENAME, &options.project, NULL, "NAME" },
    { "feature", 0, 0, G_OPTION_ARG_FILENAME, &options.feature, NULL, "NAME" },
    { "unleash-environment", 0, 0, G_OPTION_ARG_FILENAME, &options.place, NULL, "NAME" },
    { "secret", 0, 0, G_OPTION_ARG_FILENAME, &options.secret, NULL, "NAME" },
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
    provider =
      cs_rollout_site_make_provider (site, key, cs_flag_get_environment (flag), settings, &error);
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
