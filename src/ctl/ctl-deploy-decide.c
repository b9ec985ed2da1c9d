/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy resolve, decide */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "ctl-act.h"
#include "ctl-commands.h"
#include "ctl-next.h"

#include <string.h>

/* line 0: the first one that is open, else the last one. */
static const CsPoint *
find_point (CsDeployment *deployment, CsPointKind kind, guint64 line, GError **error)
{
  GPtrArray *points = cs_deployment_get_points (deployment);
  const CsPoint *last = NULL;

  for (guint i = 0; i < points->len; i++)
    {
      const CsPoint *point = g_ptr_array_index (points, i);

      if (point->kind != kind || (line != 0 && point->line != line))
        continue;
      last = point;
      if (!point->settled)
        return point;
    }
  if (last == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 kind == CS_POINT_BLOCKER
                   ? "There is no such blocker; “countersignctl deploy show” names their lines"
                   : "Here nothing is to be decided; “deploy pause” lets nothing more be run");
  return last;
}

static gboolean
parse_line (const char *text, guint64 *line, GError **error)
{
  *line = 0;
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, line, NULL))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is no number of a line", text);
  return FALSE;
}

CtlStatus
ctl_deploy_resolve (Ctl *ctl, char **arguments)
{
  g_autofree char *note = NULL;
  const GOptionEntry entries[] = {
    { "note", 0, 0, G_OPTION_ARG_FILENAME, &note, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  const CsPoint *point = NULL;
  guint64 line = 0;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error) &&
      ctl_require (note, "--note", &error) && parse_line (words[1], &line, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    point = find_point (deployment, CS_POINT_BLOCKER, line, &error);
  if (point == NULL)
    return ctl_fail (error);
  cs_deployment_resolve_async (deployment, cs_workspace_get_actor (ctl->workspace), point, note,
                               NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

CtlStatus
ctl_deploy_decide (Ctl *ctl, char **arguments)
{
  g_autofree char *reason = NULL;
  g_autofree char *where = NULL;
  const GOptionEntry entries[] = {
    { "line", 0, 0, G_OPTION_ARG_FILENAME, &where, NULL, "LINE" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  const CsPoint *point = NULL;
  gboolean go = FALSE;
  guint64 line = 0;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error) &&
      ctl_require (reason, "--reason", &error) && parse_line (where, &line, &error))
    {
      go = strcmp (words[1], "go") == 0;
      if (!go && strcmp (words[1], "no-go") != 0)
        g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "“%s” is neither go nor no-go", words[1]);
    }
  if (error == NULL)
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    point = find_point (deployment, CS_POINT_DECISION, line, &error);
  if (point == NULL)
    return ctl_fail (error);
  cs_deployment_decide_async (deployment, cs_workspace_get_actor (ctl->workspace), point, go,
                              reason, NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}
