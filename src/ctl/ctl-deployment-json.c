/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment as `deploy show --json` prints it. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-after.h"
#include "ctl-deployment-json.h"

#include "cs-advance.h"
#include "cs-clock.h"
#include "ctl-judgements.h"
#include "ctl-lock.h"
#include "ctl-next.h"
#include "ctl-notes.h"
#include "ctl-print.h"
#include "ctl-values.h"

typedef JsonObject *(*ToJson) (gpointer item);

static JsonArray *
list_to_json (GListModel *list, ToJson to_json)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      json_array_add_object_element (array, to_json (item));
    }
  return array;
}

static void
add_judgements (JsonObject *object, CsBlockState *block)
{
  json_object_set_array_member (object, "expectations", ctl_judgements_to_json (block));
  ctl_set_text (object, "accepted", cs_block_state_get_accepted (block));
  ctl_set_text (object, "accepted_by", cs_block_state_get_accepted_by (block));
  ctl_set_text (object, "accepted_role", cs_block_state_get_accepted_role (block));
}

static JsonObject *
member_to_json (gpointer item)
{
  CsBlockState *member = item;
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "name", cs_block_state_get_member (member));
  json_object_set_int_member (object, "rank", cs_block_state_get_rank (member));
  ctl_set_text (object, "status", cs_status_to_string (cs_block_state_get_status (member)));
  json_object_set_int_member (object, "attempts", cs_block_state_get_attempts (member));
  ctl_set_text (object, "run", cs_block_state_get_run_id (member));
  ctl_set_text (object, "ending", cs_block_state_get_ending (member));
  json_object_set_int_member (object, "exit_status", cs_block_state_get_exit_status (member));
  ctl_set_text (object, "output", cs_block_state_get_output (member));
  json_object_set_int_member (object, "output_size", cs_block_state_get_output_size (member));
  json_object_set_boolean_member (object, "truncated", cs_block_state_get_truncated (member));
  ctl_set_text (object, "cwd", cs_block_state_get_cwd (member));
  ctl_set_text (object, "problem", cs_block_state_get_problem (member));
  ctl_set_text (object, "reason", cs_block_state_get_reason (member));
  ctl_set_time (object, "started_at", cs_block_state_get_started (member));
  ctl_set_time (object, "finished_at", cs_block_state_get_finished (member));
  add_judgements (object, member);
  return object;
}

static void
add_members (JsonObject *object, CsBlockState *block)
{
  cs_batching_to_json (cs_block_state_get_batching (block), object);
  json_object_set_array_member (object, "members",
                                list_to_json (cs_block_state_get_members (block), member_to_json));
}

static JsonObject *
block_to_json (gpointer item)
{
  CsBlockState *block = item;
  CsBlock *source = cs_block_state_get_block (block);
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_block_get_id (source));
  json_object_set_int_member (object, "line", cs_block_get_line (source));
  ctl_set_text (object, "command", cs_block_get_digest (source));
  ctl_set_text (object, "condition", cs_block_get_condition (source));
  ctl_set_text (object, "choice", cs_block_get_choice (source));
  ctl_set_text (object, "inside", cs_block_get_inside (source));
  ctl_set_text (object, "target", cs_block_get_target (source));
  ctl_set_text (object, "status", cs_status_to_string (cs_block_state_get_status (block)));
  json_object_set_int_member (object, "attempts", cs_block_state_get_attempts (block));
  ctl_set_text (object, "run", cs_block_state_get_run_id (block));
  ctl_set_text (object, "actor", cs_block_state_get_actor (block));
  ctl_set_text (object, "ending", cs_block_state_get_ending (block));
  json_object_set_int_member (object, "exit_status", cs_block_state_get_exit_status (block));
  ctl_set_text (object, "output", cs_block_state_get_output (block));
  json_object_set_int_member (object, "output_size", cs_block_state_get_output_size (block));
  json_object_set_boolean_member (object, "truncated", cs_block_state_get_truncated (block));
  ctl_set_text (object, "sent", cs_block_state_get_sent (block));
  ctl_set_text (object, "cwd", cs_block_state_get_cwd (block));
  ctl_set_text (object, "problem", cs_block_state_get_problem (block));
  ctl_set_text (object, "reason", cs_block_state_get_reason (block));
  ctl_set_time (object, "started_at", cs_block_state_get_started (block));
  ctl_set_time (object, "finished_at", cs_block_state_get_finished (block));
  add_judgements (object, block);
  if (cs_block_state_get_n_members (block) > 0)
    add_members (object, block);
  return object;
}

