/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why nothing goes on in a deployment although nothing of it failed, in words. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-standstill-words.h"

#include "cs-time-words.h"

#include <glib/gi18n.h>

/**
 * cs_standstill_words_pause: (skip)
 * @deployment: a deployment
 *
 * Returns: (transfer full) (nullable): who paused it, when and why; %NULL: nobody did
 */
char *
cs_standstill_words_pause (CsDeployment *deployment)
{
  const char *reason = cs_deployment_get_pause_reason (deployment);
  g_autofree char *when = NULL;

  if (reason == NULL)
    return NULL;
  when = cs_time_words_moment (cs_deployment_get_paused_at (deployment));
  /* Translators: who paused it, when, and why */
  return g_strdup_printf (_("Paused by %s, %s: %s"), cs_deployment_get_paused_by (deployment), when,
                          reason);
}

/**
 * cs_standstill_words_lock: (skip)
 * @deployment: a deployment
 *
 * Returns: (transfer full) (nullable): which other deployment its environment is locked for, by
 *   whom and since when; %NULL: none, or it is closed
 */
char *
cs_standstill_words_lock (CsDeployment *deployment)
{
  CsLock *lock = cs_deployment_get_lock (deployment);
  g_autofree char *when = NULL;

  if (lock == NULL || cs_deployment_has_lock (deployment) ||
      cs_deployment_get_closed_at (deployment) != 0)
    return NULL;
  when = cs_time_words_moment (cs_lock_get_since (lock));
  if (g_strcmp0 (cs_lock_get_displaced (lock), cs_deployment_get_id (deployment)) == 0)
    /* Translators: who, the environment, the title of the other deployment, when, and why */
    return g_strdup_printf (_("%s has taken %s over for “%s”, %s: %s"), cs_lock_get_actor (lock),
                            cs_lock_get_environment (lock), cs_lock_get_title (lock), when,
                            cs_lock_get_reason (lock));
  /* Translators: the environment, the title of the other deployment, who, and since when */
  return g_strdup_printf (_("%s is locked for “%s” by %s, %s"), cs_lock_get_environment (lock),
                          cs_lock_get_title (lock), cs_lock_get_actor (lock), when);
}
