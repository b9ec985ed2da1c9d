/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the policy of the environment says of the lines to sign. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-role.h"

#define APPROVAL "Deployment approved by"

/** cs_deployment_get_policy: (transfer none) (nullable): what held when it was opened. */
const CsPolicy *
cs_deployment_get_policy (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->policy;
}

/**
 * cs_deployment_is_operator:
 * @person: a person's id
 *
 * Returns: whether that person opened the deployment or has run commands of it. People are told
 *   from each other by their ids: who signs under another id than that under which programs run is
 *   another person.
 */
gboolean
cs_deployment_is_operator (CsDeployment *self, const char *person)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self) && person != NULL, FALSE);

  return g_strcmp0 (self->operator, person) == 0 ||
         g_hash_table_contains (self->operators, person);
}

/**
 * cs_deployment_is_operating:
 * @record: of a deployment
 *
 * Returns: whether it makes its actor one who runs the deployment
 */
gboolean
cs_deployment_is_operating (CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);

  return g_str_equal (kind, "opened") || g_str_equal (kind, "block-started");
}

/* The lines that are signed together: of one phase, or of none. */
static gboolean
is_together (CsDeployment *self, CsSignoffState *one, CsSignoffState *other)
{
  const char *phase = cs_signoff_get_phase_id (one->signoff);

  return g_strcmp0 (phase, cs_signoff_get_phase_id (other->signoff)) == 0 &&
         (phase != NULL || cs_deployment_signoff_is_upfront (self, one) ==
                             cs_deployment_signoff_is_upfront (self, other));
}

static GListStore *
list_together (CsDeployment *self, CsSignoffState *signoff)
{
  GListStore *lines = g_list_store_new (CS_TYPE_SIGNOFF_STATE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) other = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (is_together (self, signoff, other))
        g_list_store_append (lines, other);
    }
  return lines;
}

/**
 * cs_deployment_list_together:
 * @signoff: a line
 *
 * Returns: (transfer full) (element-type CsSignoffState): the lines that are signed together with
 *   it, itself among them: what is counted is how many of them people fill
 */
GListModel *
cs_deployment_list_together (CsDeployment *self, CsSignoffState *signoff)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self) && CS_IS_SIGNOFF_STATE (signoff), NULL);

  return G_LIST_MODEL (list_together (self, signoff));
}

/* The first line on the path; those that the policy asks for beyond stand beside it. */
static CsSignoff *
find_first (CsDeployment *self)
{
  GListModel *phases = cs_runbook_get_phases (self->runbook);
  GListModel *signoffs = cs_runbook_get_signoffs (self->runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);
      const char *id = cs_signoff_get_phase_id (signoff);

      if (id == NULL)
        return signoff;
      for (guint k = 0; k < g_list_model_get_n_items (phases); k++)
        {
          g_autoptr (CsPhase) phase = g_list_model_get_item (phases, k);

          if (g_strcmp0 (cs_phase_get_id (phase), id) == 0 &&
              cs_deployment_has_on_path (self, phase))
            return signoff;
        }
    }
  return NULL;
}

static guint
count_lines (CsDeployment *self, CsSignoff *first, const char *role)
{
  GListModel *signoffs = cs_runbook_get_signoffs (self->runbook);
  guint n = 0;

  for (guint i = 0; first != NULL && i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      if (g_strcmp0 (cs_signoff_get_phase_id (signoff), cs_signoff_get_phase_id (first)) == 0 &&
          cs_role_equal (cs_signoff_get_role (signoff), role))
        n++;
    }
  return n;
}

/* Where the policy asks for more than the runbook has lines for, there are more lines: beside the
 * first that are signed, and where there are none before everything. They follow from policy and
 * runbook alone, so that their names, p1, p2…, always mean the same. */
void
cs_deployment_add_policy_lines (CsDeployment *self)
{
  CsSignoff *first;
  guint number = 0;

  if (self->policy == NULL)
    return;
  first = find_first (self);
  for (guint i = 0; i < self->policy->needs->len; i++)
    {
      CsPolicyNeed *need = g_ptr_array_index (self->policy->needs, i);

      for (guint n = count_lines (self, first, need->role); n < need->count; n++)
        {
          g_autofree char *id = g_strdup_printf ("p%u", ++number);
          g_autoptr (CsSignoff) signoff =
            cs_signoff_new (id, need->role,
                            first != NULL ? cs_signoff_get_meaning (first) : APPROVAL,
                            first != NULL ? cs_signoff_get_phase_id (first) : NULL,
                            first != NULL ? cs_signoff_get_line (first) : 0);
          g_autoptr (CsSignoffState) state = cs_signoff_state_new (signoff);

          g_list_store_append (self->signoffs, state);
        }
    }
}

