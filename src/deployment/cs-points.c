/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blockers, go or no-go, and the window: what has to be settled before a deployment goes on. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-clock.h"
#include "cs-json.h"

#include <string.h>

/** cs_point_free: frees a point. */
void
cs_point_free (CsPoint *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->actor);
  g_free (self->reason);
  g_free (self);
}

/* Of what documents call decisions, the one that is a person's yes or no. */
static gboolean
is_go_or_no_go (const char *text)
{
  static const char *const FORMS[] = { "go/no-go", "go/no go", "go / no-go", "go or no-go",
                                       "go-/no-go", "go oder no-go" };
  g_autofree char *lower = g_utf8_strdown (text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (FORMS); i++)
    if (strstr (lower, FORMS[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_on_path (CsDeployment *self, guint line)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (line >= cs_phase_get_line (phase->phase) && line <= cs_phase_get_end_line (phase->phase))
        return TRUE;
    }
  return FALSE;
}

static void
add_point (CsDeployment *self, CsPointKind kind, const CsFact *fact)
{
  CsPoint *point = g_new0 (CsPoint, 1);

  point->kind = kind;
  point->line = fact->line;
  point->text = g_strdup (fact->text);
  g_ptr_array_add (self->points, point);
}

/* Lays out what the runbook asks to be settled; its phases are there already. A rehearsal may be at
 * any time; production has its hours. */
void
cs_deployment_build_points (CsDeployment *self)
{
  GPtrArray *facts = cs_runbook_get_facts (self->runbook);

  for (guint i = 0; i < facts->len; i++)
    {
      const CsFact *fact = g_ptr_array_index (facts, i);

      if (cs_deployment_is_line_for_others (self, fact->line))
        continue;
      if (fact->kind == CS_FACT_BLOCKER)
        add_point (self, CS_POINT_BLOCKER, fact);
      else if (fact->kind == CS_FACT_DECISION && is_go_or_no_go (fact->text) &&
               is_on_path (self, fact->line))
        add_point (self, CS_POINT_DECISION, fact);
      else if (fact->kind == CS_FACT_WINDOW && self->production)
        cs_time_window_add (self->window, fact->text);
    }
}

static CsPoint *
find_point (CsDeployment *self, CsPointKind kind, gint64 line)
{
  for (guint i = 0; i < self->points->len; i++)
    {
      CsPoint *point = g_ptr_array_index (self->points, i);

      if (point->kind == kind && point->line == line)
        return point;
    }
  return NULL;
}

static void
settle (CsPoint *point, CsRecord *record, gboolean good)
{
  g_free (point->actor);
  point->actor = g_strdup (cs_record_get_actor (record));
  g_free (point->reason);
  point->reason = g_strdup (cs_json_get_string (cs_record_get_body (record), "reason"));
  point->at = cs_record_get_at (record);
  point->settled = good;
  point->no_go = !good;
}

void
cs_deployment_fold_resolved (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsPoint *point = find_point (self, CS_POINT_BLOCKER, cs_json_get_int (body, "line", -1));

  if (point != NULL && cs_json_get_string (body, "reason") != NULL)
    settle (point, record, TRUE);
}

void
cs_deployment_fold_decided (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsPoint *point = find_point (self, CS_POINT_DECISION, cs_json_get_int (body, "line", -1));

  if (point != NULL && cs_json_get_string (body, "reason") != NULL)
    settle (point, record, g_strcmp0 (cs_json_get_string (body, "decision"), "go") == 0);
}

static guint
line_of (CsPhaseState *phase, CsStepState *step)
{
  return step != NULL ? cs_step_get_line (step->step) : cs_phase_get_line (phase->phase);
}

static gboolean
deploys (CsPhaseState *phase)
{
  CsPhaseKind kind = cs_phase_get_kind (phase->phase);

  return kind == CS_PHASE_DEPLOY || kind == CS_PHASE_ROLLOUT;
}

/* Whether a step of the path has to wait until this is settled. */
static gboolean
holds_up (const CsPoint *point, CsPhaseState *phase, CsStepState *step)
{
  if (point->settled)
    return FALSE;
  return point->kind == CS_POINT_BLOCKER ? deploys (phase) : line_of (phase, step) > point->line;
}

/**
 * cs_deployment_find_point:
 * @phase: a phase of the path
 * @step: one of its steps
 *
 * Returns: (transfer none) (nullable): the first blocker or decision that has to be settled before
 *   anything is done in the step; %NULL if there is none
 */
const CsPoint *
cs_deployment_find_point (CsDeployment *self, CsPhaseState *phase, CsStepState *step)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  for (guint i = 0; i < self->points->len; i++)
    {
      const CsPoint *point = g_ptr_array_index (self->points, i);
      const char *gate = point->kind == CS_POINT_BLOCKER ? "blocker" : "decision";

      if (holds_up (point, phase, step) &&
          !cs_deployment_is_overridden (self, gate, cs_step_get_id (step->step)))
        return point;
    }
  return NULL;
}

void
cs_deployment_add_point_gates (CsDeployment *self,
                               CsPhaseState *phase,
                               CsStepState *step,
                               GPtrArray *gates)
{
  for (guint i = 0; i < self->points->len; i++)
    {
      const CsPoint *point = g_ptr_array_index (self->points, i);

      if (!holds_up (point, phase, step))
        continue;
      if (point->kind == CS_POINT_BLOCKER)
        cs_gates_add (gates, "blocker", self->operator,
                      "“%s” in line %u blocks the deployment: someone resolves it, with a note",
                      point->text, point->line);
      else if (point->no_go)
        cs_gates_add (gates, "decision", point->actor, "%s decided no-go: %s", point->actor,
                      point->reason);
      else
        cs_gates_add (gates, "decision", self->operator,
                      "Go or no-go is to be decided first (line %u)", point->line);
    }
}

/* As gates say when: local time to the minute. */
char *
cs_deployment_dup_moment (gint64 at)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (at / G_USEC_PER_SEC);

  return g_date_time_format (local, "%F %H:%M");
}

