/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected of commands, in words and as JSON. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-judgements.h"

#include "ctl-print.h"

#include <string.h>

static const char *
name_verdict (const CsJudgement *judgement)
{
  switch (judgement->verdict)
    {
    case CS_VERDICT_MET:
      return "met";
    case CS_VERDICT_NOT_MET:
      return "NOT MET";
    case CS_VERDICT_OPEN:
    default:
      return "to judge";
    }
}

void
ctl_judgements_print (CsBlockState *block, const char *indent, FILE *file)
{
  GPtrArray *judgements = cs_block_state_get_judgements (block);

  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);

      ctl_print (file, "%s%s", indent, name_verdict (judgement));
      fprintf (file, " %u", i + 1);
      ctl_print (file, "  %s", judgement->text);
      if (judgement->output_line > 0)
        fprintf (file, "  (line %u of the output", judgement->output_line);
      if (judgement->output_line > 0)
        ctl_print (file, ": %s)", judgement->found);
      if (judgement->actor != NULL)
        ctl_print (file, "  by %s", judgement->actor);
      fputc ('\n', file);
    }
  if (cs_block_state_get_accepted (block) != NULL)
    ctl_print (file, "%sMarked as passed by %s as %s: %s\n", indent,
               cs_block_state_get_accepted_by (block),
               cs_block_state_get_accepted_role (block) != NULL
                 ? cs_block_state_get_accepted_role (block)
                 : "nobody in particular",
               cs_block_state_get_accepted (block));
}

JsonArray *
ctl_judgements_to_json (CsBlockState *block)
{
  GPtrArray *judgements = cs_block_state_get_judgements (block);
  JsonArray *array = json_array_new ();

  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "line", judgement->line);
      ctl_set_text (object, "text", judgement->text);
      ctl_set_text (object, "judge", judgement->judge);
      ctl_set_text (object, "verdict", cs_verdict_to_string (judgement->verdict));
      json_object_set_int_member (object, "output_line", judgement->output_line);
      ctl_set_text (object, "found", judgement->found);
      ctl_set_text (object, "actor", judgement->actor);
      ctl_set_time (object, "at", judgement->at);
      json_array_add_object_element (array, object);
    }
  return array;
}

CsBlockState *
ctl_find_block (CsDeployment *deployment, const char *id, CsStepState **step)
{
  g_autofree char *step_id = g_strdup (id);

  for (char *dot = strrchr (step_id, '.'); dot != NULL; dot = strrchr (step_id, '.'))
    {
      *dot = '\0';
      *step = cs_deployment_find_step (deployment, step_id);
      for (guint i = 0; *step != NULL && i < g_list_model_get_n_items (
                                               cs_step_state_get_blocks (*step));
           i++)
        {
          g_autoptr (CsBlockState) block =
            g_list_model_get_item (cs_step_state_get_blocks (*step), i);

          if (strcmp (cs_block_get_id (cs_block_state_get_block (block)), id) == 0)
            return block;
        }
    }
  return NULL;
}
