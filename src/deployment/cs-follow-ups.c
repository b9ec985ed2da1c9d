/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the deployment: what is still to be done, by when, and who has done it. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-json.h"

#include <string.h>

/** cs_follow_up_kind_to_string: "task", "criterion" or "after-rollback". */
const char *
cs_follow_up_kind_to_string (CsFollowUpKind kind)
{
  static const char *const names[] = { "task", "criterion", "after-rollback" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (names), NULL);

  return names[kind];
}

/* With where it stands in the runbook. */
typedef struct
{
  CsFollowUp follow_up;
  CsStepState *step;   /* NULL: in none */
  CsCheckState *check; /* the box of it; NULL: there is none */
} Item;

void
cs_follow_up_free (CsFollowUp *self)
{
  g_free (self->text);
  g_free (self->when);
  g_free (self->actor);
  g_free (self->left_out);
  g_free (self);
}

static CsPhase *
find_phase_at (CsDeployment *self, guint line)
{
  GListModel *phases = cs_runbook_get_phases (self->runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      if (line >= cs_phase_get_line (phase) && line <= cs_phase_get_end_line (phase))
        return phase;
    }
  return NULL;
}

/* What is to be true before the deployment, or elsewhere, is nothing that comes after it. */
static gboolean
comes_after (CsDeployment *self, const CsFact *fact)
{
  CsPhase *phase = find_phase_at (self, fact->line);
  CsPhaseKind kind = phase != NULL ? cs_phase_get_kind (phase) : CS_PHASE_FOLLOWUP;

  if (cs_deployment_is_line_for_others (self, fact->line))
    return FALSE;
  if (phase != NULL && cs_phase_is_on_path (phase) && !cs_deployment_has_on_path (self, phase))
    return FALSE;
  if (fact->kind == CS_FACT_FOLLOW_UP)
    return TRUE;
  return fact->kind == CS_FACT_CRITERION &&
         (kind == CS_PHASE_VERIFY || kind == CS_PHASE_MONITOR || kind == CS_PHASE_FOLLOWUP);
}

static CsFollowUpKind
kind_of (CsDeployment *self, const CsFact *fact)
{
  CsPhase *phase = find_phase_at (self, fact->line);

  if (g_strcmp0 (cs_fact_get_string (fact, "after"), "rollback") == 0 ||
      (phase != NULL && cs_phase_get_kind (phase) == CS_PHASE_ROLLBACK))
    return CS_FOLLOW_UP_AFTER_ROLLBACK;
  return fact->kind == CS_FACT_CRITERION ? CS_FOLLOW_UP_CRITERION : CS_FOLLOW_UP_TASK;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  guint one = cs_step_get_line ((*(CsStepState *const *) a)->step);
  guint other = cs_step_get_line ((*(CsStepState *const *) b)->step);

  return one < other ? -1 : one > other;
}

static GPtrArray *
sort_steps (CsDeployment *self)
{
  GPtrArray *steps = g_ptr_array_new ();
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    g_ptr_array_add (steps, step);
  g_ptr_array_sort (steps, compare_lines);
  return steps;
}

static CsStepState *
find_step_at (GPtrArray *steps, guint line)
{
  guint low = 0, high = steps->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      CsStepState *step = g_ptr_array_index (steps, middle);

      if (line < cs_step_get_line (step->step))
        high = middle;
      else if (line > cs_step_get_end_line (step->step))
        low = middle + 1;
      else
        return step;
    }
  return NULL;
}

/* Where the runbook has a box for it, that is ticked. */
static CsCheckState *
find_check_at (CsStepState *step, guint line)
{
  for (guint i = 0;
       step != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (step->checks)); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (G_LIST_MODEL (step->checks), i);

      if (cs_check_get_line (check->check) == line)
        return check;
    }
  return NULL;
}

static void
place (Item *item, GPtrArray *steps)
{
  item->step = find_step_at (steps, item->follow_up.line);
  item->check = find_check_at (item->step, item->follow_up.line);
  if (item->step == NULL)
    return;
  if (item->step->follow_ups == NULL)
    item->step->follow_ups = g_ptr_array_new ();
  g_ptr_array_add (item->step->follow_ups, item);
}

/* Lays out what the runbook asks for afterwards; its phases are there already. */
void
cs_deployment_build_follow_ups (CsDeployment *self)
{
  GPtrArray *facts = cs_runbook_get_facts (self->runbook);
  g_autoptr (GPtrArray) steps = sort_steps (self);

  for (guint i = 0; i < facts->len; i++)
    {
      const CsFact *fact = g_ptr_array_index (facts, i);
      CsFollowUp *follow_up;

      if (!comes_after (self, fact))
        continue;
      follow_up = (CsFollowUp *) g_new0 (Item, 1);
      follow_up->kind = kind_of (self, fact);
      follow_up->line = fact->line;
      follow_up->text = g_strdup (fact->text);
      follow_up->when = g_strdup (cs_fact_get_string (fact, "when"));
      follow_up->seconds = cs_fact_get_int (fact, "seconds", -1);
      place ((Item *) follow_up, steps);
      g_ptr_array_add (self->follow_ups, follow_up);
    }
}

