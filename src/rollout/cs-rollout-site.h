/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where rollouts live: what of a workspace they need. */

#pragma once

#include "cs-breakers.h"
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

/* The provider that a flag's settings describe. INVALID. */
CsFlagProvider *cs_rollout_site_make_provider (CsRolloutSite *self,
                                               const char *key,
                                               JsonObject *settings,
                                               GError **error);

G_END_DECLS
