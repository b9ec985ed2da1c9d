/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where rollouts live: what of a workspace they need. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-site.h"

#include "cs-dotenv-provider.h"
#include "cs-error.h"
#include "cs-flagd-provider.h"
#include "cs-json.h"
#include "cs-unleash-provider.h"

#include <string.h>

/**
 * cs_rollout_site_new:
 * @store: the journal
 * @people: who may sign
 * @policies: what environments ask for
 * @targets: where providers write
 * @breakers: (nullable): of the targets
 * @keyring: (nullable): where tokens are
 * @state_directory: for connections and locks
 * @directory: of the workspace
 *
 * Returns: (transfer full): the site
 */
CsRolloutSite *
cs_rollout_site_new (CsStore *store,
                     CsPeople *people,
                     CsPolicies *policies,
                     CsTargets *targets,
                     CsBreakers *breakers,
                     CsKeyring *keyring,
                     const char *state_directory,
                     const char *directory)
{
  CsRolloutSite *self = g_atomic_rc_box_new0 (CsRolloutSite);

  g_set_object (&self->store, store);
  g_set_object (&self->people, people);
  g_set_object (&self->policies, policies);
  g_set_object (&self->targets, targets);
  g_set_object (&self->breakers, breakers);
  g_set_object (&self->keyring, keyring);
  self->state_directory = g_strdup (state_directory);
  self->directory = g_strdup (directory);
  return self;
}

/** cs_rollout_site_ref: (transfer full): the site, once more. */
CsRolloutSite *
cs_rollout_site_ref (CsRolloutSite *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CsRolloutSite *self = data;

  g_clear_object (&self->store);
  g_clear_object (&self->people);
  g_clear_object (&self->policies);
  g_clear_object (&self->targets);
  g_clear_object (&self->breakers);
  g_clear_object (&self->keyring);
  g_free (self->state_directory);
  g_free (self->directory);
  g_clear_pointer (&self->companies, cs_company_list_unref);
  g_free (self->companies_digest);
}

/** cs_rollout_site_unref: gives a reference back. */
void
cs_rollout_site_unref (CsRolloutSite *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * cs_rollout_site_make_provider:
 * @self: the site
 * @key: of the flag
 * @environment: of the flag; secrets are looked up for it
 * @settings: {kind, …}; see the providers
 *
 * Returns: (transfer full): what switches the flag; %NULL with %CS_ERROR_INVALID
 */
CsFlagProvider *
cs_rollout_site_make_provider (CsRolloutSite *self,
                               const char *key,
                               const char *environment,
                               JsonObject *settings,
                               GError **error)
{
  const char *kind = cs_json_get_string (settings, "kind");

  if (g_strcmp0 (kind, "dotenv") == 0)
    return cs_dotenv_provider_new (settings, self->targets, self->breakers, self->state_directory,
                                   error);
  if (g_strcmp0 (kind, "flagd") == 0)
    return cs_flagd_provider_new (key, settings, self->targets, self->breakers,
                                  self->state_directory, error);
  if (g_strcmp0 (kind, "unleash") == 0)
    return cs_unleash_provider_new (key, environment, settings, self->keyring, error);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "There is no provider “%s”",
               kind != NULL ? kind : "");
  return NULL;
}

/**
 * cs_rollout_site_dup_companies:
 * @self: the site
 * @digest: of a version
 *
 * Returns: (transfer full) (nullable): its companies, if those were read last
 */
CsCompanyList *
cs_rollout_site_dup_companies (CsRolloutSite *self, const char *digest)
{
  if (self->companies == NULL || strcmp (self->companies_digest, digest) != 0)
    return NULL;
  return cs_company_list_ref (self->companies);
}

/** cs_rollout_site_keep_companies: for whoever needs that version next; on the main loop alone. */
void
cs_rollout_site_keep_companies (CsRolloutSite *self,
                                const char *digest,
                                CsCompanyList *companies)
{
  g_autoptr (CsCompanyList) before = g_steal_pointer (&self->companies);

  g_free (self->companies_digest);
  self->companies_digest = g_strdup (digest);
  self->companies = cs_company_list_ref (companies);
}
