/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the way of a promotion, in words. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-clock.h"
#include "cs-gate.h"

#include <string.h>

static GPtrArray *
new_gates (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cs_gate_free);
}

/**
 * cs_rollout_can_override:
 * @gate: id of a gate
 *
 * Returns: whether somebody with the right to it may let a plan pass it
 */
gboolean
cs_rollout_can_override (const char *gate)
{
  static const char *const gates[] = { "order", "soak", "guardrail", "signoff", NULL };

  return g_strv_contains (gates, gate);
}

/* What the environment asks for; while nobody holds a role, there are no rules but the stage's. */
CsPolicy *
cs_rollout_dup_policy (CsRollout *self, gboolean *governed)
{
  const char *environment = cs_flag_get_environment (self->flag);
  CsPolicy *policy =
    cs_policies_lookup (self->site->policies, self->site->people, environment, G_MAXINT64);

  *governed = policy != NULL;
  if (policy != NULL)
    return policy;
  policy = cs_policy_new (environment);
  policy->operator_may_approve = TRUE;
  return policy;
}

/** Count: what is asked for and what is signed */
typedef struct
{
  CsPolicy *policy;
  GArray *lines;
  GArray *slots;
  GArray *ballots;
  GPtrArray *own_roles;
  CsTally *tally;
} Count;

static void
count_clear (Count *count)
{
  cs_tally_free (count->tally);
  g_array_unref (count->lines);
  g_array_unref (count->slots);
  g_array_unref (count->ballots);
  g_ptr_array_unref (count->own_roles);
  cs_policy_free (count->policy);
}

static void
add_ballots (CsRollout *self, const CsRolloutPlan *plan, Count *count, gboolean governed)
{
  GPtrArray *ballots = cs_flag_get_ballots (self->flag);

  for (guint i = 0; i < ballots->len; i++)
    {
      const CsFlagBallot *given = ballots->pdata[i];
      CsBallot ballot = { given->by, (const char *const *) given->roles, NULL, -1, given->approve,
                          TRUE };

      if (strcmp (given->plan, plan->digest) != 0)
        continue;
      if (!governed)
        {
          char **own = g_new0 (char *, 2);

          own[0] = g_strdup (given->role);
          g_ptr_array_add (count->own_roles, own);
          ballot.roles = (const char *const *) own;
        }
      g_array_append_val (count->ballots, ballot);
    }
}

static void
count_init (Count *count, CsRollout *self, const CsRolloutPlan *plan, const char *actor)
{
  const CsStage *stage =
    plan->stage != NULL ? cs_flag_find_stage (self->flag, plan->stage) : NULL;
  const char *const operators[] = { actor, NULL };
  gboolean governed;

  count->policy = cs_rollout_dup_policy (self, &governed);
  count->lines = g_array_new (FALSE, FALSE, sizeof (CsSlot));
  count->ballots = g_array_new (FALSE, FALSE, sizeof (CsBallot));
  count->own_roles = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; stage != NULL && i < stage->needs->len; i++)
    {
      const CsPolicyNeed *need = stage->needs->pdata[i];
      CsSlot slot = { need->role, NULL };

      for (guint k = 0; k < need->count; k++)
        g_array_append_val (count->lines, slot);
    }
  count->slots =
    cs_policy_list_slots (count->policy, (CsSlot *) count->lines->data, count->lines->len);
  add_ballots (self, plan, count, governed);
  count->tally =
    cs_policy_count_ballots (count->policy, (CsSlot *) count->slots->data, count->slots->len,
                             (CsBallot *) count->ballots->data, count->ballots->len, operators);
}

static void
add_signature_gates (CsRollout *self,
                     const CsRolloutPlan *plan,
                     const char *actor,
                     GPtrArray *gates)
{
  Count count = { NULL };

  count_init (&count, self, plan, actor);
  for (guint i = 0; i < count.ballots->len; i++)
    {
      const CsBallot *ballot = &g_array_index (count.ballots, CsBallot, i);

      if (count.tally->standings[i] == CS_BALLOT_REJECTS)
        g_ptr_array_add (gates,
                         cs_gate_new ("rejected", ballot->person,
                                      "%s rejected this change, and can approve it instead",
                                      ballot->person));
      else if (count.tally->standings[i] == CS_BALLOT_OPERATOR && count.tally->n_missing > 0)
        g_ptr_array_add (gates,
                         cs_gate_new ("signoff", NULL,
                                      "%s switches it, so the signature of %s does not count",
                                      ballot->person, ballot->person));
    }
  for (guint i = 0; i < count.slots->len; i++)
    if (count.tally->filled[i] < 0)
      {
        const CsSlot *slot = &g_array_index (count.slots, CsSlot, i);

        g_ptr_array_add (gates, cs_gate_new ("signoff", slot->role,
                                             "The signature of a %s over this very change is "
                                             "missing",
                                             slot->role));
      }
  count_clear (&count);
}

