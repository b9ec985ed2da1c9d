/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What managers have decided that environments ask for: the fold of the stream `policy`. */

#pragma once

#include "cs-people.h"
#include "cs-policy.h"

G_BEGIN_DECLS

#define CS_POLICY_STREAM "policy"

/* No items; follows the store. Signal ::changed when a policy was recorded. */
#define CS_TYPE_POLICIES (cs_policies_get_type ())
G_DECLARE_FINAL_TYPE (CsPolicies, cs_policies, CS, POLICIES, CsStreamList)

void cs_policies_load_async (CsStore *store,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsPolicies *cs_policies_load_finish (GAsyncResult *result, GError **error);

/* What held in environment at that time (G_MAXINT64: now): the newest record before it that a
 * manager signed, else the policy of the house. (transfer full); NULL while nobody held a role:
 * then there are no rules. */
CsPolicy *cs_policies_lookup (CsPolicies *self,
                              CsPeople *people,
                              const char *environment,
                              gint64 at);
/* Environments that have a policy of their own. (transfer full) */
char **cs_policies_list_environments (CsPolicies *self, CsPeople *people);
/* CsPeopleFault: records that count for nothing. (transfer full) */
GPtrArray *cs_policies_list_faults (CsPolicies *self, CsPeople *people);

/* Signed with key by the manager whose it is. REFUSED, AUTH, CONFLICT, INVALID. */
void cs_policies_set_async (CsPolicies *self,
                            CsPeople *people,
                            const CsPolicy *policy,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_policies_set_finish (CsPolicies *self, GAsyncResult *result, GError **error);

G_END_DECLS
