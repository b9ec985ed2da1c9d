/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where rollouts live: what of a workspace they need. */

#pragma once

#include "cs-breakers.h"
#include "cs-company-list.h"
#include "cs-flag-provider.h"
#include "cs-keyring.h"
#include "cs-policies.h"
#include "cs-targets.h"

G_BEGIN_DECLS

/** CsRolloutSite: counted references; all members are held */
typedef struct
{
  CsStore *store;
  CsPeople *people;
  CsPolicies *policies;
  CsTargets *targets;
  CsBreakers *breakers; /* NULL */
  CsKeyring *keyring;   /* NULL */
  char *state_directory;
  char *directory; /* of the workspace */

  CsCompanyList *companies; /* that were read last; NULL */
  char *companies_digest;   /* of their version */
} CsRolloutSite;

CsRolloutSite *cs_rollout_site_new (CsStore *store,
                                    CsPeople *people,
                                    CsPolicies *policies,
                                    CsTargets *targets,
                                    CsBreakers *breakers,
                                    CsKeyring *keyring,
                                    const char *state_directory,
                                    const char *directory);
CsRolloutSite *cs_rollout_site_ref (CsRolloutSite *self);
void cs_rollout_site_unref (CsRolloutSite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRolloutSite, cs_rollout_site_unref)

/* The provider that a flag's settings describe. environment: of the flag. INVALID. */
CsFlagProvider *cs_rollout_site_make_provider (CsRolloutSite *self,
                                               const char *key,
                                               const char *environment,
                                               JsonObject *settings,
                                               GError **error);

/* The companies of the version with this digest, if they were the last ones to be read (transfer
 * full); else NULL. For the flags of one program, which need not have a copy each. */
CsCompanyList *cs_rollout_site_dup_companies (CsRolloutSite *self, const char *digest);
void cs_rollout_site_keep_companies (CsRolloutSite *self,
                                     const char *digest,
                                     CsCompanyList *companies);

G_END_DECLS
