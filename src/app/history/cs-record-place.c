/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a record stands, in words, and the deployment it belongs to. */

#define G_LOG_DOMAIN "cs-record-place"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-companies.h"
#include "cs-flag.h"
#include "cs-json.h"
#include "cs-record-place.h"

#define RUNBOOK_STREAM_PREFIX "runbook/"

/**
 * cs_record_place_get_deployment_id:
 * @record: a record
 *
 * Returns: (nullable): the id of the deployment whose stream it stands in
 */
const char *
cs_record_place_get_deployment_id (CsRecord *record)
{
  const char *stream;

  g_return_val_if_fail (CS_IS_RECORD (record), NULL);

  stream = cs_record_get_stream (record);
  if (!g_str_has_prefix (stream, CS_DEPLOYMENT_STREAM_PREFIX))
    return NULL;
  return stream + strlen (CS_DEPLOYMENT_STREAM_PREFIX);
}

/**
 * cs_record_place_find_deployment:
 * @workspace: the workspace
 * @record: a record
 *
 * Returns: (nullable) (transfer none): the deployment that it belongs to, if it belongs to one that
 *   could be read
 */
CsDeployment *
cs_record_place_find_deployment (CsWorkspace *workspace, CsRecord *record)
{
  const char *id = cs_record_place_get_deployment_id (record);

  return id != NULL ? cs_workspace_find_deployment (workspace, id, NULL) : NULL;
}

/**
 * cs_record_place_describe:
 * @workspace: the workspace
 * @record: a record
 *
 * Returns: (transfer full): where it stands: a deployment's title, "Servers"…; the stream's own
 *   name if that has no words
 */
char *
cs_record_place_describe (CsWorkspace *workspace, CsRecord *record)
{
  CsDeployment *deployment = cs_record_place_find_deployment (workspace, record);
  const char *stream = cs_record_get_stream (record);

  if (deployment != NULL)
    return g_strdup_printf ("%s · %s", cs_deployment_get_title (deployment),
                            cs_deployment_get_environment (deployment));
  if (g_str_equal (stream, CS_TARGETS_STREAM))
    return g_strdup (_("Servers"));
  if (g_str_equal (stream, CS_PEOPLE_STREAM))
    return g_strdup (_("People"));
  if (g_str_has_prefix (stream, RUNBOOK_STREAM_PREFIX))
    return g_strdup (_("Runbooks"));
  if (g_str_equal (stream, CS_COMPANIES_STREAM))
    return g_strdup (_("Companies"));
  if (g_str_has_prefix (stream, CS_FLAG_STREAM_PREFIX))
    return g_strdup (stream + strlen (CS_FLAG_STREAM_PREFIX));
  return g_strdup (stream);
}