JsonNode *
ctl_block_to_json (CsBlockState *block)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, block_to_json (block));
  return node;
}

static JsonObject *
check_to_json (gpointer item)
{
  CsCheckState *check = item;
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_check_get_id (cs_check_state_get_check (check)));
  ctl_set_text (object, "text", cs_check_get_text (cs_check_state_get_check (check)));
  json_object_set_boolean_member (object, "done", cs_check_state_get_done (check));
  ctl_set_text (object, "actor", cs_check_state_get_actor (check));
  ctl_set_time (object, "at", cs_check_state_get_at (check));
  return object;
}

static JsonObject *
step_to_json (gpointer item)
{
  CsStepState *step = item;
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_step_get_id (cs_step_state_get_step (step)));
  ctl_set_text (object, "title", cs_step_get_title (cs_step_state_get_step (step)));
  ctl_set_text (object, "status", cs_status_to_string (cs_step_state_get_status (step)));
  ctl_set_text (object, "reason", cs_step_state_get_reason (step));
  ctl_set_time (object, "started_at", cs_step_state_get_started (step));
  ctl_set_time (object, "finished_at", cs_step_state_get_finished (step));
  json_object_set_array_member (object, "blocks",
                                list_to_json (cs_step_state_get_blocks (step), block_to_json));
  json_object_set_array_member (object, "checks",
                                list_to_json (cs_step_state_get_checks (step), check_to_json));
  return object;
}

static JsonObject *
signoff_to_json (gpointer item)
{
  CsSignoffState *signoff = item;
  CsSignoff *line = cs_signoff_state_get_signoff (signoff);
  CsVerified verified = cs_signoff_state_get_verified (signoff);
  gboolean is_signed = cs_signoff_state_get_signer (signoff) != NULL;
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_signoff_get_id (line));
  ctl_set_text (object, "role", cs_signoff_get_role (line));
  ctl_set_text (object, "meaning", cs_signoff_get_meaning (line));
  ctl_set_text (object, "phase", cs_signoff_get_phase_id (line));
  ctl_set_text (object, "status", cs_status_to_string (cs_signoff_state_get_status (signoff)));
  ctl_set_text (object, "signer", cs_signoff_state_get_signer (signoff));
  ctl_set_text (object, "signer_name", cs_signoff_state_get_signer_name (signoff));
  ctl_set_text (object, "signed_as", cs_signoff_state_get_role (signoff));
  ctl_set_text (object, "key", cs_signoff_state_get_fingerprint (signoff));
  ctl_set_text (object, "comment", cs_signoff_state_get_comment (signoff));
  ctl_set_text (object, "envelope", cs_signoff_state_get_envelope (signoff));
  ctl_set_time (object, "at", cs_signoff_state_get_at (signoff));
  if (is_signed && verified != CS_VERIFIED_UNKNOWN)
    json_object_set_boolean_member (object, "verified", verified == CS_VERIFIED_GOOD);
  else
    json_object_set_null_member (object, "verified");
  ctl_set_text (object, "problem", cs_signoff_state_get_problem (signoff));
  return object;
}

static JsonObject *
phase_to_json (gpointer item)
{
  CsPhaseState *phase = item;
  CsPhase *source = cs_phase_state_get_phase (phase);
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_phase_get_id (source));
  ctl_set_text (object, "title", cs_phase_get_title (source));
  ctl_set_text (object, "kind", cs_phase_kind_to_string (cs_phase_get_kind (source)));
  ctl_set_text (object, "status", cs_status_to_string (cs_phase_state_get_status (phase)));
  json_object_set_array_member (object, "steps",
                                list_to_json (cs_phase_state_get_steps (phase), step_to_json));
  return object;
}

static JsonArray *
rulings_to_json (CsDeployment *deployment)
{
  GPtrArray *rulings = cs_deployment_get_rulings (deployment);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < rulings->len; i++)
    {
      const CsRuling *ruling = rulings->pdata[i];
      JsonObject *object = json_object_new ();
      g_autofree char *words = cs_ruling_dup_words (ruling);

      ctl_set_text (object, "kind", cs_ruling_kind_to_string (ruling->kind));
      ctl_set_text (object, "by", ruling->by);
      ctl_set_text (object, "role", ruling->role);
      ctl_set_text (object, "reason", ruling->reason);
      json_object_set_boolean_member (object, "own_deployment", ruling->own);
      ctl_set_text (object, "field", ruling->field);
      ctl_set_text (object, "gate", ruling->gate);
      ctl_set_text (object, "step", ruling->step);
      ctl_set_time (object, "at", ruling->at);
      ctl_set_text (object, "words", words);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
rejections_to_json (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) rejections = cs_deployment_list_rejections (deployment);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < rejections->len; i++)
    json_array_add_object_element (array, signoff_to_json (rejections->pdata[i]));
  return array;
}

