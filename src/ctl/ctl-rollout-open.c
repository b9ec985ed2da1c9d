/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How commands about flags and rollouts begin and end. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-rollout.h"

#include "cs-error.h"

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
