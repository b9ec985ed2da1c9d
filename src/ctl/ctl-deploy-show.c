/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy show */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-advance.h"
#include "cs-clock.h"
#include "ctl-after.h"
#include "ctl-commands.h"
#include "ctl-deployment-json.h"
#include "ctl-judgements.h"
#include "ctl-lock.h"
#include "ctl-next.h"
#include "ctl-notes.h"
#include "ctl-print.h"
#include "ctl-values.h"

static void
print_members (CsBlockState *block)
{
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);
      const char *why = cs_block_state_get_reason (member) != NULL
                          ? cs_block_state_get_reason (member)
                          : cs_block_state_get_problem (member);

      ctl_print (stdout, "          [%s] on %s",
                 cs_status_to_string (cs_block_state_get_status (member)),
                 cs_block_state_get_member (member));
      if (cs_block_state_get_ending (member) != NULL)
        {
          ctl_print (stdout, ", %s", cs_block_state_get_ending (member));
          printf (" with status %d", cs_block_state_get_exit_status (member));
        }
      if (why != NULL)
        ctl_print (stdout, ": %s", why);
      fputc ('\n', stdout);
    }
}

static void
print_step (CsStepState *step)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  GListModel *checks = cs_step_state_get_checks (step);

  ctl_print (stdout, "  [%s] %s  %s", cs_status_to_string (cs_step_state_get_status (step)),
             cs_step_get_id (cs_step_state_get_step (step)),
             cs_step_get_title (cs_step_state_get_step (step)));
  if (cs_step_state_get_reason (step) != NULL)
    ctl_print (stdout, "  (%s)", cs_step_state_get_reason (step));
  fputc ('\n', stdout);
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);
      CsBlock *source = cs_block_state_get_block (block);

      ctl_print (stdout, "      [%s] command %s",
                 cs_status_to_string (cs_block_state_get_status (block)), cs_block_get_id (source));
      printf (" in line %u", cs_block_get_line (source));
      if (cs_block_state_get_ending (block) != NULL)
        {
          ctl_print (stdout, ", %s", cs_block_state_get_ending (block));
          printf (" with status %d", cs_block_state_get_exit_status (block));
        }
      if (cs_block_state_get_problem (block) != NULL)
        ctl_print (stdout, ": %s", cs_block_state_get_problem (block));
      fputc ('\n', stdout);
      ctl_judgements_print (block, "             ", stdout);
      if (cs_block_state_get_attempts (block) > 0)
        print_members (block);
      if (cs_block_get_condition (source) != NULL)
        ctl_print (stdout, "             %s\n", cs_block_get_condition (source));
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheckState) check = g_list_model_get_item (checks, i);

      ctl_print (stdout, "      [%s] item %s  %s\n", cs_check_state_get_done (check) ? "x" : " ",
                 cs_check_get_id (cs_check_state_get_check (check)),
                 cs_check_get_text (cs_check_state_get_check (check)));
    }
}

static const char *
verified_to_string (CsVerified verified)
{
  switch (verified)
    {
    case CS_VERIFIED_GOOD:
      return "verified";
    case CS_VERIFIED_BAD:
      return "NOT VERIFIED";
    case CS_VERIFIED_UNKNOWN:
    default:
      return "not checked yet";
    }
}

static void
print_signoff (CsSignoffState *signoff)
{
  CsSignoff *line = cs_signoff_state_get_signoff (signoff);

  ctl_print (stdout, "  [%s] sign %s  %s",
             cs_status_to_string (cs_signoff_state_get_status (signoff)), cs_signoff_get_id (line),
             cs_signoff_get_role (line));
  if (cs_signoff_state_get_signer (signoff) != NULL)
    ctl_print (stdout, "  %s by %s as %s with %s, %s",
               cs_signoff_state_get_approve (signoff) ? "approved" : "rejected",
               cs_signoff_state_get_signer_name (signoff), cs_signoff_state_get_role (signoff),
               cs_signoff_state_get_fingerprint (signoff),
               verified_to_string (cs_signoff_state_get_verified (signoff)));
  if (cs_signoff_state_get_problem (signoff) != NULL)
    ctl_print (stdout, ": %s", cs_signoff_state_get_problem (signoff));
  fputc ('\n', stdout);
}

static void
print_phases (GListModel *phases)
{
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_state_get_steps (phase);
      GListModel *signoffs = cs_phase_state_get_signoffs (phase);

      ctl_print (stdout, "[%s] %s  %s\n", cs_status_to_string (cs_phase_state_get_status (phase)),
                 cs_phase_get_id (cs_phase_state_get_phase (phase)),
                 cs_phase_get_title (cs_phase_state_get_phase (phase)));
      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);

          print_step (step);
        }
      for (guint k = 0; k < g_list_model_get_n_items (signoffs); k++)
        {
          g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, k);

          print_signoff (signoff);
        }
    }
}