/* Lines as slots, and what stands on them as ballots; a line has at most one. */
typedef struct
{
  GArray *slots;
  GArray *ballots;
  GPtrArray *roles;  /* owns those of the ballots */
  GArray *ballot_of; /* line → index of its ballot, or -1 */
} Count;

static void
count_clear (Count *count)
{
  g_array_unref (count->slots);
  g_array_unref (count->ballots);
  g_array_unref (count->ballot_of);
  g_ptr_array_unref (count->roles);
}

static void
add_ballot (CsDeployment *self, Count *count, CsSignoffState *line, int slot)
{
  CsPerson *person =
    line->signer != NULL ? cs_people_lookup (self->people, line->signer) : NULL;
  int index = -1;

  if (person != NULL && line->envelope != NULL && line->verified == CS_VERIFIED_GOOD)
    {
      char **roles = cs_person_list_roles (person, line->at);
      CsBallot ballot = { line->signer, (const char *const *) roles,
                          cs_signoff_get_meaning (line->signoff), slot, line->approve,
                          line->lapsed == NULL };

      index = (int) count->ballots->len;
      g_ptr_array_add (count->roles, roles);
      g_array_append_val (count->ballots, ballot);
    }
  g_array_append_val (count->ballot_of, index);
}

/* Without what stands on the line that is left out. */
static void
count_init (Count *count, CsDeployment *self, GListModel *lines, CsSignoffState *left_out)
{
  count->slots = g_array_new (FALSE, FALSE, sizeof (CsSlot));
  count->ballots = g_array_new (FALSE, FALSE, sizeof (CsBallot));
  count->ballot_of = g_array_new (FALSE, FALSE, sizeof (int));
  count->roles = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; i < g_list_model_get_n_items (lines); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (lines, i);
      CsSlot slot = { cs_signoff_get_role (line->signoff),
                      cs_signoff_get_meaning (line->signoff) };

      g_array_append_val (count->slots, slot);
      if (line != left_out)
        add_ballot (self, count, line, (int) i);
    }
}

/* Whether what is signed fills the lines, whoever signed first; one person fills one. A signature
 * that fills none leaves its line open for another. */
void
cs_deployment_derive_approvals (CsDeployment *self, GListModel *lines)
{
  g_autoptr (CsTally) tally = NULL;
  Count count;

  if (self->policy == NULL || g_list_model_get_n_items (lines) == 0)
    return;
  count_init (&count, self, lines, NULL);
  tally = cs_policy_count_ballots (self->policy, (CsSlot *) count.slots->data, count.slots->len,
                                   (CsBallot *) count.ballots->data, count.ballots->len, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (lines); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (lines, i);
      int ballot = g_array_index (count.ballot_of, int, i);

      if (line->status == CS_STATUS_PASSED && ballot >= 0 &&
          tally->standings[ballot] != CS_BALLOT_FILLS)
        cs_signoff_state_set_status (line, CS_STATUS_READY);
    }
  count_clear (&count);
}

/**
 * cs_deployment_accepts_role:
 * @signoff: a line
 * @role: in which someone signs it
 *
 * Whether a signature in this role may stand on this line: in the role that the line asks for, and
 * where roles are granted also in that of a line which says the same and is signed together with
 * it, for then it is the people and not the lines that are counted.
 */
gboolean
cs_deployment_accepts_role (CsDeployment *self, CsSignoffState *signoff, const char *role)
{
  g_autoptr (GListStore) lines = NULL;

  if (g_strcmp0 (cs_signoff_get_role (signoff->signoff), role) == 0)
    return TRUE;
  if (self->policy == NULL || role == NULL)
    return FALSE;
  lines = list_together (self, signoff);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (lines)); i++)
    {
      g_autoptr (CsSignoffState) other = g_list_model_get_item (G_LIST_MODEL (lines), i);

      if (g_strcmp0 (cs_signoff_get_meaning (other->signoff),
                     cs_signoff_get_meaning (signoff->signoff)) == 0 &&
          cs_role_equal (cs_signoff_get_role (other->signoff), role))
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_right (CsDeployment *self,
             CsPerson *person,
             const char *role,
             gboolean approve,
             gint64 at,
             gboolean is_operator,
             GError **error)
{
  if (!cs_person_held_role (person, role, at))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "%s does not hold the role “%s”: a manager can grant it, or someone who holds "
                   "it signs",
                   cs_person_get_name (person), role);
      return FALSE;
    }
  if (approve && !self->policy->operator_may_approve && is_operator)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "%s runs this deployment, and in %s who runs one can't approve it: someone else "
                   "has to sign",
                   cs_person_get_name (person), self->environment);
      return FALSE;
    }
  return TRUE;
}