/** cs_rollout_signature_free: frees one. */
void
cs_rollout_signature_free (CsRolloutSignature *self)
{
  g_free (self->role);
  g_free (self->person);
  g_free (self);
}

/**
 * cs_rollout_find_signatures:
 * @self: a rollout
 * @plan: what is to be signed
 * @actor: who would switch it
 *
 * Returns: (transfer full) (element-type CsRolloutSignature): each signature that is asked for, and
 *   who gave it
 */
GPtrArray *
cs_rollout_find_signatures (CsRollout *self, const CsRolloutPlan *plan, const char *actor)
{
  GPtrArray *signatures =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_rollout_signature_free);
  Count count = { NULL };

  g_return_val_if_fail (CS_IS_ROLLOUT (self) && plan != NULL, signatures);

  count_init (&count, self, plan, actor);
  for (guint i = 0; i < count.slots->len; i++)
    {
      CsRolloutSignature *signature = g_new0 (CsRolloutSignature, 1);
      int ballot = count.tally->filled[i];

      signature->role = g_strdup (g_array_index (count.slots, CsSlot, i).role);
      if (ballot >= 0)
        signature->person = g_strdup (g_array_index (count.ballots, CsBallot, ballot).person);
      g_ptr_array_add (signatures, signature);
    }
  count_clear (&count);
  return signatures;
}

/**
 * cs_rollout_list_signatures:
 * @self: a rollout
 * @plan: what is to be signed
 * @actor: who would switch it
 *
 * Returns: (transfer full): for each signature that is asked for, its role and who gave it
 */
char **
cs_rollout_list_signatures (CsRollout *self, const CsRolloutPlan *plan, const char *actor)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autoptr (GPtrArray) signatures = cs_rollout_find_signatures (self, plan, actor);

  for (guint i = 0; i < signatures->len; i++)
    {
      const CsRolloutSignature *signature = signatures->pdata[i];
      g_autofree char *line =
        g_strdup_printf ("%s: %s", signature->role,
                         signature->person != NULL ? signature->person : "missing");

      g_strv_builder_add (lines, line);
    }
  return g_strv_builder_end (lines);
}

