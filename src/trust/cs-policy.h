/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an environment asks of those who approve; what is given, and what is missing. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsPolicyStage:
 * @CS_POLICY_STAGE_BY_NAME: nobody has said; its name tells
 * @CS_POLICY_STAGE_PRODUCTION: it is production, whatever it is called
 * @CS_POLICY_STAGE_OTHER: it is not, whatever it is called
 */
typedef enum
{
  CS_POLICY_STAGE_BY_NAME,
  CS_POLICY_STAGE_PRODUCTION,
  CS_POLICY_STAGE_OTHER,
} CsPolicyStage;

/**
 * CsPolicy:
 * @environment: for which it is
 * @operator_may_approve: whether who runs a deployment may approve it; %FALSE: four eyes
 * @overrider: the role that may overrule
 * @stage: whether it is production: then windows hold in it, and what runbooks say for production
 *
 * Beside that it asks for numbers of signatures in roles; see cs_policy_require().
 */
typedef struct
{
  char *environment;
  gboolean operator_may_approve;
  char *overrider;
  CsPolicyStage stage;
  GPtrArray *needs; /* CsPolicyNeed */
} CsPolicy;

/** CsPolicyNeed: @count signatures in @role */
typedef struct
{
  char *role; /* as people read it */
  guint count;
} CsPolicyNeed;

/**
 * CsSlot:
 * @role: who may fill it
 * @group: (nullable): only signatures of this group can; %NULL: any
 *
 * One signature that is asked for.
 */
typedef struct
{
  const char *role;
  const char *group;
} CsSlot;

/**
 * CsBallot:
 * @person: whose
 * @roles: (array zero-terminated=1): what the person held when signing
 * @group: (nullable): what was signed together
 * @slot: the slot that it was given for, preferred where there is a choice; -1: none
 * @approve: %FALSE rejects
 * @counts: %FALSE: it has lapsed, was withdrawn or overruled, or does not verify
 *
 * What someone has signed.
 */
typedef struct
{
  const char *person;
  const char *const *roles;
  const char *group;
  int slot;
  gboolean approve;
  gboolean counts;
} CsBallot;

/**
 * CsBallotStanding:
 * @CS_BALLOT_FILLS: fills a slot
 * @CS_BALLOT_REJECTS: stops everything
 * @CS_BALLOT_SPARE: good, and not needed
 * @CS_BALLOT_NO_ROLE: the person holds no role that is asked for
 * @CS_BALLOT_OPERATOR: of the one who runs the deployment, who may not approve it
 * @CS_BALLOT_GONE: lapsed, withdrawn, overruled, or does not verify
 */
typedef enum
{
  CS_BALLOT_FILLS,
  CS_BALLOT_REJECTS,
  CS_BALLOT_SPARE,
  CS_BALLOT_NO_ROLE,
  CS_BALLOT_OPERATOR,
  CS_BALLOT_GONE,
} CsBallotStanding;

/**
 * CsTally:
 * @complete: every slot is filled and nobody rejects
 * @n_missing: slots that nobody fills
 * @filled: for each slot the ballot that fills it, or -1
 * @standings: for each ballot what it counts as
 */
typedef struct
{
  gboolean complete;
  guint n_missing;
  guint n_rejects;
  int *filled;
  CsBallotStanding *standings;
} CsTally;

CsPolicy *cs_policy_new (const char *environment);
void cs_policy_free (CsPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPolicy, cs_policy_free)
void cs_policy_require (CsPolicy *self, const char *role, guint count);
guint cs_policy_get_count (const CsPolicy *self, const char *role);
JsonObject *cs_policy_to_json (const CsPolicy *self);
CsPolicy *cs_policy_new_from_json (JsonObject *object, GError **error);

/* CsSlot for these lines (of the roles and groups given, in their order) and, behind them, for what
 * the policy asks beyond. The strings are the caller's and the policy's. */
GArray *cs_policy_list_slots (const CsPolicy *self, const CsSlot *lines, guint n_lines);

CsTally *cs_policy_count_ballots (const CsPolicy *self,
                                  const CsSlot *slots,
                                  guint n_slots,
                                  const CsBallot *ballots,
                                  guint n_ballots,
                                  const char *const *operators);
void cs_tally_free (CsTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTally, cs_tally_free)

/* Whether this person's approval (counts and slot are not looked at) would bring it nearer. */
gboolean cs_policy_would_help (const CsPolicy *self,
                               const CsSlot *slots,
                               guint n_slots,
                               const CsBallot *ballots,
                               guint n_ballots,
                               const char *const *operators,
                               const CsBallot *offer);

/* Whether someone with these roles may overrule, for this reason. REFUSED, INVALID. */
gboolean cs_policy_check_override (const CsPolicy *self,
                                   const char *const *roles,
                                   const char *reason,
                                   GError **error);

G_END_DECLS