/* Before someone signs: whether that person may, and whether it would bring anything nearer. */
gboolean
cs_deployment_check_offer (CsDeployment *self,
                           CsSignoffState *signoff,
                           CsPerson *person,
                           const char *role,
                           gboolean approve,
                           GError **error)
{
  g_auto (GStrv) roles = NULL;
  g_autoptr (GListStore) lines = NULL;
  CsBallot offer;
  gboolean helps;
  Count count;

  if (self->policy == NULL)
    return TRUE;
  if (!check_right (self, person, role, approve, G_MAXINT64,
                    cs_deployment_is_operator (self, cs_person_get_id (person)), error))
    return FALSE;
  if (!approve)
    return TRUE;
  roles = cs_person_list_roles (person, G_MAXINT64);
  lines = list_together (self, signoff);
  offer = (CsBallot){ cs_person_get_id (person), (const char *const *) roles,
                      cs_signoff_get_meaning (signoff->signoff), -1, TRUE, TRUE };
  count_init (&count, self, G_LIST_MODEL (lines), signoff);
  helps = cs_policy_would_help (self->policy, (CsSlot *) count.slots->data, count.slots->len,
                                (CsBallot *) count.ballots->data, count.ballots->len, NULL, &offer);
  count_clear (&count);
  if (!helps)
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "The signature of %s would not help: one person signs one line, and nobody else "
                 "here could take the place of what is missing",
                 cs_person_get_name (person));
  return helps;
}

/**
 * cs_deployment_check_approval:
 * @statement: what was signed
 * @at: when that was recorded (UTC microseconds)
 * @is_operator: whether the signer runs the deployment, or did before that
 *
 * Returns: whether the signer held the role then and, with four eyes, does not run the deployment;
 *   else %CS_ERROR_REFUSED or %CS_ERROR_AUTH
 */
gboolean
cs_deployment_check_approval (CsDeployment *self,
                              const CsStatement *statement,
                              gint64 at,
                              gboolean is_operator,
                              GError **error)
{
  CsPerson *person = cs_people_lookup (self->people, statement->signer);

  if (self->policy == NULL)
    return TRUE;
  if (person != NULL)
    return check_right (self, person, statement->role, statement->approve, at, is_operator,
                        error);
  g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "Nobody here is known as “%s”", statement->signer);
  return FALSE;
}

/**
 * cs_deployment_choose_role:
 * @signoff: a line
 * @person: who would sign it
 *
 * Returns: (transfer none): the role in which that person could sign it now: the line's own, or
 *   that of a line signed together with it; %NULL with %CS_ERROR_REFUSED, which says why not
 */
const char *
cs_deployment_choose_role (CsDeployment *self,
                           CsSignoffState *signoff,
                           CsPerson *person,
                           GError **error)
{
  const char *own = cs_signoff_get_role (signoff->signoff);
  g_autoptr (GListStore) lines = NULL;

  if (cs_deployment_check_offer (self, signoff, person, own, TRUE, error))
    return own;
  lines = list_together (self, signoff);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (lines)); i++)
    {
      g_autoptr (CsSignoffState) other = g_list_model_get_item (G_LIST_MODEL (lines), i);
      const char *role = cs_signoff_get_role (other->signoff);

      if (!cs_deployment_accepts_role (self, signoff, role) ||
          !cs_deployment_check_offer (self, signoff, person, role, TRUE, NULL))
        continue;
      g_clear_error (error);
      return role;
    }
  return NULL;
}

/* Who has approved can't begin to run: that would undo the approval in the middle of it. */
gboolean
cs_deployment_may_run (CsDeployment *self, const char *actor, GError **error)
{
  if (self->policy == NULL || self->policy->operator_may_approve)
    return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (line->status != CS_STATUS_PASSED || g_strcmp0 (line->signer, actor) != 0)
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "%s has approved this deployment, and in %s who approves one can't run it: "
                   "someone else has to",
                   line->signer_name, self->environment);
      return FALSE;
    }
  return TRUE;
}
