/* SPDX-License-Identifier: GPL-3.0-or-later */
/* State from records: the only place where it changes. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-json.h"

#include <string.h>

typedef void (*FoldFunc) (CsDeployment *self, CsRecord *record, JsonObject *body);

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static CsStepState *
touch_step (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "step");
  CsStepState *step = id != NULL ? cs_deployment_find_step (self, id) : NULL;

  if (step != NULL)
    cs_step_state_touch (step, cs_record_get_at (record));
  return step;
}

/* Whether a record means this block. Records from before blocks had parts name the whole, which was
 * run with all of its parts. */
static gboolean
is_named (CsBlockState *block, const char *id)
{
  const char *own = cs_block_get_id (block->block);
  gsize length = strlen (id);

  return strncmp (own, id, length) == 0 && (own[length] == '\0' || own[length] == '.');
}

/* The state of a command on the member of a fleet that a record names; NULL where it names none. */
static CsBlockState *
find_member (CsStepState *step, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "block");
  const char *member = cs_json_get_string (body, "member");

  for (guint i = 0; step != NULL && id != NULL && member != NULL &&
                    i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks));
       i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (strcmp (cs_block_get_id (block->block), id) == 0)
        return cs_block_state_find_member (block, member);
    }
  return NULL;
}

static void
begin_run (CsDeployment *self, CsBlockState *block, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *run_id = cs_json_get_string (body, "run");

  g_hash_table_add (self->operators, g_strdup (cs_record_get_actor (record)));
  if (block->run_id != NULL)
    g_hash_table_remove (self->runs, block->run_id);
  cs_block_state_begin (block, run_id, cs_record_get_actor (record), cs_record_get_at (record));
  if (run_id != NULL)
    g_hash_table_insert (self->runs, g_strdup (run_id), block);
  set_text (&block->cwd, cs_json_get_string (body, "cwd"));
  set_text (&block->sent, cs_json_get_string (body, "text"));
  set_text (&block->place, cs_json_get_string (body, "place"));
  block->judgements = cs_judgements_new_from_json (cs_json_get_array (body, "expectations"));
}

/* A fleet runs when its members do; the start of the whole only says that they will. */
static void
begin_block (CsDeployment *self, CsBlockState *block, CsRecord *record)
{
  begin_run (self, block, record);
  if (block->fleet == NULL)
    {
      cs_block_state_set_status (block, CS_STATUS_RUNNING);
      return;
    }
  if (!cs_batching_from_json (&block->batching, cs_record_get_body (record), NULL))
    block->batching = *cs_target_get_batching (block->fleet);
  cs_block_state_set_driven (block, TRUE);
}

static void
fold_block_started (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsStepState *step = touch_step (self, record, body);
  const char *id = cs_json_get_string (body, "block");
  CsBlockState *member = find_member (step, body);

  if (member != NULL)
    begin_block (self, member, record);
  if (step == NULL || id == NULL || cs_json_get_string (body, "member") != NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

      if (!is_named (block, id))
        continue;
      begin_block (self, block, record);
      cs_deployment_follow_values (self, block->block);
    }
}

/* This program or that which went through the fleet goes on to no other member. */
static void
fold_fleet_ended (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsBlockState *block = cs_deployment_find_run (self, cs_json_get_string (body, "run"));

  if (block == NULL || block->fleet == NULL || !block->driven)
    return;
  cs_step_state_touch (block->step, cs_record_get_at (record));
  block->finished = cs_record_get_at (record);
  set_text (&block->ending, cs_json_get_string (body, "ending"));
  set_text (&block->problem, cs_json_get_string (body, "problem"));
  cs_block_state_set_driven (block, FALSE);
}

static void
fold_member_skipped (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsStepState *step = touch_step (self, record, body);
  CsBlockState *member = find_member (step, body);
  const char *reason = cs_json_get_string (body, "reason");

  if (member == NULL || reason == NULL)
    return;
  set_text (&member->skip_reason, reason);
  set_text (&member->actor, cs_record_get_actor (record));
  cs_block_state_set_status (member, CS_STATUS_SKIPPED);
}

/* Where a command leaves directory and variables is where the next one begins; commands of
 * reference chapters are asides and change nothing. */
