/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that come from what a command printed, and not from a person's keys. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-capture.h"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-output-lines.h"

#include <string.h>

void
cs_value_source_free (CsValueSource *self)
{
  if (self == NULL)
    return;
  g_free (self->step);
  g_free (self->block);
  g_free (self->run);
  g_free (self->actor);
  g_free (self);
}

/* What a record says of where a value came from; NULL: nothing, so someone entered it. */
CsValueSource *
cs_value_source_new (CsRecord *record, JsonObject *body)
{
  JsonObject *own = cs_record_get_body (record);
  const char *run = cs_json_get_string (own, "run");
  CsValueSource *self;

  if (run == NULL)
    return NULL;
  self = g_new0 (CsValueSource, 1);
  self->step = g_strdup (cs_json_get_string (own, "step"));
  self->block = g_strdup (cs_json_get_string (own, "block"));
  self->run = g_strdup (run);
  self->line = (guint) MAX (cs_json_get_int (body, "line", 0), 0);
  self->actor = g_strdup (cs_record_get_actor (record));
  self->at = cs_record_get_at (record);
  return self;
}

/**
 * cs_deployment_get_value_source:
 * @name: of a placeholder
 *
 * Returns: (transfer none) (nullable): where its value came from; %NULL if someone entered it, or
 *   it has none
 */
const CsValueSource *
cs_deployment_get_value_source (CsDeployment *self, const char *name)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return g_hash_table_lookup (self->value_sources, name);
}

/* Which line of the output is meant, from 0; nothing is guessed. */
static gboolean
find_line (GPtrArray *lines, const char *text, guint *index, GError **error)
{
  guint n_filled = 0;

  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = g_ptr_array_index (lines, i);

      if (*line == '\0' || (text != NULL && strstr (line, text) == NULL))
        continue;
      *index = i;
      if (text != NULL)
        return TRUE;
      n_filled++;
    }
  if (n_filled == 1)
    return TRUE;
  if (text != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "The command did not print “%s” in one line",
                 text);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "The command printed %u lines; say which part of them is the value", n_filled);
  return FALSE;
}

static char *
find_value (GBytes *output, const char *wanted, guint *line, GError **error)
{
  g_autofree char *text = wanted != NULL ? g_strstrip (g_strdup (wanted)) : NULL;
  gboolean cut = FALSE;
  g_autoptr (GPtrArray) lines = cs_output_lines_new (output, &cut);
  guint index = 0;

  if (text != NULL && (*text == '\0' || strpbrk (text, "\r\n") != NULL))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "A value from an output is a part of one of its lines");
      return NULL;
    }
  if (!find_line (lines, text, &index, error))
    return NULL;
  *line = index + 1;
  return text != NULL ? g_steal_pointer (&text) : g_strdup (lines->pdata[index]);
}

/* ── By a person ── */

typedef struct
{
  char *actor;
  CsBlockState *block;
  char *name;
  char *text;
  char *run;
} Capturing;

static void
capturing_free (gpointer data)
{
  Capturing *self = data;

  g_free (self->actor);
  g_object_unref (self->block);
  g_free (self->name);
  g_free (self->text);
  g_free (self->run);
  g_free (self);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_act_finish (CS_DEPLOYMENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
output_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = g_task_get_source_object (task);
  Capturing *capturing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) output = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  g_autofree char *value = NULL;
  guint line = 0;
  JsonNode *origin;

  if (output != NULL)
    value = find_value (output, capturing->text, &line, &error);
  if (value == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  origin = cs_deployment_body (
    "step", cs_step_get_id (capturing->block->step->step), "block",
    cs_block_get_id (capturing->block->block), "run", capturing->run, "member",
    capturing->block->member, NULL);
  json_object_set_int_member (json_node_get_object (origin), "line", line);
  cs_deployment_record_value_async (self, capturing->actor, capturing->name, value, origin,
                                    g_task_get_cancellable (task), set_cb, g_object_ref (task));
}

/**
 * cs_deployment_capture_async:
 * @actor: who
 * @block: a command, or its state on a member of a fleet, whose newest attempt has ended
 * @name: of a placeholder of the runbook
 * @text: (nullable): a part of one line that it printed; %NULL: the only line
 *
 * Records a value with where it came from. What is captured was printed: the output that is kept is
 * looked through, without escape sequences.
 */
void
cs_deployment_capture_async (CsDeployment *self,
                             const char *actor,
                             CsBlockState *block,
                             const char *name,
                             const char *text,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Capturing *capturing = g_new0 (Capturing, 1);

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  capturing->actor = g_strdup (actor);
  capturing->block = g_object_ref (block);
  capturing->name = g_strdup (name);
  capturing->text = g_strdup (text);
  capturing->run = g_strdup (block->run_id);
  g_task_set_source_tag (task, cs_deployment_capture_async);
  g_task_set_task_data (task, capturing, capturing_free);
  if (block->output == NULL || block->finished == 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED,
                             "The command in line %u has printed nothing that is kept",
                             cs_block_get_line (block->block));
  else
    cs_store_get_blob_async (self->store, block->output, cancellable, output_read_cb,
                             g_object_ref (task));
}

/* ── By itself ── */

/* The placeholder that takes what a command prints when it has passed; NULL: none does. On a fleet
 * each member may print something else, so a person says which counts. */
const char *
cs_deployment_find_captured_name (CsDeployment *self, CsBlockState *block, CsOutcome *outcome)
{
  const char *name = cs_block_get_attribute (block->block, "capture");
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self, NULL);

  if (name == NULL || block->member != NULL || cs_outcome_get_output_digest (outcome) == NULL ||
      cs_outcome_get_output_size (outcome) > CS_CAPTURE_MAX ||
      !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    return NULL;
  return name;
}

/* What stands in the record of a command's end: name, value and line; NULL where it is not clear
 * what is meant, or where it has no business in the record. Then a person is asked. */
JsonObject *
cs_deployment_new_captured (CsDeployment *self, const char *name, GBytes *output)
{
  guint line = 0;
  g_autofree char *value = find_value (output, NULL, &line, NULL);
  JsonObject *object;

  if (value == NULL || cs_deployment_is_secret_value (self, name, value))
    return NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "value", value);
  json_object_set_int_member (object, "line", line);
  return object;
}
