/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an environment asks of those who approve; what is given, and what is missing. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-policy.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-role.h"

/** MAX_COUNT: signatures in one role; more is a slip */
#define MAX_COUNT 20

#define MAX_NEEDS 50

static void
need_free (CsPolicyNeed *need)
{
  g_free (need->role);
  g_free (need);
}

/**
 * cs_policy_new:
 * @environment: for which it is
 *
 * Returns: (transfer full): the policy that holds where nobody has set one: what the runbook's
 *   lines ask for, and four eyes
 */
CsPolicy *
cs_policy_new (const char *environment)
{
  CsPolicy *self = g_new0 (CsPolicy, 1);

  self->environment = g_strdup (environment);
  self->overrider = g_strdup (CS_ROLE_MANAGER);
  self->needs = g_ptr_array_new_with_free_func ((GDestroyNotify) need_free);
  return self;
}

/** cs_policy_free: frees a policy. */
void
cs_policy_free (CsPolicy *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->needs);
  g_free (self->environment);
  g_free (self->overrider);
  g_free (self);
}

static CsPolicyNeed *
find_need (const CsPolicy *self, const char *role)
{
  for (guint i = 0; i < self->needs->len; i++)
    {
      CsPolicyNeed *need = g_ptr_array_index (self->needs, i);

      if (cs_role_equal (need->role, role))
        return need;
    }
  return NULL;
}

/**
 * cs_policy_require:
 * @role: in which role
 * @count: how many different people sign; 0: no more than the runbook asks for
 *
 * Asks for signatures, also where the runbook has fewer lines for them.
 */
void
cs_policy_require (CsPolicy *self, const char *role, guint count)
{
  CsPolicyNeed *need = find_need (self, role);

  if (count == 0)
    {
      g_ptr_array_remove (self->needs, need);
      return;
    }
  if (need == NULL)
    {
      need = g_new0 (CsPolicyNeed, 1);
      need->role = g_strdup (role);
      g_ptr_array_add (self->needs, need);
    }
  need->count = MIN (count, MAX_COUNT);
}

/** cs_policy_get_count: how many signatures it asks for in a role, whatever the runbook does. */
guint
cs_policy_get_count (const CsPolicy *self, const char *role)
{
  CsPolicyNeed *need = find_need (self, role);

  return need != NULL ? need->count : 0;
}

/** cs_policy_to_json: (transfer full): the form that is signed and recorded. */
JsonObject *
cs_policy_to_json (const CsPolicy *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *needs = json_array_new ();

  for (guint i = 0; i < self->needs->len; i++)
    {
      CsPolicyNeed *need = g_ptr_array_index (self->needs, i);
      JsonObject *item = json_object_new ();

      json_object_set_string_member (item, "role", need->role);
      json_object_set_int_member (item, "count", need->count);
      json_array_add_object_element (needs, item);
    }
  json_object_set_string_member (object, "environment", self->environment);
  json_object_set_array_member (object, "needs", needs);
  json_object_set_boolean_member (object, "operator-may-approve", self->operator_may_approve);
  json_object_set_string_member (object, "overrider", self->overrider);
  if (self->stage != CS_POLICY_STAGE_BY_NAME)
    json_object_set_boolean_member (object, "production",
                                    self->stage == CS_POLICY_STAGE_PRODUCTION);
  return object;
}

static gboolean
read_needs (CsPolicy *self, JsonArray *needs)
{
  if (needs == NULL || json_array_get_length (needs) > MAX_NEEDS)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (needs); i++)
    {
      JsonNode *node = json_array_get_element (needs, i);
      JsonObject *need = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *role = cs_json_get_string (need, "role");
      gint64 count = cs_json_get_int (need, "count", 0);

      if (role == NULL || *role == '\0' || count < 1 || count > MAX_COUNT)
        return FALSE;
      cs_policy_require (self, role, (guint) count);
    }
  return TRUE;
}

/**
 * cs_policy_new_from_json:
 * @object: as from cs_policy_to_json()
 *
 * Returns: (transfer full): the policy; %NULL with %CS_ERROR_INVALID
 */
CsPolicy *
cs_policy_new_from_json (JsonObject *object, GError **error)
{
  const char *environment = cs_json_get_string (object, "environment");
  const char *overrider = cs_json_get_string (object, "overrider");
  g_autoptr (CsPolicy) self = cs_policy_new (environment);

  if (environment != NULL && *environment != '\0' && overrider != NULL && *overrider != '\0' &&
      read_needs (self, cs_json_get_array (object, "needs")))
    {
      self->operator_may_approve = cs_json_get_boolean (object, "operator-may-approve");
      g_free (self->overrider);
      self->overrider = g_strdup (overrider);
      if (json_object_has_member (object, "production"))
        self->stage = cs_json_get_boolean (object, "production") ? CS_POLICY_STAGE_PRODUCTION
                                                                 : CS_POLICY_STAGE_OTHER;
      return g_steal_pointer (&self);
    }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "The policy must name its environment, who may overrule, and with each role how "
               "many signatures it asks for, 1 to %d",
               MAX_COUNT);
  return NULL;
}

