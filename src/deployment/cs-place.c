/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the author wants commands to be run, and whether a deployment goes there. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include <string.h>

static gboolean
is_this_computer (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || strcmp (host, "127.0.0.1") == 0 ||
         strcmp (host, "::1") == 0;
}

/* "deploy@web-1": by the target's name, or by its host and, where both say one, its user. */
static gboolean
is_target (CsTarget *target, const char *words)
{
  const char *at = strrchr (words, '@');
  const char *host = at != NULL ? at + 1 : words;
  const char *own = cs_target_get_host (target), *user = cs_target_get_user (target);

  if (g_ascii_strcasecmp (words, cs_target_get_name (target)) == 0)
    return TRUE;
  if (cs_target_get_kind (target) == CS_TARGET_LOCAL)
    return is_this_computer (host) && at == NULL;
  if (own == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (host, own) != 0)
    return FALSE;
  return at == NULL || user == NULL ||
         (strlen (user) == (gsize) (at - words) && strncmp (words, user, strlen (user)) == 0);
}

/* What a person has to say before a block may run here: the name of a value, which then has to be
 * the name of the deployment's target. NULL where nothing is to be said (transfer full). */
char *
cs_deployment_dup_place_name (CsDeployment *self, CsBlock *block)
{
  const char *inside = cs_block_get_inside (block), *target = cs_block_get_target (block);

  if (target == NULL || is_target (self->target, target))
    return NULL;
  return inside != NULL ? g_strdup (inside) : g_strconcat ("target ", target, NULL);
}

/* Commands that their author types elsewhere are not sent here, unless a person says that here is
 * there. */
void
cs_deployment_add_place_gate (CsDeployment *self, CsBlock *block, GPtrArray *gates)
{
  const char *inside = cs_block_get_inside (block), *target = cs_block_get_target (block);
  const char *own = cs_target_get_name (self->target);
  g_autofree char *name = cs_deployment_dup_place_name (self, block);
  const char *value = name != NULL ? g_hash_table_lookup (self->values, name) : NULL;

  if (inside != NULL && target == NULL)
    cs_gates_add (gates, "place", self->operator,
                  "These lines are typed into what “%s” opens: do that in a terminal, and skip "
                  "the step with that as the reason",
                  inside);
  else if (name != NULL && g_strcmp0 (value, own) != 0)
    cs_gates_add (gates, "place", self->operator,
                  "This runs on “%s”, and the deployment goes to “%s”: if that is the same, "
                  "give “%s” the value %s; else do it there, and skip the step",
                  target, own, name,
                  own);
}
