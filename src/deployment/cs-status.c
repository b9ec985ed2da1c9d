/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for what can have happened. */

#include "cs-deployment.h"
#include "cs-states.h"

static const GEnumValue statuses[] = {
  { CS_STATUS_TODO, "CS_STATUS_TODO", "todo" },
  { CS_STATUS_READY, "CS_STATUS_READY", "ready" },
  { CS_STATUS_RUNNING, "CS_STATUS_RUNNING", "running" },
  { CS_STATUS_WAITING, "CS_STATUS_WAITING", "waiting" },
  { CS_STATUS_PASSED, "CS_STATUS_PASSED", "passed" },
  { CS_STATUS_FAILED, "CS_STATUS_FAILED", "failed" },
  { CS_STATUS_SKIPPED, "CS_STATUS_SKIPPED", "skipped" },
  { CS_STATUS_INTERRUPTED, "CS_STATUS_INTERRUPTED", "interrupted" },
  { 0, NULL, NULL },
};

static const GEnumValue verdicts[] = {
  { CS_VERIFIED_UNKNOWN, "CS_VERIFIED_UNKNOWN", "unknown" },
  { CS_VERIFIED_GOOD, "CS_VERIFIED_GOOD", "good" },
  { CS_VERIFIED_BAD, "CS_VERIFIED_BAD", "bad" },
  { 0, NULL, NULL },
};

static const GEnumValue deployment_statuses[] = {
  { CS_DEPLOYMENT_ACTIVE, "CS_DEPLOYMENT_ACTIVE", "active" },
  { CS_DEPLOYMENT_ROLLING_BACK, "CS_DEPLOYMENT_ROLLING_BACK", "rolling-back" },
  { CS_DEPLOYMENT_FINISHED, "CS_DEPLOYMENT_FINISHED", "finished" },
  { CS_DEPLOYMENT_ROLLED_BACK, "CS_DEPLOYMENT_ROLLED_BACK", "rolled-back" },
  { 0, NULL, NULL },
};

GType
cs_status_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CsStatus", statuses));
  return type;
}

GType
cs_verified_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CsVerified", verdicts));
  return type;
}

GType
cs_deployment_status_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("CsDeploymentStatus", deployment_statuses));
  return type;
}

/** cs_status_to_string: the word for it in records and JSON. */
const char *
cs_status_to_string (CsStatus status)
{
  g_return_val_if_fail (status <= CS_STATUS_INTERRUPTED, NULL);

  return statuses[status].value_nick;
}

/** cs_status_is_over: whether nothing is left to do: passed or skipped. */
gboolean
cs_status_is_over (CsStatus status)
{
  return status == CS_STATUS_PASSED || status == CS_STATUS_SKIPPED;
}

/** cs_deployment_status_to_string: the word for it in records and JSON. */
const char *
cs_deployment_status_to_string (CsDeploymentStatus status)
{
  g_return_val_if_fail (status <= CS_DEPLOYMENT_ROLLED_BACK, NULL);

  return deployment_statuses[status].value_nick;
}