/**
 * cs_policy_list_slots:
 * @lines: (array length=n_lines): what the runbook asks for
 *
 * Returns: (transfer full) (element-type CsSlot): one for each line, and behind them those that the
 *   policy asks for beyond
 */
GArray *
cs_policy_list_slots (const CsPolicy *self, const CsSlot *lines, guint n_lines)
{
  GArray *slots = g_array_new (FALSE, FALSE, sizeof (CsSlot));

  if (n_lines > 0)
    g_array_append_vals (slots, lines, n_lines);
  for (guint i = 0; i < self->needs->len; i++)
    {
      CsPolicyNeed *need = g_ptr_array_index (self->needs, i);
      CsSlot more = { need->role, NULL };
      guint there = 0;

      for (guint k = 0; k < n_lines; k++)
        there += cs_role_equal (lines[k].role, need->role) ? 1 : 0;
      for (; there < need->count; there++)
        g_array_append_val (slots, more);
    }
  return slots;
}

static gboolean
holds (const char *const *roles, const char *role)
{
  for (; roles != NULL && *roles != NULL; roles++)
    if (cs_role_equal (*roles, role))
      return TRUE;
  return FALSE;
}

static gboolean
fits (const CsBallot *ballot, const CsSlot *slot)
{
  return holds (ballot->roles, slot->role) &&
         (slot->group == NULL || g_strcmp0 (slot->group, ballot->group) == 0);
}

static gboolean
is_entitled (const CsBallot *ballot, const CsSlot *slots, guint n_slots)
{
  for (guint i = 0; i < n_slots; i++)
    if (holds (ballot->roles, slots[i].role))
      return TRUE;
  return FALSE;
}

/* Finding who fills what: an augmenting path search in the graph of people and slots (H. W. Kuhn's
 * method), so that nobody with two roles takes the place of somebody with one. */
typedef struct
{
  const CsSlot *slots;
  guint n_slots;
  const CsBallot *ballots;
  guint n_ballots;
  CsTally *tally;
  gboolean *seen; /* slots that the search has been at */
} Search;

static gboolean place (Search *search, guint voter);

static gboolean
may_fill (Search *search, guint voter, guint slot, guint *with)
{
  const char *person = search->ballots[voter].person;

  for (guint i = 0; i < search->n_ballots; i++)
    if (search->tally->standings[i] == CS_BALLOT_SPARE &&
        g_str_equal (search->ballots[i].person, person) &&
        fits (&search->ballots[i], &search->slots[slot]))
      {
        *with = i;
        return TRUE;
      }
  return FALSE;
}

/* Gives a slot to the voter if it is free, or, where moving is allowed, if who has it can go on. */
static gboolean
take (Search *search, guint voter, int slot, gboolean move)
{
  int *filled = search->tally->filled;
  guint with;

  if (slot < 0 || slot >= (int) search->n_slots || search->seen[slot] ||
      (filled[slot] >= 0 && !move) || !may_fill (search, voter, (guint) slot, &with))
    return FALSE;
  search->seen[slot] = TRUE;
  if (filled[slot] >= 0 && !place (search, (guint) filled[slot]))
    return FALSE;
  filled[slot] = (int) with;
  return TRUE;
}

/* The line that was signed comes first, then the others in their order; nobody is moved while
 * something is free. */
static gboolean
place (Search *search, guint voter)
{
  for (int move = 0; move < 2; move++)
    {
      if (take (search, voter, search->ballots[voter].slot, move))
        return TRUE;
      for (guint k = 0; k < search->n_slots; k++)
        if (take (search, voter, (int) k, move))
          return TRUE;
    }
  return FALSE;
}

static gboolean
was_before (const CsBallot *ballots, const CsTally *tally, guint index)
{
  for (guint i = 0; i < index; i++)
    if (tally->standings[i] == CS_BALLOT_SPARE &&
        g_str_equal (ballots[i].person, ballots[index].person))
      return TRUE;
  return FALSE;
}

