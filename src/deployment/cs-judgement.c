/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One expectation of a command, and what came of it. */

#include "cs-judgement.h"

#include "cs-json.h"

#include <string.h>

static const char *const VERDICTS[] = {
  [CS_VERDICT_OPEN] = "judge",
  [CS_VERDICT_MET] = "met",
  [CS_VERDICT_NOT_MET] = "not-met",
};

/**
 * cs_verdict_to_string:
 * @verdict: a verdict
 *
 * Returns: (transfer none): its name in records: `judge`, `met` or `not-met`
 */
const char *
cs_verdict_to_string (CsVerdict verdict)
{
  g_return_val_if_fail (verdict <= CS_VERDICT_NOT_MET, NULL);

  return VERDICTS[verdict];
}

static CsVerdict
verdict_from_string (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (VERDICTS); i++)
    if (g_strcmp0 (name, VERDICTS[i]) == 0)
      return (CsVerdict) i;
  return CS_VERDICT_OPEN;
}

/** cs_judgement_free: frees a judgement. */
void
cs_judgement_free (CsJudgement *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->judge);
  g_free (self->found);
  g_free (self->actor);
  g_free (self);
}

/* "..." alone stands for anything, so it asks for nothing. */
static gboolean
asks_for_something (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c != '.' && c != 0x2026 && !g_unichar_isspace (c))
        return TRUE;
    }
  return FALSE;
}

static void
add_marks (GPtrArray *judgements, CsBlock *block)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);
      CsJudgement *judgement;

      if (mark->kind != CS_MARK_EXPECTATION || !asks_for_something (mark->text))
        continue;
      judgement = g_new0 (CsJudgement, 1);
      judgement->line = mark->line;
      judgement->text = g_strdup (mark->text);
      judgement->judge = g_strdup (mark->name);
      judgement->shown = cs_block_get_kind (block) == CS_BLOCK_EXPECTED;
      g_ptr_array_add (judgements, judgement);
    }
}

/* Whether output that is shown below a block is this command's: of several parts it is the last
 * one's that is run in any case, and each one's of those that stand for each other. */
static gboolean
prints_last (CsBlock *whole, CsBlock *block)
{
  guint n_parts = cs_block_get_n_parts (whole);
  CsBlock *last = NULL;
  const char *choice;

  if (n_parts == 0)
    return whole == block;
  for (guint i = 0; i < n_parts; i++)
    {
      CsBlock *part = cs_block_get_part (whole, i);

      last = last == NULL || !cs_block_is_offer (part) ? part : last;
    }
  choice = cs_block_get_choice (last);
  return block == last ||
         (choice != NULL && g_strcmp0 (choice, cs_block_get_choice (block)) == 0);
}

static gboolean
holds (CsBlock *whole, CsBlock *block)
{
  for (guint i = 0; i < cs_block_get_n_parts (whole); i++)
    if (cs_block_get_part (whole, i) == block)
      return TRUE;
  return whole == block;
}

/**
 * cs_judgements_new_for_block:
 * @step: a step
 * @block: one of its commands, or a part of one
 *
 * What the comments of a command expect, and what the blocks of output show that stand below it and
 * above the next command.
 *
 * Returns: (transfer full) (nullable) (element-type CsJudgement): one for each expectation, all
 *   open; %NULL if there is none
 */
GPtrArray *
cs_judgements_new_for_block (CsStep *step, CsBlock *block)
{
  g_autoptr (GPtrArray) judgements =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_judgement_free);
  GListModel *blocks = cs_step_get_blocks (step);
  gboolean below = FALSE;

  add_marks (judgements, block);
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) other = g_list_model_get_item (blocks, i);

      if (cs_block_get_kind (other) == CS_BLOCK_COMMAND)
        below = holds (other, block) && prints_last (other, block);
      else if (below && cs_block_get_kind (other) == CS_BLOCK_EXPECTED)
        add_marks (judgements, other);
    }
  return judgements->len > 0 ? g_steal_pointer (&judgements) : NULL;
}

/**
 * cs_judgements_have:
 * @judgements: (nullable) (element-type CsJudgement): judgements; %NULL: none
 *
 * Returns: whether one of them has this verdict
 */
gboolean
cs_judgements_have (GPtrArray *judgements, CsVerdict verdict)
{
  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    if (((CsJudgement *) g_ptr_array_index (judgements, i))->verdict == verdict)
      return TRUE;
  return FALSE;
}

/**
 * cs_judgements_to_json:
 * @judgements: (element-type CsJudgement): judgements
 *
 * Returns: (transfer full): an array of objects with `line`, `text`, `judge`, `shown`, `verdict`,
 *   and `output-line` and `found` where something was found
 */
JsonArray *
cs_judgements_to_json (GPtrArray *judgements)
{
  JsonArray *array = json_array_sized_new (judgements->len);

  for (guint i = 0; i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "line", judgement->line);
      json_object_set_string_member (object, "text", judgement->text);
      json_object_set_string_member (object, "judge", judgement->judge);
      json_object_set_boolean_member (object, "shown", judgement->shown);
      json_object_set_string_member (object, "verdict", cs_verdict_to_string (judgement->verdict));
      if (judgement->output_line > 0)
        json_object_set_int_member (object, "output-line", judgement->output_line);
      if (judgement->found != NULL)
        json_object_set_string_member (object, "found", judgement->found);
      json_array_add_object_element (array, object);
    }
  return array;
}

/**
 * cs_judgements_new_from_json:
 * @array: (nullable): what cs_judgements_to_json() made; %NULL: nothing
 *
 * Returns: (transfer full) (nullable) (element-type CsJudgement): the judgements of a record, which
 *   says by itself what was expected; %NULL if there are none
 */
GPtrArray *
cs_judgements_new_from_json (JsonArray *array)
{
  GPtrArray *judgements;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n == 0)
    return NULL;
  judgements = g_ptr_array_new_full (n, (GDestroyNotify) cs_judgement_free);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      CsJudgement *judgement;

      if (object == NULL || cs_json_get_string (object, "text") == NULL)
        continue;
      judgement = g_new0 (CsJudgement, 1);
      judgement->line = (guint) CLAMP (cs_json_get_int (object, "line", 0), 0, G_MAXUINT);
      judgement->text = g_strdup (cs_json_get_string (object, "text"));
      judgement->judge = g_strdup (cs_json_get_string (object, "judge"));
      judgement->shown = cs_json_get_boolean (object, "shown");
      judgement->verdict = verdict_from_string (cs_json_get_string (object, "verdict"));
      judgement->output_line =
        (guint) CLAMP (cs_json_get_int (object, "output-line", 0), 0, G_MAXUINT);
      judgement->found = g_strdup (cs_json_get_string (object, "found"));
      g_ptr_array_add (judgements, judgement);
    }
  return judgements;
}