static void
carry_over (CsDeployment *self, CsBlockState *block, JsonObject *body)
{
  CsPhaseState *phase = cs_deployment_find_phase_of (self, block->step);
  CsSite *site = cs_deployment_find_site (self, block->member);
  const char *cwd = cs_json_get_string (body, "cwd");
  JsonObject *environment = cs_json_get_object (body, "environment");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (g_list_store_find (self->references, phase, NULL))
    return;
  if (cwd != NULL)
    set_text (&site->cwd, cwd);
  if (environment == NULL)
    return;
  json_object_iter_init (&iter, environment);
  while (json_object_iter_next (&iter, &name, &value))
    g_hash_table_insert (site->variables, g_strdup (name),
                         g_strdup (json_node_get_string (value)));
}

/* A member that a person left out meanwhile stays so. */
static void
settle (CsBlockState *block, CsStatus status)
{
  if (block->skip_reason == NULL)
    cs_block_state_set_status (block, status);
}

typedef void (*EndFunc) (CsBlockState *block, CsRecord *record, CsStatus status);

/* Ends a run on its member, or in each block that it was for, with a status, or where that is
 * RUNNING with what the verdicts make of it; returns one of them, NULL if it has ended already. */
static CsBlockState *
end_in_blocks (CsDeployment *self, CsRecord *record, CsStatus status, EndFunc end)
{
  const char *run = cs_json_get_string (cs_record_get_body (record), "run");
  CsBlockState *first = cs_deployment_find_run (self, run);

  if (first == NULL || first->fleet != NULL || first->finished != 0)
    return NULL;
  cs_step_state_touch (first->step, cs_record_get_at (record));
  if (first->whole != NULL)
    {
      end (first, record, status);
      settle (first, status == CS_STATUS_RUNNING ? cs_block_state_weigh (first) : status);
      return first;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (first->step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block =
        g_list_model_get_item (G_LIST_MODEL (first->step->blocks), i);

      if (g_strcmp0 (block->run_id, run) == 0)
        {
          end (block, record, status);
          cs_block_state_set_status (
            block, status == CS_STATUS_RUNNING ? cs_block_state_weigh (block) : status);
        }
    }
  return first;
}

/* Records from before expectations were judged have none, and what passed then has passed. */
static void
take_verdicts (CsBlockState *block, JsonObject *body)
{
  JsonArray *expectations = cs_json_get_array (body, "expectations");

  block->good = cs_json_get_boolean (body, "passed");
  if (expectations == NULL)
    return;
  g_clear_pointer (&block->judgements, g_ptr_array_unref);
  block->judgements = cs_judgements_new_from_json (expectations);
  for (guint i = 0; block->whole != NULL && block->judgements != NULL && i < block->judgements->len;
       i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (block->judgements, i);

      if (judgement->verdict == CS_VERDICT_OPEN)
        cs_block_state_ask (block->whole, judgement);
    }
}

static void
take_outcome (CsBlockState *block, CsRecord *record, CsStatus status)
{
  JsonObject *body = cs_record_get_body (record);

  set_text (&block->ending, cs_json_get_string (body, "ending"));
  set_text (&block->output, cs_json_get_string (body, "output"));
  g_clear_pointer (&block->problem, g_free);
  block->exit_status = (int) cs_json_get_int (body, "status", -1);
  block->output_size = cs_json_get_int (body, "output-size", 0);
  block->truncated = cs_json_get_boolean (body, "truncated");
  block->finished = cs_record_get_at (record);
  take_verdicts (block, body);
}

static void
fold_block_finished (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsBlockState *block = end_in_blocks (self, record, CS_STATUS_RUNNING, take_outcome);
  JsonObject *captured = cs_json_get_object (body, "captured");

  /* The path has gone on without what did not end by itself. */
  if (block != NULL && !cs_block_get_endless (block->block))
    carry_over (self, block, body);
  if (block != NULL && captured != NULL)
    cs_deployment_fold_value (self, record, captured, TRUE);
}

static void
take_problem (CsBlockState *block, CsRecord *record, CsStatus status)
{
  set_text (&block->problem, cs_json_get_string (cs_record_get_body (record), "problem"));
  if (status != CS_STATUS_INTERRUPTED)
    block->finished = cs_record_get_at (record);
}

static void
end_run (CsDeployment *self, CsRecord *record, JsonObject *body, CsStatus status)
{
  end_in_blocks (self, record, status, take_problem);
}

static void
fold_block_interrupted (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  end_run (self, record, body, CS_STATUS_INTERRUPTED);
}

/* A member that could not be reached has failed; one that the program did not come to has not. Of
 * the former there may be no start. */
static void
fold_block_not_started (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  gboolean failed = cs_json_get_boolean (body, "failed");
  const char *run_id = cs_json_get_string (body, "run");

  if (cs_json_get_string (body, "member") != NULL && cs_deployment_find_run (self, run_id) == NULL)
    {
      CsBlockState *member = find_member (touch_step (self, record, body), body);

      if (member == NULL)
        return;
      begin_run (self, member, record);
    }
  end_run (self, record, body, failed ? CS_STATUS_FAILED : CS_STATUS_TODO);
}

static void
fold_block_unknown (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  end_run (self, record, body, CS_STATUS_FAILED);
}

/* The command, or its state on a member, that a record is about, if it is about the newest
 * attempt. */
static CsBlockState *
find_attempt (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsBlockState *block = cs_deployment_find_run (self, cs_json_get_string (body, "run"));

  if (block != NULL)
    cs_step_state_touch (block->step, cs_record_get_at (record));
  return block;
}

static void
weigh (CsBlockState *block)
{
  if (block->fleet != NULL)
    cs_block_state_derive (block);
  else if (block->status != CS_STATUS_RUNNING && block->status != CS_STATUS_INTERRUPTED)
    settle (block, cs_block_state_weigh (block));
}

static void
fold_judged (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsBlockState *block = find_attempt (self, record, body);
  gint64 index = cs_json_get_int (body, "index", -1);
  CsJudgement *judgement;

  if (block == NULL || block->judgements == NULL || index < 0 || index >= block->judgements->len)
    return;
  judgement = g_ptr_array_index (block->judgements, (guint) index);
  if (!cs_judgement_is_personal (judgement))
    return;
  judgement->verdict = g_strcmp0 (cs_json_get_string (body, "verdict"), "met") == 0
                         ? CS_VERDICT_MET
                         : CS_VERDICT_NOT_MET;
  set_text (&judgement->actor, cs_record_get_actor (record));
  judgement->at = cs_record_get_at (record);
  weigh (block);
}

void
cs_deployment_fold_passed (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsBlockState *block = find_attempt (self, record, body);
  const char *reason = cs_json_get_string (body, "reason");

  if (block == NULL || reason == NULL || block->status != CS_STATUS_FAILED ||
      block->fleet != NULL)
    return;
  cs_block_state_accept (block, cs_record_get_actor (record), cs_json_get_string (body, "role"),
                         reason);
  weigh (block);
}

/* Of deployments from before such marks were signed; in the others it is a ruling. */
static void
fold_accepted (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  if (!self->marks_are_signed)
    cs_deployment_fold_passed (self, record, body);
}

static void
fold_paused (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  set_text (&self->pause_reason, cs_json_get_string (body, "reason"));
  set_text (&self->paused_by, cs_record_get_actor (record));
  self->paused_at = cs_record_get_at (record);
}

static void
fold_resumed (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  set_text (&self->pause_reason, NULL);
  set_text (&self->paused_by, NULL);
  self->paused_at = 0;
}

static void
tick (CsDeployment *self, CsRecord *record, JsonObject *body, gboolean done)
{
  CsStepState *step = touch_step (self, record, body);
  const char *item = cs_json_get_string (body, "item");

  if (step == NULL || item == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->checks)); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (G_LIST_MODEL (step->checks), i);

      if (strcmp (cs_check_get_id (check->check), item) == 0)
        cs_check_state_set (check, done, cs_record_get_actor (record), cs_record_get_at (record));
    }
}

