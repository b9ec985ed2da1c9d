/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent asks for before it runs anything: its policy file. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-agent-policy.h"

#include "cs-error.h"

#include <string.h>

#define GROUP "policy"
#define ROLE_PREFIX "role "

static const char *const keys[] = {
  "policy/environment",
  "policy/require-approvals",
  "policy/operator-may-approve",
  "policy/sign-reads",
  "policy/max-age",
  "policy/max-delegation",
  "policy/max-timeout",
  "policy/operators",
  "policy/deny-variables",
  "role */approvals",
  "role */people",
  NULL,
};

static void
role_free (CsAgentRole *role)
{
  g_free (role->name);
  g_strfreev (role->people);
  g_free (role);
}

/** cs_agent_policy_free: frees a policy. */
void
cs_agent_policy_free (CsAgentPolicy *self)
{
  if (self == NULL)
    return;
  g_free (self->environment);
  g_strfreev (self->operators);
  g_strfreev (self->deny_variables);
  g_clear_pointer (&self->roles, g_ptr_array_unref);
  g_free (self);
}

static char **
read_list (GKeyFile *file, const char *group, const char *key)
{
  char **list = g_key_file_get_string_list (file, group, key, NULL, NULL);

  for (char **item = list; item != NULL && *item != NULL; item++)
    g_strstrip (*item);
  return list;
}

static gboolean
read_role (CsAgentPolicy *self, GKeyFile *file, const char *group, GError **error)
{
  CsAgentRole *role = g_new0 (CsAgentRole, 1);
  gint64 approvals = 1;

  g_ptr_array_add (self->roles, role);
  role->name = g_strstrip (g_strdup (group + strlen (ROLE_PREFIX)));
  role->people = read_list (file, group, "people");
  if (!cs_agent_settings_get_int (file, group, "approvals", 0, 100, &approvals, error))
    return FALSE;
  role->approvals = (guint) approvals;
  if (*role->name != '\0' && role->people != NULL && g_strv_length (role->people) >= approvals)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "[%s] needs a name and, in “people”, at least as many people as approvals", group);
  return FALSE;
}

static gboolean
read_settings (CsAgentPolicy *self, GKeyFile *file, GError **error)
{
  return cs_agent_settings_get_flag (file, GROUP, "require-approvals", &self->require_approvals,
                                     error) &&
         cs_agent_settings_get_flag (file, GROUP, "operator-may-approve",
                                     &self->operator_may_approve, error) &&
         cs_agent_settings_get_flag (file, GROUP, "sign-reads", &self->sign_reads, error) &&
         cs_agent_settings_get_int (file, GROUP, "max-age", 1, 366 * 86400, &self->max_age,
                                    error) &&
         cs_agent_settings_get_int (file, GROUP, "max-delegation", 0, 30 * 86400,
                                    &self->max_delegation, error) &&
         cs_agent_settings_get_int (file, GROUP, "max-timeout", 0, 7 * 86400, &self->max_timeout,
                                    error);
}

/**
 * cs_agent_policy_parse:
 * @text: of a policy file
 *
 * Returns: (transfer full): the policy; %NULL with %CS_ERROR_INVALID for what is not understood
 */
CsAgentPolicy *
cs_agent_policy_parse (const char *text, GError **error)
{
  g_autoptr (CsAgentPolicy) self = g_new0 (CsAgentPolicy, 1);
  g_autoptr (GKeyFile) file = cs_agent_settings_load (text, keys, error);
  g_auto (GStrv) groups = NULL;
  guint wanted = 0;

  if (file == NULL)
    return NULL;
  self->max_age = 86400;
  self->max_delegation = 8 * 3600;
  self->roles = g_ptr_array_new_with_free_func ((GDestroyNotify) role_free);
  self->environment = g_key_file_get_string (file, GROUP, "environment", NULL);
  self->operators = read_list (file, GROUP, "operators");
  self->deny_variables = read_list (file, GROUP, "deny-variables");
  if (!read_settings (self, file, error))
    return NULL;
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (g_str_has_prefix (*group, ROLE_PREFIX) && !read_role (self, file, *group, error))
      return NULL;
  for (guint i = 0; i < self->roles->len; i++)
    wanted += ((CsAgentRole *) g_ptr_array_index (self->roles, i))->approvals;
  if (self->require_approvals && wanted == 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Approvals are required, but no [role …] asks for any");
      return NULL;
    }
  return g_steal_pointer (&self);
}

/** cs_agent_policy_has_role: whether the policy gives @role to @person. */
gboolean
cs_agent_policy_has_role (const CsAgentPolicy *self, const char *person, const char *role)
{
  for (guint i = 0; i < self->roles->len; i++)
    {
      const CsAgentRole *each = g_ptr_array_index (self->roles, i);

      if (g_str_equal (each->name, role) &&
          g_strv_contains ((const char *const *) each->people, person))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_agent_policy_allows_variable:
 * @name: of a variable that a caller sets
 *
 * Where commands are approved, what changes how they are read is not for the caller to choose.
 *
 * Returns: whether it may be set
 */
gboolean
cs_agent_policy_allows_variable (const CsAgentPolicy *self, const char *name)
{
  static const char *const own[] = {
    "PATH",        "IFS",         "ENV",        "BASH_ENV",   "BASHOPTS",    "SHELLOPTS",
    "BASH_FUNC_*", "BASH_LOADABLES_PATH",       "CDPATH",     "GLOBIGNORE",  "HOME",
    "LD_*",        "DYLD_*",      "GCONV_PATH", "LOCPATH",    "PS4",         "PROMPT_COMMAND",
    "PYTHON*",     "PERL5*",      "PERLLIB",    "RUBYOPT",    "RUBYLIB",     "NODE_OPTIONS",
    "NODE_PATH",   "JAVA_TOOL_OPTIONS",         "_JAVA_OPTIONS",             "GIT_*",
    "EDITOR",      "VISUAL",      "PAGER",      "LESSOPEN",   "LESSCLOSE",   "MANPAGER",
    "SSH_ASKPASS", "SUDO_ASKPASS", "SHELL",     "__cs*",      NULL,
  };

  for (gsize i = 0; self->require_approvals && own[i] != NULL; i++)
    if (g_pattern_match_simple (own[i], name))
      return FALSE;
  for (char **denied = self->deny_variables; denied != NULL && *denied != NULL; denied++)
    if (g_pattern_match_simple (*denied, name))
      return FALSE;
  return TRUE;
}
