/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy lock, unlock */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-act.h"
#include "ctl-commands.h"
#include "ctl-lock.h"
#include "ctl-print.h"

CtlStatus
ctl_deploy_lock (Ctl *ctl, char **arguments)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  ctl_lock_print (deployment, stderr);
  cs_deployment_lock_async (deployment, cs_workspace_get_actor (ctl->workspace), reason, NULL,
                            ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

CtlStatus
ctl_deploy_unlock (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  cs_deployment_unlock_async (deployment, cs_workspace_get_actor (ctl->workspace), NULL,
                              ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}

void
ctl_lock_print (CsDeployment *deployment, FILE *file)
{
  CsLock *lock = cs_deployment_get_lock (deployment);
  g_autofree char *since = lock != NULL ? ctl_format_time (cs_lock_get_since (lock)) : NULL;

  if (lock == NULL)
    return;
  if (cs_deployment_has_lock (deployment))
    ctl_print (file, "%s is locked for this deployment since %s (%s)\n",
               cs_lock_get_environment (lock), since, cs_lock_get_actor (lock));
  else
    ctl_print (file, "%s is locked for “%s” (%s) since %s (%s)\n", cs_lock_get_environment (lock),
               cs_lock_get_title (lock), cs_lock_get_deployment (lock), since,
               cs_lock_get_actor (lock));
  if (cs_lock_get_displaced (lock) != NULL)
    ctl_print (file, "  taken over from %s: %s\n", cs_lock_get_displaced (lock),
               cs_lock_get_reason (lock));
}

JsonObject *
ctl_lock_to_json (CsDeployment *deployment)
{
  CsLock *lock = cs_deployment_get_lock (deployment);
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "own", cs_deployment_has_lock (deployment));
  ctl_set_text (object, "deployment", lock != NULL ? cs_lock_get_deployment (lock) : NULL);
  ctl_set_text (object, "title", lock != NULL ? cs_lock_get_title (lock) : NULL);
  ctl_set_text (object, "actor", lock != NULL ? cs_lock_get_actor (lock) : NULL);
  ctl_set_time (object, "since", lock != NULL ? cs_lock_get_since (lock) : 0);
  ctl_set_text (object, "displaced", lock != NULL ? cs_lock_get_displaced (lock) : NULL);
  ctl_set_text (object, "reason", lock != NULL ? cs_lock_get_reason (lock) : NULL);
  return object;
}