static void
fold_checked (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  tick (self, record, body, TRUE);
}

static void
fold_unchecked (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  tick (self, record, body, FALSE);
}

static void
fold_confirmed (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsStepState *step = touch_step (self, record, body);

  if (step == NULL)
    return;
  step->confirmed = TRUE;
  set_text (&step->confirmed_by, cs_record_get_actor (record));
}

static void
fold_skipped (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  CsStepState *step = touch_step (self, record, body);
  const char *reason = cs_json_get_string (body, "reason");

  if (step == NULL || reason == NULL)
    return;
  set_text (&step->skip_reason, reason);
  set_text (&step->confirmed_by, cs_record_get_actor (record));
}

static void
fold_signed (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *field = cs_json_get_string (body, "field");
  CsSignoffState *signoff = field != NULL ? cs_deployment_find_signoff (self, field) : NULL;
  const char *signer = cs_json_get_string (body, "signer");
  CsPerson *person = signer != NULL ? cs_people_lookup (self->people, signer) : NULL;

  if (signoff == NULL)
    return;
  set_text (&signoff->signer, signer);
  /* The name is no part of what is signed, so it is not taken from there. */
  set_text (&signoff->signer_name, person != NULL ? cs_person_get_name (person) : signer);
  set_text (&signoff->role, cs_json_get_string (body, "role"));
  set_text (&signoff->fingerprint, cs_json_get_string (body, "key"));
  set_text (&signoff->comment, cs_json_get_string (body, "comment"));
  set_text (&signoff->envelope, cs_json_get_string (body, "envelope"));
  set_text (&signoff->handwriting, cs_json_get_string (body, "handwriting"));
  g_clear_pointer (&signoff->handwritten, g_bytes_unref);
  set_text (&signoff->record_hash, cs_record_get_hash (record));
  set_text (&signoff->covered_head, cs_record_get_previous (record));
  g_clear_pointer (&signoff->lapsed, g_free);
  signoff->approve = g_strcmp0 (cs_json_get_string (body, "decision"), "approve") == 0;
  signoff->at = self->latest_at;
  cs_signoff_state_set_verified (signoff, CS_VERIFIED_UNKNOWN, NULL);
  cs_deployment_note_signature (self, signoff, cs_record_get_n (record));
}