static JsonArray *
points_to_json (CsDeployment *deployment)
{
  GPtrArray *points = cs_deployment_get_points (deployment);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < points->len; i++)
    {
      const CsPoint *point = g_ptr_array_index (points, i);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "kind", point->kind == CS_POINT_BLOCKER ? "blocker" : "decision");
      json_object_set_int_member (object, "line", point->line);
      ctl_set_text (object, "text", point->text);
      json_object_set_boolean_member (object, "settled", point->settled);
      json_object_set_boolean_member (object, "no_go", point->no_go);
      ctl_set_text (object, "actor", point->actor);
      ctl_set_text (object, "reason", point->reason);
      ctl_set_time (object, "at", point->at);
      json_array_add_object_element (array, object);
    }
  return array;
}

/* The plan beside what happened, in seconds. */
static void
add_time (JsonObject *object, CsDeployment *deployment)
{
  JsonObject *time = json_object_new ();
  CsForecast forecast;

  cs_deployment_get_forecast (deployment, cs_clock_now (), &forecast);
  json_object_set_int_member (time, "planned", forecast.planned);
  json_object_set_int_member (time, "elapsed", forecast.elapsed);
  json_object_set_int_member (time, "left", forecast.left);
  json_object_set_int_member (time, "overrun", forecast.overrun);
  ctl_set_time (time, "finish", forecast.finish);
  json_object_set_object_member (object, "time", time);
}

JsonNode *
ctl_deployment_to_json (CsDeployment *deployment)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  ctl_set_text (object, "id", cs_deployment_get_id (deployment));
  ctl_set_text (object, "title", cs_deployment_get_title (deployment));
  ctl_set_text (object, "status",
                cs_deployment_status_to_string (cs_deployment_get_status (deployment)));
  ctl_set_text (object, "runbook", cs_runbook_get_digest (cs_deployment_get_runbook (deployment)));
  ctl_set_text (object, "environment", cs_deployment_get_environment (deployment));
  ctl_set_text (object, "target", cs_target_get_name (cs_deployment_get_target (deployment)));
  ctl_set_text (object, "operator", cs_deployment_get_operator (deployment));
  ctl_set_text (object, "reason", cs_deployment_get_reason (deployment));
  ctl_set_time (object, "opened_at", cs_deployment_get_opened_at (deployment));
  ctl_set_time (object, "closed_at", cs_deployment_get_closed_at (deployment));
  ctl_set_text (object, "paused", cs_deployment_get_pause_reason (deployment));
  ctl_set_text (object, "paused_by", cs_deployment_get_paused_by (deployment));
  json_object_set_object_member (object, "lock", ctl_lock_to_json (deployment));
  ctl_set_text (object, "head", cs_deployment_get_head (deployment));
  json_object_set_array_member (
    object, "phases", list_to_json (cs_deployment_get_phases (deployment), phase_to_json));
  json_object_set_array_member (
    object, "rollbacks", list_to_json (cs_deployment_get_rollbacks (deployment), phase_to_json));
  json_object_set_array_member (
    object, "references", list_to_json (cs_deployment_get_references (deployment), phase_to_json));
  json_object_set_array_member (
    object, "signoffs", list_to_json (cs_deployment_get_signoffs (deployment), signoff_to_json));
  json_object_set_array_member (object, "rejections", rejections_to_json (deployment));
  json_object_set_array_member (object, "rulings", rulings_to_json (deployment));
  json_object_set_array_member (object, "points", points_to_json (deployment));
  json_object_set_array_member (object, "notes", ctl_notes_to_json (deployment));
  json_object_set_array_member (object, "follow_ups", ctl_after_to_json (deployment));
  ctl_set_text (object, "closing_reason", cs_deployment_get_closing_reason (deployment));
  json_object_set_boolean_member (object, "production", cs_deployment_is_production (deployment));
  add_time (object, deployment);
  json_object_set_array_member (object, "values", ctl_values_to_json (deployment));
  json_object_set_object_member (object, "next", ctl_next_to_json (deployment));
  json_node_take_object (node, object);
  return node;
}