static CsFollowUp *
find (CsDeployment *self, gint64 line)
{
  for (guint i = 0; i < self->follow_ups->len; i++)
    {
      CsFollowUp *follow_up = g_ptr_array_index (self->follow_ups, i);

      if (follow_up->line == line)
        return follow_up;
    }
  return NULL;
}

static void
set_done (CsFollowUp *follow_up, gboolean done, const char *actor, gint64 at)
{
  follow_up->done = done;
  g_free (follow_up->actor);
  follow_up->actor = g_strdup (actor);
  follow_up->at = at;
}

/* In which step of the runbook something stands is touched with it. */
static void
fold_done (CsDeployment *self, CsRecord *record, JsonObject *body, gboolean done)
{
  CsFollowUp *follow_up = find (self, cs_json_get_int (body, "line", -1));
  Item *item = (Item *) follow_up;

  if (item == NULL || item->check != NULL)
    return;
  set_done (follow_up, done, cs_record_get_actor (record), cs_record_get_at (record));
  if (item->step != NULL)
    cs_step_state_touch (item->step, cs_record_get_at (record));
}

void
cs_deployment_fold_followed_up (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  fold_done (self, record, body, TRUE);
}

void
cs_deployment_fold_follow_up_reopened (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  fold_done (self, record, body, FALSE);
}

/* What a deployment was closed with. */
void
cs_deployment_fold_handed_over (CsDeployment *self, JsonObject *body)
{
  JsonArray *open = cs_json_get_array (body, "open");

  for (guint i = 0; open != NULL && i < json_array_get_length (open); i++)
    {
      JsonNode *node = json_array_get_element (open, i);
      CsFollowUp *follow_up =
        JSON_NODE_HOLDS_OBJECT (node)
          ? find (self, cs_json_get_int (json_node_get_object (node), "line", -1))
          : NULL;

      if (follow_up != NULL)
        follow_up->handed_over = TRUE;
    }
  g_free (self->closing_reason);
  self->closing_reason = g_strdup (cs_json_get_string (body, "reason"));
}

/* Whether all that a step without commands and boxes lists is done. */
gboolean
cs_step_state_is_followed_up (CsStepState *self)
{
  for (guint i = 0; self->follow_ups != NULL && i < self->follow_ups->len; i++)
    if (!((CsFollowUp *) g_ptr_array_index (self->follow_ups, i))->done)
      return FALSE;
  return self->follow_ups != NULL;
}

/* Of a box, or of a step that someone confirmed or skipped as a whole; after the steps were
 * derived. */
void
cs_deployment_derive_follow_ups (CsDeployment *self)
{
  for (guint i = 0; i < self->follow_ups->len; i++)
    {
      CsFollowUp *follow_up = g_ptr_array_index (self->follow_ups, i);
      CsStepState *step = ((Item *) follow_up)->step;
      CsCheckState *check = ((Item *) follow_up)->check;

      g_clear_pointer (&follow_up->left_out, g_free);
      if (check != NULL)
        set_done (follow_up, check->done, check->actor, check->at);
      else if (step != NULL && step->confirmed && !follow_up->done)
        set_done (follow_up, TRUE, step->confirmed_by, step->last_act);
      if (step != NULL && step->status == CS_STATUS_SKIPPED && !follow_up->done)
        follow_up->left_out = g_strdup (step->skip_reason != NULL ? step->skip_reason : "");
    }
}

/* On the way that the deployment has taken. */
static gboolean
applies (CsDeployment *self, const CsFollowUp *follow_up)
{
  return (follow_up->kind == CS_FOLLOW_UP_AFTER_ROLLBACK) == (self->procedure != NULL);
}

/**
 * cs_deployment_list_follow_ups:
 * @open: only those that are neither done nor left out
 *
 * What is to be done after the deployment, and by what its success is known; after a rollback, what
 * is to be done then.
 *
 * Returns: (transfer full) (element-type CsFollowUp): in document order; the items are the
 *   deployment's, and live as long
 */
GPtrArray *
cs_deployment_list_follow_ups (CsDeployment *self, gboolean open)
{
  GPtrArray *list = g_ptr_array_new ();

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), list);

  for (guint i = 0; i < self->follow_ups->len; i++)
    {
      CsFollowUp *follow_up = g_ptr_array_index (self->follow_ups, i);

      if (applies (self, follow_up) &&
          !(open && (follow_up->done || follow_up->left_out != NULL)))
        g_ptr_array_add (list, follow_up);
    }
  return list;
}

