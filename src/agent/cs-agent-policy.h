/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent asks for before it runs anything: its policy file. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CsAgentRole: so many people of a role must approve; people are names in allowed_signers. */
typedef struct
{
  char *name;
  guint approvals;
  char **people;
} CsAgentRole;

/**
 * CsAgentPolicy:
 * @environment: (nullable): what runs here must be meant for
 * @operators: (nullable): who may ask; %NULL for everyone in allowed_signers
 * @max_age: seconds that an approval counts
 * @max_delegation: seconds that a delegation may last; 0 refuses all
 * @max_timeout: seconds that a run may take; 0 for no limit
 */
typedef struct
{
  char *environment;
  gboolean require_approvals;
  gboolean operator_may_approve;
  gboolean sign_reads;
  gint64 max_age;
  gint64 max_delegation;
  gint64 max_timeout;
  char **operators;
  char **deny_variables;
  GPtrArray *roles;
} CsAgentPolicy;

CsAgentPolicy *cs_agent_policy_parse (const char *text, GError **error);
void cs_agent_policy_free (CsAgentPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentPolicy, cs_agent_policy_free)

gboolean cs_agent_policy_has_role (const CsAgentPolicy *self, const char *person, const char *role);
gboolean cs_agent_policy_allows_variable (const CsAgentPolicy *self, const char *name);

/* Reads a file of settings in which nothing stands that is not in keys: "group/key", with a group
 * that ends in a star for groups that begin so. */
GKeyFile *cs_agent_settings_load (const char *text, const char *const *keys, GError **error);
gboolean cs_agent_settings_get_int (GKeyFile *file,
                                    const char *group,
                                    const char *key,
                                    gint64 lowest,
                                    gint64 highest,
                                    gint64 *value,
                                    GError **error);
gboolean cs_agent_settings_get_flag (GKeyFile *file,
                                     const char *group,
                                     const char *key,
                                     gboolean *value,
                                     GError **error);

G_END_DECLS