static void
fold_value_set (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  cs_deployment_fold_value (self, record, body, TRUE);
}

static void
fold_value_cleared (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  cs_deployment_fold_value (self, record, body, FALSE);
}

static void
fold_rollback_started (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "phase");
  const char *chosen = cs_json_get_string (body, "procedure");
  CsStepState *step = chosen != NULL ? cs_deployment_find_step (self, chosen) : NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rollbacks)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->rollbacks), i);

      if (g_strcmp0 (cs_phase_get_id (phase->phase), id) == 0)
        g_set_object (&self->procedure, phase);
    }
  if (step != NULL && self->procedure != NULL &&
      cs_phase_state_is_choice (self->procedure, step))
    self->procedure->chosen = step;
  self->status = CS_DEPLOYMENT_ROLLING_BACK;
  fold_resumed (self, record, body);
}

static void
fold_closed (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  self->closed_at = cs_record_get_at (record);
  cs_deployment_fold_handed_over (self, body);
  self->status = self->procedure != NULL ? CS_DEPLOYMENT_ROLLED_BACK : CS_DEPLOYMENT_FINISHED;
}

static const struct
{
  const char *kind;
  FoldFunc fold;
} folds[] = {
  { "block-started", fold_block_started },
  { "block-finished", fold_block_finished },
  { "block-interrupted", fold_block_interrupted },
  { "block-not-started", fold_block_not_started },
  { "block-unknown", fold_block_unknown },
  { "fleet-ended", fold_fleet_ended },
  { "member-skipped", fold_member_skipped },
  { "command-left-out", cs_deployment_fold_left_out },
  { "followed-up", cs_deployment_fold_followed_up },
  { "follow-up-reopened", cs_deployment_fold_follow_up_reopened },
  { "left-out", cs_deployment_fold_left_out_step },
  { "noted", cs_deployment_fold_noted },
  { "chosen", cs_deployment_fold_chosen },
  { "judged", fold_judged },
  { "accepted", fold_accepted },
  { "blocker-resolved", cs_deployment_fold_resolved },
  { "decided", cs_deployment_fold_decided },
  { "paused", fold_paused },
  { "resumed", fold_resumed },
  { "checked", fold_checked },
  { "unchecked", fold_unchecked },
  { "confirmed", fold_confirmed },
  { "skipped", fold_skipped },
  { "value-set", fold_value_set },
  { "value-cleared", fold_value_cleared },
  { "signed", fold_signed },
  { "rollback-started", fold_rollback_started },
  { "closed", fold_closed },
};

void
cs_deployment_fold (CsDeployment *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);

  g_assert (cs_record_get_n (record) == self->n_records);

  self->latest_at = MAX (self->latest_at, cs_record_get_at (record));
  for (guint i = 0; i < G_N_ELEMENTS (folds); i++)
    if (strcmp (kind, folds[i].kind) == 0)
      folds[i].fold (self, record, cs_record_get_body (record));
  cs_deployment_fold_ruling (self, record);
  set_text (&self->head, cs_record_get_hash (record));
  self->n_records++;
}
