/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for placeholders, as NAME=VALUE: countersignctl deploy set, capture, and for start and
 * show */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-values.h"

#include "cs-capture.h"
#include "cs-error.h"
#include "ctl-act.h"
#include "ctl-commands.h"
#include "ctl-print.h"

#include <string.h>

/* Whether each is NAME=VALUE; asked before anything is done. */
gboolean
ctl_values_check (char **settings, GError **error)
{
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      const char *equals = strchr (settings[i], '=');

      if (equals != NULL && equals != settings[i])
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” names no value; write NAME=VALUE, or NAME= for an empty one", settings[i]);
      return FALSE;
    }
  return TRUE;
}

/* Records the values, one after the other; those that the deployment has already are left alone. */
gboolean
ctl_values_set (Ctl *ctl, CsDeployment *deployment, char **settings, GError **error)
{
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      const char *equals = strchr (settings[i], '=');
      g_autofree char *name = g_strndup (settings[i], (gsize) (equals - settings[i]));
      g_autoptr (GAsyncResult) result = NULL;

      if (g_strcmp0 (cs_deployment_get_value (deployment, name), equals + 1) == 0)
        continue;
      cs_deployment_set_value_async (deployment, cs_workspace_get_actor (ctl->workspace), name,
                                     equals + 1, NULL, ctl_ready_cb, &result);
      if (!cs_deployment_act_finish (deployment, ctl_wait (&result), error))
        return FALSE;
    }
  return TRUE;
}

CtlStatus
ctl_deploy_set (Ctl *ctl, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 100, &words, &error) &&
      ctl_values_check (words + 1, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL || !ctl_values_set (ctl, deployment, words + 1, &error))
    return ctl_fail (error);
  return CTL_DONE;
}

static CsBlockState *
find_printed (CsDeployment *deployment, const char *id, const char *member, GError **error)
{
  CsBlockState *block = ctl_act_find_block (deployment, id, error);
  CsBlockState *found =
    block != NULL && member != NULL ? cs_block_state_find_member (block, member) : block;

  if (block != NULL && found == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "“%s” is no member of the fleet", member);
  return found;
}

CtlStatus
ctl_deploy_capture (Ctl *ctl, char **arguments)
{
  g_autofree char *member = NULL;
  const GOptionEntry entries[] = {
    { "member", 0, 0, G_OPTION_ARG_FILENAME, &member, NULL, "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsBlockState *block = NULL;

  if (ctl_parse (ctl, arguments, entries, 3, 4, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    block = find_printed (deployment, words[1], member, &error);
  if (block == NULL)
    return ctl_fail (error);
  cs_deployment_capture_async (deployment, cs_workspace_get_actor (ctl->workspace), block,
                               words[2], words[3], NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}

/* Where it was printed, if it was. */
static void
print_source (const CsValueSource *source)
{
  if (source == NULL)
    return;
  ctl_print (stdout, "  (printed by %s", source->block);
  printf (" in line %u)", source->line);
}

static JsonObject *
source_to_json (const CsValueSource *source)
{
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "step", source->step);
  ctl_set_text (object, "block", source->block);
  ctl_set_text (object, "run", source->run);
  json_object_set_int_member (object, "line", source->line);
  ctl_set_text (object, "actor", source->actor);
  ctl_set_time (object, "at", source->at);
  return object;
}

void
ctl_values_print (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (deployment, NULL);

  if (names->len > 0)
    fputs ("Values:\n", stdout);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *value = cs_deployment_get_value (deployment, name);

      if (value != NULL)
        {
          ctl_print (stdout, "  %s = %s", name, value);
          print_source (cs_deployment_get_value_source (deployment, name));
          fputc ('\n', stdout);
        }
      else
        ctl_print (stdout, "  %s is missing\n", name);
    }
}

JsonArray *
ctl_values_to_json (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (deployment, NULL);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const CsValueSource *source = cs_deployment_get_value_source (deployment, name);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "name", name);
      ctl_set_text (object, "value", cs_deployment_get_value (deployment, name));
      if (source != NULL)
        json_object_set_object_member (object, "source", source_to_json (source));
      json_array_add_object_element (array, object);
    }
  return array;
}