static void
assign (Search *search)
{
  CsTally *tally = search->tally;

  for (guint i = 0; i < search->n_ballots; i++)
    {
      if (tally->standings[i] != CS_BALLOT_SPARE || was_before (search->ballots, tally, i))
        continue;
      for (guint k = 0; k < search->n_slots; k++)
        search->seen[k] = FALSE;
      place (search, i);
    }
  for (guint k = 0; k < search->n_slots; k++)
    if (tally->filled[k] < 0)
      tally->n_missing++;
  for (guint k = 0; k < search->n_slots; k++)
    if (tally->filled[k] >= 0)
      tally->standings[tally->filled[k]] = CS_BALLOT_FILLS;
}

static CsBallotStanding
judge (const CsPolicy *self,
       const CsSlot *slots,
       guint n_slots,
       const CsBallot *ballot,
       const char *const *operators)
{
  if (!ballot->counts)
    return CS_BALLOT_GONE;
  if (!is_entitled (ballot, slots, n_slots))
    return CS_BALLOT_NO_ROLE;
  if (!ballot->approve)
    return CS_BALLOT_REJECTS;
  if (!self->operator_may_approve && operators != NULL &&
      g_strv_contains (operators, ballot->person))
    return CS_BALLOT_OPERATOR;
  return CS_BALLOT_SPARE;
}

/**
 * cs_policy_count_ballots:
 * @slots: (array length=n_slots): what is asked for
 * @ballots: (array length=n_ballots): what has been signed, oldest first
 * @operators: (array zero-terminated=1) (nullable): who runs the deployment
 *
 * Finds out whether what was signed is enough. One person fills one slot; as many slots as possible
 * are filled, whoever signed first. A rejection stops everything.
 *
 * Returns: (transfer full): the result
 */
CsTally *
cs_policy_count_ballots (const CsPolicy *self,
                         const CsSlot *slots,
                         guint n_slots,
                         const CsBallot *ballots,
                         guint n_ballots,
                         const char *const *operators)
{
  g_autofree gboolean *seen = g_new0 (gboolean, n_slots + 1);
  CsTally *tally = g_new0 (CsTally, 1);
  Search search = { slots, n_slots, ballots, n_ballots, tally, seen };

  tally->filled = g_new (int, n_slots + 1);
  tally->standings = g_new0 (CsBallotStanding, n_ballots + 1);
  for (guint k = 0; k < n_slots; k++)
    tally->filled[k] = -1;
  for (guint i = 0; i < n_ballots; i++)
    {
      tally->standings[i] = judge (self, slots, n_slots, &ballots[i], operators);
      tally->n_rejects += tally->standings[i] == CS_BALLOT_REJECTS ? 1 : 0;
    }
  assign (&search);
  tally->complete = tally->n_missing == 0 && tally->n_rejects == 0;
  return tally;
}

/** cs_tally_free: frees a result. */
void
cs_tally_free (CsTally *self)
{
  if (self == NULL)
    return;
  g_free (self->filled);
  g_free (self->standings);
  g_free (self);
}

/**
 * cs_policy_would_help:
 * @offer: what someone could sign
 *
 * Returns: whether fewer slots would be missing with it
 */
gboolean
cs_policy_would_help (const CsPolicy *self,
                      const CsSlot *slots,
                      guint n_slots,
                      const CsBallot *ballots,
                      guint n_ballots,
                      const char *const *operators,
                      const CsBallot *offer)
{
  g_autofree CsBallot *all = g_new0 (CsBallot, n_ballots + 1);
  g_autoptr (CsTally) before =
    cs_policy_count_ballots (self, slots, n_slots, ballots, n_ballots, operators);
  g_autoptr (CsTally) after = NULL;

  for (guint i = 0; i < n_ballots; i++)
    all[i] = ballots[i];
  all[n_ballots] = *offer;
  all[n_ballots].approve = TRUE;
  all[n_ballots].counts = TRUE;
  after = cs_policy_count_ballots (self, slots, n_slots, all, n_ballots + 1, operators);
  return after->n_missing < before->n_missing;
}

/**
 * cs_policy_check_override:
 * @roles: (array zero-terminated=1): of who wants to overrule
 * @reason: why
 *
 * Returns: %TRUE if that person may overrule; else %FALSE with %CS_ERROR_REFUSED for the role,
 *   %CS_ERROR_INVALID for the reason
 */
gboolean
cs_policy_check_override (const CsPolicy *self,
                          const char *const *roles,
                          const char *reason,
                          GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (reason != NULL ? reason : ""));

  if (!holds (roles, self->overrider))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "In %s only %s may overrule this: ask someone who holds that role",
                   self->environment, self->overrider);
      return FALSE;
    }
  if (*stripped == '\0')
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Overruling needs a reason, which is signed and stays in the record");
      return FALSE;
    }
  return TRUE;
}
