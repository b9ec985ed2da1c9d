/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy judge, accept, pause, resume */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "ctl-act.h"
#include "ctl-commands.h"
#include "ctl-judgements.h"
#include "ctl-key.h"
#include "ctl-next.h"

#include <string.h>

/* "2", "met": which expectation, from 1, and what of it. */
static gboolean
parse_verdict (const char *number, const char *verdict, guint *index, gboolean *met, GError **error)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (number, 10, 1, G_MAXUINT, &value, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no number of an expectation; “countersignctl deploy show” numbers them",
                   number);
      return FALSE;
    }
  *index = (guint) value - 1;
  *met = strcmp (verdict, "met") == 0;
  if (*met || strcmp (verdict, "not-met") == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is no verdict: say met or not-met",
               verdict);
  return FALSE;
}

CtlStatus
ctl_deploy_judge (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsBlockState *block = NULL;
  gboolean met = FALSE;
  guint index = 0;

  if (ctl_parse (ctl, arguments, NULL, 4, 4, &words, &error) &&
      parse_verdict (words[2], words[3], &index, &met, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    block = ctl_act_find_block (deployment, words[1], &error);
  if (block == NULL)
    return ctl_fail (error);
  cs_deployment_judge_async (deployment, cs_workspace_get_actor (ctl->workspace), block, index, met,
                             NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

typedef struct
{
  char *member;
  char *reason;
  char *role;
  char *key;
  char *name;
} AcceptOptions;

static CsBlockState *
find_failed (CsDeployment *deployment, const char *id, const char *member, GError **error)
{
  CsBlockState *block = ctl_act_find_block (deployment, id, error);
  CsBlockState *found;

  if (block == NULL || member == NULL)
    return block;
  found = cs_block_state_find_member (block, member);
  if (found == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The fleet has no member “%s”", member);
  return found;
}

static CtlStatus
accept_block (Ctl *ctl,
              CsDeployment *deployment,
              CsBlockState *block,
              const AcceptOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = ctl_prepare_key (ctl, options->key, &key, &error);
  g_autoptr (CsPerson) person =
    askpass != NULL ? ctl_introduce (ctl, options->name, key, askpass, &error) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (person == NULL)
    return ctl_fail (error);
  cs_deployment_accept_async (deployment, block, options->role, options->reason, key, askpass, NULL,
                              ctl_ready_cb, &result);
  if (!cs_deployment_rule_finish (deployment, ctl_wait (&result), &error))
    return ctl_fail (error);
  ctl_next_print (deployment, stderr);
  return CTL_DONE;
}

CtlStatus
ctl_deploy_accept (Ctl *ctl, char **arguments)
{
  AcceptOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "member", 0, 0, G_OPTION_ARG_FILENAME, &options.member, NULL, "NAME" },
    { "role", 0, 0, G_OPTION_ARG_FILENAME, &options.role, NULL, "ROLE" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, NULL, "TEXT" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, NULL, "FILE" },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &options.name, NULL, "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;
  CsBlockState *block = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error) &&
      ctl_require (options.reason, "--reason", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    block = find_failed (deployment, words[1], options.member, &error);
  status = block != NULL ? accept_block (ctl, deployment, block, &options) : ctl_fail (error);
  g_free (options.member);
  g_free (options.reason);
  g_free (options.role);
  g_free (options.key);
  g_free (options.name);
  return status;
}

CtlStatus
ctl_deploy_pause (Ctl *ctl, char **arguments)
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

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (reason, "--reason", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  cs_deployment_pause_async (deployment, cs_workspace_get_actor (ctl->workspace), reason, NULL,
                             ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

CtlStatus
ctl_deploy_resume (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  cs_deployment_resume_async (deployment, cs_workspace_get_actor (ctl->workspace), NULL,
                              ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}