void
cs_deployment_add_window_gate (CsDeployment *self, CsPhaseState *phase, GPtrArray *gates)
{
  gint64 now = cs_clock_now ();
  gint64 next;

  if (!g_list_store_find (self->phases, phase, NULL) || !deploys (phase) ||
      self->procedure != NULL ||
      cs_time_window_is_empty (self->window) || cs_time_window_holds (self->window, now, NULL))
    return;
  next = cs_time_window_get_next (self->window, now, NULL);
  if (next != 0)
    {
      g_autofree char *when = cs_deployment_dup_moment (next);

      cs_gates_add (gates, "window", "time", "The deployment window is closed; it opens %s", when);
    }
  else
    cs_gates_add (gates, "window", NULL, "The deployment window does not open within two weeks");
}

/** cs_deployment_get_points: (transfer none) (element-type CsPoint): in document order. */
GPtrArray *
cs_deployment_get_points (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->points;
}

/**
 * cs_deployment_get_points_of:
 * @phase: a phase of the deployment
 *
 * Returns: (transfer full) (element-type CsPoint): the blockers and decisions that stand in it,
 *   settled or not, and those above it that it waits for; owned by the deployment
 */
GPtrArray *
cs_deployment_get_points_of (CsDeployment *self, CsPhaseState *phase)
{
  GPtrArray *found = g_ptr_array_new ();

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), found);

  for (guint i = 0; i < self->points->len; i++)
    {
      CsPoint *point = g_ptr_array_index (self->points, i);

      if (point->kind == CS_POINT_BLOCKER
            ? deploys (phase) && g_list_store_find (self->phases, phase, NULL)
            : point->line <= cs_phase_get_end_line (phase->phase) &&
                (point->line >= cs_phase_get_line (phase->phase) || !point->settled))
        g_ptr_array_add (found, point);
    }
  return found;
}

static void
add_closed (CsDeployment *self, GPtrArray *gates)
{
  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  else if (self->procedure != NULL)
    cs_gates_add (gates, "rolling-back", NULL, "The deployment is being rolled back");
}

static JsonNode *
body_of_point (const CsPoint *point, const char *decision, const char *reason)
{
  JsonNode *body = cs_deployment_body ("text", point->text, "decision", decision, "reason", reason,
                                       NULL);

  json_object_set_int_member (json_node_get_object (body), "line", point->line);
  return body;
}

/**
 * cs_deployment_resolve_async:
 * @actor: who
 * @point: a blocker of the deployment
 * @note: how it was resolved; it stands in the history
 *
 * Records that a blocker is resolved.
 */
void
cs_deployment_resolve_async (CsDeployment *self,
                             const char *actor,
                             const CsPoint *point,
                             const char *note,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();

  add_closed (self, gates);
  if (point->kind != CS_POINT_BLOCKER)
    cs_gates_add (gates, "point", NULL, "This is no blocker");
  else if (point->settled)
    cs_gates_add (gates, "settled", NULL, "%s has resolved this already", point->actor);
  if (!cs_deployment_has_reason (note))
    g_ptr_array_add (gates, cs_deployment_need_reason ("Resolving a blocker"));
  cs_deployment_act_async (self, gates, actor, "blocker-resolved",
                           body_of_point (point, NULL, note), cancellable, callback, user_data);
}

/**
 * cs_deployment_decide_async:
 * @actor: who: the named person
 * @point: a decision of the deployment
 * @go: go, or no-go
 * @reason: why; it stands in the history
 *
 * Records go or no-go. What stands below a no-go waits until someone decides go.
 */
void
cs_deployment_decide_async (CsDeployment *self,
                            const char *actor,
                            const CsPoint *point,
                            gboolean go,
                            const char *reason,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();
  const char *signer = NULL;

  add_closed (self, gates);
  if (point->kind != CS_POINT_DECISION)
    cs_gates_add (gates, "point", NULL, "Here nothing is decided");
  else if (point->at != 0 && point->settled == go)
    cs_gates_add (gates, "settled", NULL, "%s has decided so already", point->actor);
  else if (point->settled && cs_deployment_is_covered (self, point->at, &signer))
    cs_gates_add (gates, "signed", NULL, "%s has signed with this decision; it stays so", signer);
  if (!cs_deployment_has_reason (reason))
    g_ptr_array_add (gates, cs_deployment_need_reason ("A decision"));
  cs_deployment_act_async (self, gates, actor, "decided",
                           body_of_point (point, go ? "go" : "no-go", reason), cancellable,
                           callback, user_data);
}