/* Lines to sign that stand in no phase are listed behind the phases. */
static void
print_free_signoffs (GListModel *signoffs)
{
  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (signoffs, i);

      if (cs_signoff_get_phase_id (cs_signoff_state_get_signoff (signoff)) == NULL)
        print_signoff (signoff);
    }
}

/* What was decided past the runbook stands out. */
static void
print_rulings (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) rejections = cs_deployment_list_rejections (deployment);
  GPtrArray *rulings = cs_deployment_get_rulings (deployment);

  for (guint i = 0; i < rejections->len; i++)
    {
      CsSignoffState *signature = rejections->pdata[i];

      ctl_print (stdout, "REJECTED by %s as %s: %s\n", cs_signoff_state_get_signer_name (signature),
                 cs_signoff_state_get_role (signature), cs_signoff_state_get_comment (signature));
    }
  for (guint i = 0; i < rulings->len; i++)
    {
      const CsRuling *ruling = rulings->pdata[i];
      g_autofree char *at = ctl_format_time (ruling->at);
      g_autofree char *words = cs_ruling_dup_words (ruling);

      ctl_print (stdout, "%s  %s  %s\n",
                 ruling->kind == CS_RULING_WITHDRAWN ? "WITHDRAWN" : "OVERRIDE", at, words);
    }
}

/* Blockers and go or no-go. */
static void
print_points (CsDeployment *deployment)
{
  GPtrArray *points = cs_deployment_get_points (deployment);

  for (guint i = 0; i < points->len; i++)
    {
      const CsPoint *point = g_ptr_array_index (points, i);
      gboolean blocker = point->kind == CS_POINT_BLOCKER;

      printf ("[%s] line %u", point->settled ? blocker ? "resolved" : "go" : point->no_go ? "no-go"
                                                                                          : "open",
              point->line);
      ctl_print (stdout, "  %s: %s", blocker ? "blocker" : "decision", point->text);
      if (point->actor != NULL)
        ctl_print (stdout, "  by %s: %s", point->actor, point->reason);
      fputc ('\n', stdout);
    }
}

/* The plan beside what happened, where the runbook says how long things take. */
static void
print_time (CsDeployment *deployment)
{
  g_autofree char *planned = NULL, *left = NULL, *over = NULL, *finish = NULL;
  CsForecast forecast;

  cs_deployment_get_forecast (deployment, cs_clock_now (), &forecast);
  if (forecast.planned < 0 || forecast.finish == 0)
    return;
  planned = ctl_format_duration (forecast.planned * G_USEC_PER_SEC);
  left = ctl_format_duration (forecast.left * G_USEC_PER_SEC);
  over = ctl_format_duration (forecast.overrun * G_USEC_PER_SEC);
  finish = ctl_format_time (forecast.finish);
  ctl_print (stdout, "Time: planned %s, left %s, longer than planned %s, done at about %s\n",
             planned, left, over, finish);
}

static void
print_deployment (CsDeployment *deployment)
{
  g_autofree char *opened = ctl_format_time (cs_deployment_get_opened_at (deployment));

  ctl_print (stdout, "%s\n%s  %s\n", cs_deployment_get_title (deployment),
             cs_deployment_get_id (deployment),
             cs_deployment_status_to_string (cs_deployment_get_status (deployment)));
  ctl_print (stdout, "to %s on %s, opened %s by %s: %s\n\n",
             cs_deployment_get_environment (deployment),
             cs_target_get_name (cs_deployment_get_target (deployment)), opened,
             cs_deployment_get_operator (deployment), cs_deployment_get_reason (deployment));
  ctl_lock_print (deployment, stdout);
  print_points (deployment);
  print_phases (cs_deployment_get_phases (deployment));
  if (g_list_model_get_n_items (cs_deployment_get_rollbacks (deployment)) > 0)
    fputs ("Rollback:\n", stdout);
  print_phases (cs_deployment_get_rollbacks (deployment));
  print_free_signoffs (cs_deployment_get_signoffs (deployment));
  print_rulings (deployment);
  ctl_values_print (deployment);
  ctl_notes_print (deployment);
  ctl_after_print (deployment);
  print_time (deployment);
  fputc ('\n', stdout);
  ctl_next_print (deployment, stdout);
}

CtlStatus
ctl_deploy_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  if (json)
    {
      g_autoptr (JsonNode) node = ctl_deployment_to_json (deployment);

      ctl_print_json (node);
    }
  else
    print_deployment (deployment);
  return CTL_DONE;
}
