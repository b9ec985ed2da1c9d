/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl policy: what environments ask of those who sign */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-policy-words.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-print.h"

#include <string.h>

static CsPolicy *
lookup (Ctl *ctl, const char *environment)
{
  return cs_policies_lookup (cs_workspace_get_policies (ctl->workspace),
                             cs_workspace_get_people (ctl->workspace), environment, G_MAXINT64);
}

static void
print_policy (const CsPolicy *policy)
{
  g_auto (GStrv) sentences = cs_policy_words_describe (policy);

  if (policy != NULL)
    ctl_print (stdout, "%s:\n", policy->environment);
  for (char **sentence = sentences; *sentence != NULL; sentence++)
    ctl_print (stdout, "%s\n", *sentence);
}

CtlStatus
ctl_policy_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsPolicy) policy = NULL;

  if (!ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  policy = lookup (ctl, words[0]);
  if (json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

      json_node_take_object (node, policy != NULL ? cs_policy_to_json (policy)
                                                  : json_object_new ());
      json_object_set_boolean_member (json_node_get_object (node), "governed", policy != NULL);
      ctl_print_json (node);
    }
  else
    print_policy (policy);
  return CTL_DONE;
}

/* "Tech lead=2,Operations=1"; 0 takes a need away. */
static gboolean
require (CsPolicy *policy, const char *text, GError **error)
{
  g_auto (GStrv) needs = g_strsplit (text, ",", -1);

  for (char **need = needs; *need != NULL; need++)
    {
      char *sign = strrchr (*need, '=');
      guint64 count;

      if (sign == NULL || !g_ascii_string_to_unsigned (sign + 1, 10, 0, 20, &count, NULL))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is no ROLE=NUMBER, with a number from 0 to 20", *need);
          return FALSE;
        }
      *sign = '\0';
      g_strstrip (*need);
      if (**need == '\0')
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A role needs a name");
          return FALSE;
        }
      cs_policy_require (policy, *need, (guint) count);
    }
  return TRUE;
}

static gboolean
set_policy (Ctl *ctl, const CsPolicy *policy, const char *path, GError **error)
{
  CsPolicies *policies = cs_workspace_get_policies (ctl->workspace);
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = ctl_prepare_key (ctl, path, &key, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (askpass == NULL)
    return FALSE;
  cs_policies_set_async (policies, cs_workspace_get_people (ctl->workspace), policy, key, askpass,
                         NULL, ctl_ready_cb, &result);
  return cs_policies_set_finish (policies, ctl_wait (&result), error);
}

CtlStatus
ctl_policy_set (Ctl *ctl, char **arguments)
{
  gboolean may = FALSE, four = FALSE, is = FALSE, is_not = FALSE, done = FALSE;
  char *needs = NULL, *overrider = NULL, *path = NULL;
  const GOptionEntry entries[] = {
    { "require", 0, 0, G_OPTION_ARG_FILENAME, &needs, NULL, "ROLE=N" },
    { "operator-may-approve", 0, 0, G_OPTION_ARG_NONE, &may, NULL, NULL },
    { "four-eyes", 0, 0, G_OPTION_ARG_NONE, &four, NULL, NULL },
    { "overrider", 0, 0, G_OPTION_ARG_FILENAME, &overrider, NULL, "ROLE" },
    { "production", 0, 0, G_OPTION_ARG_NONE, &is, NULL, NULL },
    { "not-production", 0, 0, G_OPTION_ARG_NONE, &is_not, NULL, NULL },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsPolicy) policy = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) && may && four)
    g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                         "Give either --operator-may-approve or --four-eyes");
  else if (error == NULL && is && is_not)
    g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                         "Give either --production or --not-production");
  if (error == NULL && ctl_open (ctl, &error))
    {
      policy = lookup (ctl, words[0]);
      if (policy == NULL)
        policy = cs_policy_new (words[0]);
      policy->operator_may_approve = may || (policy->operator_may_approve && !four);
      if (is || is_not)
        policy->stage = is ? CS_POLICY_STAGE_PRODUCTION : CS_POLICY_STAGE_OTHER;
      if (overrider != NULL)
        {
          g_free (policy->overrider);
          policy->overrider = g_strstrip (g_strdup (overrider));
        }
      done = (needs == NULL || require (policy, needs, &error)) &&
             set_policy (ctl, policy, path, &error);
    }
  g_free (needs);
  g_free (overrider);
  g_free (path);
  if (!done)
    return ctl_fail (error);
  print_policy (policy);
  return CTL_DONE;
}
