/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for placeholders, as NAME=VALUE: countersignctl deploy set, and for start and show */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-values.h"

#include "cs-error.h"
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
        ctl_print (stdout, "  %s = %s\n", name, value);
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
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "name", name);
      ctl_set_text (object, "value", cs_deployment_get_value (deployment, name));
      json_array_add_object_element (array, object);
    }
  return array;
}