/**
 * cs_deployment_find_follow_up:
 * @line: where it stands in the runbook
 *
 * Returns: (transfer none) (nullable): what is to be done, if it applies to this deployment
 */
const CsFollowUp *
cs_deployment_find_follow_up (CsDeployment *self, guint line)
{
  CsFollowUp *follow_up;

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  follow_up = find (self, line);
  return follow_up != NULL && applies (self, follow_up) ? follow_up : NULL;
}

static gboolean
deploys (CsPhaseState *phase)
{
  return cs_phase_get_kind (phase->phase) == CS_PHASE_DEPLOY;
}

/**
 * cs_deployment_get_deployed_at:
 *
 * From when on follow-ups are due: when the last phase that deploys was over, or after a rollback
 * the rollback.
 *
 * Returns: UTC microseconds; 0: it is not so far
 */
gint64
cs_deployment_get_deployed_at (CsDeployment *self)
{
  gint64 at = 0;

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), 0);

  if (self->procedure != NULL)
    return cs_phase_state_get_finished (self->procedure);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (deploys (phase) && !cs_status_is_over (phase->status))
        return 0;
      if (deploys (phase))
        at = MAX (at, cs_phase_state_get_finished (phase));
    }
  return at;
}

/**
 * cs_deployment_get_due:
 * @follow_up: one of the deployment's
 *
 * Returns: when it is to be done at the latest (UTC microseconds); 0: the runbook does not say, or
 *   nothing is deployed yet
 */
gint64
cs_deployment_get_due (CsDeployment *self, const CsFollowUp *follow_up)
{
  gint64 from = cs_deployment_get_deployed_at (self);

  return from != 0 && follow_up->seconds >= 0 ? from + follow_up->seconds * G_USEC_PER_SEC : 0;
}

/* Whether everything that deploys is over; a runbook without it has nothing to wait for. */
static gboolean
is_deployed (CsDeployment *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (deploys (phase) && !cs_status_is_over (phase->status))
        return FALSE;
    }
  return TRUE;
}

/**
 * cs_deployment_gates_for_follow_up:
 * @follow_up: one of the deployment's
 * @done: %TRUE to tick it, %FALSE to take that back
 *
 * Returns: (transfer full) (element-type CsGate): what stands in the way; empty if it may happen
 *   now
 */
GPtrArray *
cs_deployment_gates_for_follow_up (CsDeployment *self, const CsFollowUp *follow_up, gboolean done)
{
  GPtrArray *gates = cs_gates_new ();

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (follow_up->kind != CS_FOLLOW_UP_AFTER_ROLLBACK && self->procedure != NULL)
    cs_gates_add (gates, "rolling-back", NULL, "The deployment is being rolled back");
  else if (follow_up->kind == CS_FOLLOW_UP_AFTER_ROLLBACK && self->procedure == NULL)
    cs_gates_add (gates, "rollback", self->operator, "“%s” is to be done after a rollback",
                  follow_up->text);
  else if (self->procedure == NULL && !is_deployed (self))
    cs_gates_add (gates, "phase-order", self->operator,
                  "“%s” comes after the deployment, which is not done yet", follow_up->text);
  if (follow_up->done == done && done)
    cs_gates_add (gates, "same", NULL, "This item is ticked already");
  else if (follow_up->done == done)
    cs_gates_add (gates, "same", NULL, "This item is open already");
  return gates;
}

/**
 * cs_deployment_follow_up_async:
 * @actor: who
 * @follow_up: one of the deployment's
 * @done: %TRUE to tick it, %FALSE to take that back
 *
 * Records that a person says that something is done, or true. Where the runbook has a box for it,
 * that is ticked, by its own rules. Finish with cs_deployment_act_finish().
 */
void
cs_deployment_follow_up_async (CsDeployment *self,
                               const char *actor,
                               const CsFollowUp *follow_up,
                               gboolean done,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  CsStepState *step = ((const Item *) follow_up)->step;
  CsCheckState *check = ((const Item *) follow_up)->check;
  g_autoptr (GPtrArray) gates = NULL;
  JsonNode *body;

  if (check != NULL)
    {
      cs_deployment_check_async (self, actor, step, check, done, cancellable, callback, user_data);
      return;
    }
  gates = cs_deployment_gates_for_follow_up (self, follow_up, done);
  if (step != NULL && step->confirmed && !done)
    cs_gates_add (gates, "confirmed", NULL, "%s has confirmed the whole step", step->confirmed_by);
  body = cs_deployment_body ("what", cs_follow_up_kind_to_string (follow_up->kind), "text",
                             follow_up->text, NULL);
  json_object_set_int_member (json_node_get_object (body), "line", follow_up->line);
  cs_deployment_act_async (self, gates, actor, done ? "followed-up" : "follow-up-reopened", body,
                           cancellable, callback, user_data);
}
