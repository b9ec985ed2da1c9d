/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thing to do next, in words and as JSON. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-next.h"

#include "ctl-print.h"

static const char *const kinds[] = {
  [CS_NEXT_NOTHING] = "nothing",
  [CS_NEXT_RUN] = "run",
  [CS_NEXT_RUNNING] = "running",
  [CS_NEXT_CHECK] = "check",
  [CS_NEXT_SIGN] = "sign",
  [CS_NEXT_SETTLE] = "settle",
  [CS_NEXT_CLOSE] = "close",
  [CS_NEXT_CONTINUE] = "continue",
  [CS_NEXT_JUDGE] = "judge",
  [CS_NEXT_RESOLVE] = "resolve",
  [CS_NEXT_DECIDE] = "decide",
};

static const char *
step_id (const CsNext *next)
{
  return next->step != NULL ? cs_step_get_id (cs_step_state_get_step (next->step)) : NULL;
}

static void
print_check (const CsNext *next, const char *id, FILE *file)
{
  if (next->check == NULL)
    ctl_print (file, "Next, a person does what step %s says: countersignctl deploy confirm %s %s\n",
               step_id (next), id, step_id (next));
  else
    ctl_print (file, "Next, a person checks “%s”: countersignctl deploy check %s %s\n",
               cs_check_get_text (cs_check_state_get_check (next->check)), id,
               cs_check_get_id (cs_check_state_get_check (next->check)));
}

/* The first one that is open. */
static void
print_judge (const CsNext *next, const char *id, FILE *file)
{
  GPtrArray *judgements = cs_block_state_get_judgements (next->block);

  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      if (judgement->verdict != CS_VERDICT_OPEN)
        continue;
      ctl_print (file,
                 "Next, a person judges “%s”: countersignctl deploy judge %s %s %s met|not-met\n",
                 judgement->text, id, cs_block_get_id (cs_block_state_get_block (next->block)),
                 number);
      return;
    }
}

static void
print_point (const CsNext *next, const char *id, FILE *file)
{
  g_autofree char *line = g_strdup_printf ("%u", next->point->line);

  if (next->kind == CS_NEXT_RESOLVE)
    ctl_print (file,
               "First, someone resolves “%s”: countersignctl deploy resolve %s %s --note TEXT\n",
               next->point->text, id, line);
  else if (next->point->no_go)
    ctl_print (file, "%s decided no-go: %s. To go on: countersignctl deploy decide %s go --reason "
                     "TEXT\n",
               next->point->actor, next->point->reason, id);
  else
    ctl_print (file, "Next, a person decides: countersignctl deploy decide %s go|no-go --reason "
                     "TEXT\n",
               id);
}

static void
print_settle (const CsNext *next, const char *id, FILE *file)
{
  if (cs_step_state_get_status (next->step) == CS_STATUS_INTERRUPTED)
    ctl_print (file, "Step %s was interrupted; ask the target: countersignctl deploy recover %s\n",
               step_id (next), id);
  else
    ctl_print (
      file,
      "Step %s failed; a person decides: deploy run %s %s, deploy accept, deploy skip, deploy "
      "pause or deploy rollback\n",
      step_id (next), id, step_id (next));
}

/* What stops the deployment comes before what would be next. */
static void
print_rejections (CsDeployment *deployment, FILE *file)
{
  const char *id = cs_deployment_get_id (deployment);
  g_autoptr (GPtrArray) rejections = cs_deployment_list_rejections (deployment);

  if (cs_deployment_get_status (deployment) != CS_DEPLOYMENT_ACTIVE)
    return;
  for (guint i = 0; i < rejections->len; i++)
    {
      const char *field =
        cs_signoff_get_id (cs_signoff_state_get_signoff (rejections->pdata[i]));
      g_autofree char *words = cs_deployment_dup_rejection_words (deployment, rejections->pdata[i]);

      ctl_print (file,
                 "%s:\n  countersignctl deploy withdraw %s %s\n"
                 "  countersignctl deploy overrule %s %s --reason TEXT\n",
                 words, id, field, id, field);
    }
}

static void
print_close (CsDeployment *deployment, const char *id, FILE *file)
{
  g_autoptr (GPtrArray) open = cs_deployment_list_follow_ups (deployment, TRUE);
  const CsFollowUp *first = open->len > 0 ? g_ptr_array_index (open, 0) : NULL;
  g_autofree char *line = first != NULL ? g_strdup_printf ("%u", first->line) : NULL;

  if (first == NULL)
    ctl_print (file, "Everything is done: countersignctl deploy close %s\n", id);
  else
    ctl_print (file,
               "Afterwards, a person does “%s”: countersignctl deploy follow-up %s %s\n"
               "Or hands over what is open: countersignctl deploy close %s --reason TEXT\n",
               first->text, id, line, id);
}

void
ctl_next_print (CsDeployment *deployment, FILE *file)
{
  const char *id = cs_deployment_get_id (deployment);
  CsNext next = { CS_NEXT_NOTHING };

  print_rejections (deployment, file);
  cs_deployment_get_next (deployment, &next);
  if (cs_deployment_get_pause_reason (deployment) != NULL)
    ctl_print (file, "Paused by %s: %s. To go on: countersignctl deploy resume %s\n",
               cs_deployment_get_paused_by (deployment),
               cs_deployment_get_pause_reason (deployment), id);
  switch (next.kind)
    {
    case CS_NEXT_RUN:
      ctl_print (file, "Next: countersignctl deploy run %s %s\n", id, step_id (&next));
      break;
    case CS_NEXT_RUNNING:
      ctl_print (file, "A command of step %s is running.\n", step_id (&next));
      break;
    case CS_NEXT_CHECK:
      print_check (&next, id, file);
      break;
    case CS_NEXT_SIGN:
      ctl_print (file, "Next, %s signs: countersignctl deploy sign %s %s --role ROLE\n",
                 cs_signoff_get_role (cs_signoff_state_get_signoff (next.signoff)), id,
                 cs_signoff_get_id (cs_signoff_state_get_signoff (next.signoff)));
      break;
    case CS_NEXT_SETTLE:
      print_settle (&next, id, file);
      break;
    case CS_NEXT_JUDGE:
      print_judge (&next, id, file);
      break;
    case CS_NEXT_RESOLVE:
    case CS_NEXT_DECIDE:
      print_point (&next, id, file);
      break;
    case CS_NEXT_CONTINUE:
      ctl_print (file,
                 "Step %s waits for its next batch: countersignctl deploy run %s %s --continue\n",
                 step_id (&next), id, step_id (&next));
      break;
    case CS_NEXT_CLOSE:
      print_close (deployment, id, file);
      break;
    case CS_NEXT_NOTHING:
    default:
      fputs ("The deployment is closed.\n", file);
    }
}

JsonObject *
ctl_next_to_json (CsDeployment *deployment)
{
  JsonObject *object = json_object_new ();
  CsNext next = { CS_NEXT_NOTHING };

  cs_deployment_get_next (deployment, &next);
  ctl_set_text (object, "kind", kinds[next.kind]);
  ctl_set_text (object, "step", step_id (&next));
  ctl_set_text (object, "block",
                next.block != NULL ? cs_block_get_id (cs_block_state_get_block (next.block))
                                   : NULL);
  ctl_set_text (object, "item",
                next.check != NULL ? cs_check_get_id (cs_check_state_get_check (next.check))
                                   : NULL);
  ctl_set_text (
    object, "field",
    next.signoff != NULL ? cs_signoff_get_id (cs_signoff_state_get_signoff (next.signoff)) : NULL);
  return object;
}