static char *
dup_duration (gint64 micros)
{
  gint64 seconds = micros / G_USEC_PER_SEC;

  if (seconds < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", seconds);
  if (seconds < 2 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min", seconds / 60);
  if (seconds < 48 * 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h", seconds / 3600);
  return g_strdup_printf ("%" G_GINT64_FORMAT " d %" G_GINT64_FORMAT " h", seconds / 86400,
                          seconds / 3600 % 24);
}

static void
add_soak_gate (CsRollout *self, GPtrArray *gates)
{
  const CsStage *stage = cs_flag_get_stage (self->flag);
  g_autofree char *soaked = NULL;
  g_autofree char *wanted = NULL;

  if (stage == NULL || self->soaked >= stage->soak)
    return;
  soaked = dup_duration (self->soaked);
  wanted = dup_duration (stage->soak);
  g_ptr_array_add (gates, cs_gate_new ("soak", NULL,
                                       "The stage “%s” has soaked for %s of %s; only time counts "
                                       "in which its guardrails were measured and good",
                                       stage->title, soaked, wanted));
}

/**
 * cs_rollout_find_guardrail_gate:
 * @self: a rollout, refreshed
 * @id: of a bound of its watch
 *
 * Returns: (transfer full) (nullable): why the bound does not let a promotion pass: that it is bad,
 *   inconclusive, not judged, or measured by nobody; %NULL if it does
 */
CsGate *
cs_rollout_find_guardrail_gate (CsRollout *self, const char *id)
{
  const CsCriterion *criterion = cs_watch_find_criterion (self->watch, id);
  const CsWatchJudgement *judgement = cs_watch_get_judgement (self->watch, id);
  const gint64 *until = g_hash_table_lookup (self->measured, id);
  g_autofree char *words = NULL;

  if (criterion == NULL)
    return cs_gate_new ("guardrail", NULL,
                        "The stage has a guardrail %s that the watch does not know; add it, or "
                        "change the stage",
                        id);
  words = cs_criterion_dup_words (criterion);
  if (judgement == NULL)
    return cs_gate_new ("guardrail", NULL,
                        "The guardrail “%s” was not judged yet; watch the rollout", words);
  if (judgement->verdict != CS_WATCH_GOOD)
    return cs_gate_new ("guardrail", NULL, "The guardrail “%s” is %s: %s", words,
                        cs_watch_verdict_to_string (judgement->verdict),
                        judgement->reason != NULL ? judgement->reason : "no reason");
  if (until == NULL || *until < cs_clock_now ())
    return cs_gate_new ("guardrail", NULL,
                        "The guardrail “%s” is inconclusive: nobody measures it now; watch the "
                        "rollout",
                        words);
  return NULL;
}

static void
add_guardrail_gate (CsRollout *self, const char *id, GPtrArray *gates)
{
  CsGate *gate = cs_rollout_find_guardrail_gate (self, id);

  if (gate != NULL)
    g_ptr_array_add (gates, gate);
}

static void
add_order_gate (CsRollout *self, const CsRolloutPlan *plan, GPtrArray *gates)
{
  const CsStage *stage = cs_flag_get_stage (self->flag);
  int now = cs_flag_get_stage_index (self->flag, stage != NULL ? stage->id : NULL);
  int then = cs_flag_get_stage_index (self->flag, plan->stage);

  if (then < now)
    g_ptr_array_add (gates, cs_gate_new ("backwards", NULL,
                                         "“%s” is further than that; go back step by step",
                                         cs_flag_get_key (self->flag)));
  else if (then > now + 1)
    g_ptr_array_add (gates,
                     cs_gate_new ("order", NULL, "The stage “%s” comes first",
                                  cs_flag_get_next_stage (self->flag)->title));
}

/* What forbids any change that is not urgent. */
static void
add_state_gates (CsRollout *self, GPtrArray *gates)
{
  const CsFlagChange *change = cs_flag_get_change (self->flag);

  if (change != NULL && cs_rollout_is_locked (self))
    g_ptr_array_add (gates, cs_gate_new ("changing", NULL, "%s is switching it just now",
                                         change->by));
  else if (change != NULL)
    g_ptr_array_add (gates, cs_gate_new ("interrupted", change->by,
                                         "%s was switching it and was interrupted; verify the "
                                         "flag, which settles that",
                                         change->by));
  if (cs_flag_get_trouble (self->flag) != NULL)
    g_ptr_array_add (gates, cs_gate_new ("trouble", NULL,
                                         "The last change failed, and nobody knows what is there: "
                                         "%s. Verify the flag",
                                         cs_flag_get_trouble (self->flag)));
  if (cs_flag_get_drift (self->flag) != NULL)
    g_ptr_array_add (gates, cs_gate_new ("drift", NULL,
                                         "Somebody changed it by hand: %s. Adopt that or restore "
                                         "what is recorded",
                                         cs_flag_get_drift (self->flag)));
}

GPtrArray *
cs_rollout_find_gates (CsRollout *self, const CsRolloutPlan *plan, const char *actor)
{
  GPtrArray *gates = new_gates ();
  const CsStage *stage = cs_flag_get_stage (self->flag);
  g_auto (GStrv) guardrails = cs_rollout_list_guardrails (self);

  add_state_gates (self, gates);
  if (plan->act != CS_FLAG_PROMOTE)
    return gates;
  if (self->list_digest == NULL)
    g_ptr_array_add (gates,
                     cs_gate_new ("companies", NULL, "No companies were imported yet"));
  add_order_gate (self, plan, gates);
  /* Staying in a stage, for who is new or pinned, asks for signatures alone. */
  if (stage == NULL || g_strcmp0 (stage->id, plan->stage) != 0)
    {
      add_soak_gate (self, gates);
      for (char **id = guardrails; *id != NULL; id++)
        add_guardrail_gate (self, *id, gates);
    }
  add_signature_gates (self, plan, actor, gates);
  return gates;
}

static gboolean
is_overridden (CsRollout *self, const CsRolloutPlan *plan, const char *gate)
{
  GPtrArray *overrides = cs_flag_get_overrides (self->flag);
  gboolean governed;
  g_autoptr (CsPolicy) policy = cs_rollout_dup_policy (self, &governed);

  for (guint i = 0; i < overrides->len; i++)
    {
      const CsFlagOverride *override = overrides->pdata[i];

      if (strcmp (override->plan, plan->digest) == 0 && cs_rollout_can_override (gate) &&
          g_strv_contains ((const char *const *) override->gates, gate) &&
          (!governed || cs_policy_check_override (policy, (const char *const *) override->roles,
                                                  override->reason, NULL)))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_rollout_list_gates:
 * @self: a rollout, refreshed
 * @plan: what is to be done
 * @actor: who would do it
 *
 * Returns: (transfer full) (element-type CsGate): what stands in the way; empty if nothing does
 */
GPtrArray *
cs_rollout_list_gates (CsRollout *self, const CsRolloutPlan *plan, const char *actor)
{
  GPtrArray *gates;

  g_return_val_if_fail (CS_IS_ROLLOUT (self) && plan != NULL && actor != NULL, NULL);

  gates = cs_rollout_find_gates (self, plan, actor);
  for (guint i = gates->len; i > 0; i--)
    if (is_overridden (self, plan, ((CsGate *) gates->pdata[i - 1])->id))
      g_ptr_array_remove_index (gates, i - 1);
  return gates;
}
