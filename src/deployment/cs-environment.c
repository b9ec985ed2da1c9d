/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables that commands leave to the next ones: recorded, but for those that look secret. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include <string.h>

/* Words of names whose values have no business in a journal that never forgets. */
static const char *const secret_words[] = {
  "PASSWORD", "PASSWD", "PASSPHRASE", "_PASS", "_PWD",
  "SECRET", "TOKEN", "APIKEY", "_KEY", "CREDENTIAL",
};

/* Whether the value of a variable with this name has no business in the journal. */
gboolean
cs_deployment_looks_secret (const char *name)
{
  g_autofree char *upper = g_ascii_strup (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (secret_words); i++)
    if (strstr (upper, secret_words[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Not so one that holds a secret under another name. */
static gboolean
is_clear (CsDeployment *self, const char *value)
{
  g_autofree char *redacted = cs_deployment_redact (self, value);

  return strcmp (redacted, value) == 0;
}

/* What a record says of the variables that a command changed: name to value, or null where it was
 * unset. A secret is left out and carried to the next commands in memory alone: after a restart of
 * this program the command that exports it has to be run again. Values that are no UTF-8 have no
 * form in JSON and are not carried. */
JsonNode *
cs_deployment_carry_environment (CsDeployment *self, CsBlockState *block, GHashTable *environment)
{
  CsPhaseState *phase = cs_deployment_find_phase_of (self, block->step);
  CsSite *site = cs_deployment_find_site (self, block->member);
  gboolean aside = g_list_store_find (self->references, phase, NULL);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  GHashTableIter iter;
  const char *name, *value;

  g_hash_table_iter_init (&iter, environment);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    {
      if (!g_utf8_validate (name, -1, NULL) ||
          (value != NULL && !g_utf8_validate (value, -1, NULL)))
        continue;
      if (value == NULL)
        json_object_set_null_member (object, name);
      else if (!cs_deployment_looks_secret (name) && is_clear (self, value))
        json_object_set_string_member (object, name, value);
      else if (!aside)
        g_hash_table_insert (site->variables, g_strdup (name), g_strdup (value));
    }
  json_node_take_object (node, object);
  return node;
}

/* What a record says of where a command left the next one: nothing where the path holds a secret,
 * which is then carried in memory alone, as variables are. */
const char *
cs_deployment_carry_directory (CsDeployment *self, CsBlockState *block, const char *directory)
{
  CsPhaseState *phase = cs_deployment_find_phase_of (self, block->step);
  CsSite *site = cs_deployment_find_site (self, block->member);

  if (directory == NULL || !g_utf8_validate (directory, -1, NULL))
    return NULL;
  if (!cs_deployment_holds_secret (self, directory))
    return directory;
  if (!g_list_store_find (self->references, phase, NULL))
    {
      g_free (site->cwd);
      site->cwd = g_strdup (directory);
    }
  return NULL;
}
