/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for the placeholders of a runbook: one name has one value in a deployment. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-secret-references.h"
#include "cs-substitution.h"

#include <string.h>

/** MAX_VALUE: bytes; a value is for a command line, not for a file */
#define MAX_VALUE (128 * 1024)

static void
add_name (GPtrArray *names, const char *name)
{
  if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

static void
add_placeholders (GPtrArray *names, CsBlock *block)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; cs_block_get_kind (block) == CS_BLOCK_COMMAND && i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);

      if (mark->kind == CS_MARK_PLACEHOLDER)
        add_name (names, mark->name);
    }
}

/* Where it is to be run is said like a value: with the name of the target. */
static void
add_names (CsDeployment *self, GPtrArray *names, CsBlock *block)
{
  g_autofree char *place = cs_deployment_dup_place_name (self, block);

  add_placeholders (names, block);
  add_name (names, place);
}

static void
add_names_of_phases (CsDeployment *self, GPtrArray *names, GListStore *phases)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (phases), i);
      GListModel *steps = G_LIST_MODEL (phase->steps);

      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStepState) step = g_list_model_get_item (steps, k);
          GListModel *blocks = G_LIST_MODEL (step->blocks);

          for (guint m = 0; m < g_list_model_get_n_items (blocks); m++)
            {
              g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, m);

              add_names (self, names, block->block);
            }
        }
    }
}

/**
 * cs_deployment_list_value_names:
 * @block: (nullable): a block of the runbook; %NULL for all of its commands
 *
 * Returns: (transfer full) (element-type utf8): the names of placeholders, and what is to be said
 *   of where commands run, each once, in the order in which the path comes to them, then those of
 *   rollbacks and reference chapters
 */
GPtrArray *
cs_deployment_list_value_names (CsDeployment *self, CsBlock *block)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), names);

  if (block != NULL)
    {
      add_names (self, names, block);
      return names;
    }
  add_names_of_phases (self, names, self->phases);
  add_names_of_phases (self, names, self->rollbacks);
  add_names_of_phases (self, names, self->references);
  return names;
}

/**
 * cs_deployment_get_value:
 * @name: of a placeholder
 *
 * Returns: (transfer none) (nullable): its value; %NULL while it has none
 */
const char *
cs_deployment_get_value (CsDeployment *self, const char *name)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return g_hash_table_lookup (self->values, name);
}

/**
 * cs_deployment_dup_command:
 * @block: a command block of the runbook
 *
 * Returns: (transfer full): what would be sent now: the command with the values that are there,
 *   each as data for where it stands; %NULL with %CS_ERROR_INVALID where one can't be put in
 */
char *
cs_deployment_dup_command (CsDeployment *self, CsBlock *block, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *marks = cs_block_get_marks (block);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);
      const char *value = mark->kind == CS_MARK_PLACEHOLDER
                            ? g_hash_table_lookup (self->values, mark->name)
                            : NULL;

      if (value != NULL)
        g_hash_table_insert (values, mark->text, (gpointer) value);
    }
  return cs_substitution_apply (cs_block_get_text (block), values, error);
}

/* The texts that values of a command stand for: by which value plays no part where only the way of
 * values is followed. */
static GHashTable *
list_places (CsBlock *block)
{
  GHashTable *places = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);

      if (mark->kind == CS_MARK_PLACEHOLDER)
        g_hash_table_insert (places, mark->text, (gpointer) "x");
    }
  return places;
}

/* A command was started: from now on its variables may hold what was put into it. */
void
cs_deployment_follow_values (CsDeployment *self, CsBlock *block)
{
  g_autoptr (GHashTable) places = list_places (block);

  if (g_hash_table_size (places) > 0 || g_hash_table_size (self->holders) > 0)
    cs_substitution_add_holders (cs_block_get_text (block), places, self->holders);
}

/* What earlier commands left at a place, of what may hold a value that a person gave. */
static GHashTable *
list_carried (CsDeployment *self, CsSite *site)
{
  GHashTable *carried = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, site->variables);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (value != NULL && g_hash_table_contains (self->holders, name))
        g_hash_table_insert (carried, name, value);
    }
  return carried;
}

/* Values stay data also where a variable brings them from an earlier command, wherever this one may
 * be sent. */
static gboolean
check_carried (CsDeployment *self, CsBlock *block, GError **error)
{
  g_autoptr (GHashTable) places = NULL;
  GHashTableIter iter;
  CsSite *site;

  if (g_hash_table_size (self->holders) == 0)
    return TRUE;
  places = list_places (block);
  g_hash_table_iter_init (&iter, self->sites);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &site))
    {
      g_autoptr (GHashTable) carried = list_carried (self, site);

      if (!cs_substitution_check_carried (cs_block_get_text (block), places, carried, error))
        return FALSE;
    }
  return TRUE;
}

/* The values that a command uses now, for its record; NULL if it has no placeholders. */
JsonNode *
cs_deployment_list_used_values (CsDeployment *self, CsBlock *block)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self, block);
  JsonNode *node = NULL;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *value = g_hash_table_lookup (self->values, name);

      if (value == NULL)
        continue;
      if (node == NULL)
        node = cs_deployment_body (name, value, NULL);
      else
        json_object_set_string_member (json_node_get_object (node), name, value);
    }
  return node;
}

/* A command can't run before each of its placeholders has a value that can stand there, and while
 * it would read as commands what an earlier one left. */
void
cs_deployment_add_value_gates (CsDeployment *self, CsBlock *block, GPtrArray *gates)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  gboolean missing = FALSE;

  add_placeholders (names, block);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (g_hash_table_contains (self->values, name))
        continue;
      missing = TRUE;
      cs_gates_add (gates, "placeholder", self->operator, "The command needs a value for %s", name);
    }
  if (missing)
    return;
  if (names->len > 0)
    command = cs_deployment_dup_command (self, block, &error);
  if (error == NULL)
    check_carried (self, block, &error);
  if (error != NULL)
    cs_gates_add (gates, "value", self->operator, "%s", error->message);
}

static gboolean
uses_name (CsDeployment *self, CsBlock *block, const char *name)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self, block);

  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

/* Whether a command is not sent any more, with whatever value. One that failed, or runs and may
 * fail, is sent again; members of a fleet may be still to come; and a stream is started anew. */
static gboolean
is_done_with (CsDeployment *self, CsBlock *block)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    {
      CsBlockState *state = cs_step_state_find_block (step, block);

      if (state != NULL)
        return state->status == CS_STATUS_PASSED && !cs_block_get_endless (block);
    }
  return FALSE;
}

/* An approval was given for commands with the values that they had; one that has not passed yet and
 * has another value now has to be approved again. A rejection stands. */
static void
lapse_signoffs (CsDeployment *self, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);
      g_autoptr (GPtrArray) released = cs_deployment_list_released (self, signoff);

      for (guint k = 0; signoff->approve && signoff->lapsed == NULL && k < released->len; k++)
        {
          CsBlock *block = g_ptr_array_index (released, k);

          if (!uses_name (self, block, name) || is_done_with (self, block))
            continue;
          signoff->lapsed = g_strdup_printf ("%s changed after this was signed", name);
          cs_signoff_state_set_verified (signoff, CS_VERIFIED_UNKNOWN, NULL);
        }
    }
}

void
cs_deployment_fold_value (CsDeployment *self, CsRecord *record, JsonObject *body, gboolean set)
{
  const char *name = cs_json_get_string (body, "name");
  const char *value = cs_json_get_string (body, "value");
  CsValueSource *source;

  if (name == NULL || (set && value == NULL))
    return;
  lapse_signoffs (self, name);
  if (set)
    g_hash_table_replace (self->values, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (self->values, name);
  source = set ? cs_value_source_new (record, body) : NULL;
  if (source != NULL)
    g_hash_table_replace (self->value_sources, g_strdup (name), source);
  else
    g_hash_table_remove (self->value_sources, name);
}

static void
add_name_gates (CsDeployment *self, const char *name, const char *value, GPtrArray *gates)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self, NULL);
  const char *present = g_hash_table_lookup (self->values, name);

  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    cs_gates_add (gates, "name", NULL, "No command of the runbook asks for a value named %s", name);
  else if (g_strcmp0 (present, value) == 0)
    g_ptr_array_add (gates, cs_gate_new ("same", NULL,
                                         present != NULL ? N_("%s has this value already")
                                                         : N_("%s has no value"),
                                         name));
}

/* Values stand in the record for ever, and in what is sent as everyone reads it. */
gboolean
cs_deployment_is_secret_value (CsDeployment *self, const char *name, const char *value)
{
  static const char *const harmless[] = { "_FILE", "_PATH", "_DIR", "_ID", "_NAME", "_URL" };
  g_autofree char *upper = g_ascii_strup (name, -1);

  g_strdelimit (upper, " -.", '_');
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (g_str_has_suffix (upper, harmless[i]))
      return cs_deployment_holds_secret (self, value);
  return *value != '\0' &&
         (cs_deployment_looks_secret (upper) || cs_deployment_holds_secret (self, value));
}

static void
add_origin (JsonNode *body, JsonNode *origin)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, json_node_get_object (origin));
  while (json_object_iter_next (&iter, &name, &value))
    json_object_set_member (json_node_get_object (body), name, json_node_copy (value));
}

/**
 * cs_deployment_set_value_async:
 * @actor: who
 * @name: of a placeholder of the runbook
 * @value: (nullable): what stands for it from now on, any text, also an empty one; %NULL to take
 *   the value back
 *
 * Records a value, `value-set` or `value-cleared`. Commands that have been started keep what they
 * were started with. Finish with cs_deployment_act_finish(); %CS_ERROR_INVALID if the value is no
 * UTF-8 or longer than 128 KiB, %CS_ERROR_REFUSED if it is a secret: a value stands in the record
 * and in what is signed, so a secret has to come from the keyring.
 */
void
cs_deployment_set_value_async (CsDeployment *self,
                               const char *actor,
                               const char *name,
                               const char *value,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  cs_deployment_record_value_async (self, actor, name, value, NULL, cancellable, callback,
                                    user_data);
}

void
cs_deployment_record_value_async (CsDeployment *self,
                                  const char *actor,
                                  const char *name,
                                  const char *value,
                                  JsonNode *origin,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_gates_new ();
  g_autoptr (JsonNode) owned_origin = origin;
  JsonNode *body;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  if (!g_utf8_validate (name, -1, NULL) ||
      (value != NULL && (strlen (value) > MAX_VALUE || !g_utf8_validate (value, -1, NULL))))
    {
      g_task_report_new_error (self, callback, user_data, cs_deployment_set_value_async, CS_ERROR,
                               CS_ERROR_INVALID,
                               "A value is text in UTF-8 of at most %d KiB; this one is not",
                               MAX_VALUE / 1024);
      return;
    }
  if (value != NULL && cs_deployment_is_secret_value (self, name, value))
    {
      g_task_report_new_error (self, callback, user_data, cs_deployment_set_value_async, CS_ERROR,
                               CS_ERROR_REFUSED,
                               "What %s stands for looks like a secret, and values are recorded: "
                               "move it to the keyring and let the runbook refer to it as "
                               "$" CS_SECRET_PREFIX "NAME",
                               name);
      return;
    }
  add_name_gates (self, name, value, gates);
  body = cs_deployment_body ("name", name, "value", value, NULL);
  if (origin != NULL)
    add_origin (body, origin);
  cs_deployment_act_async (self, gates, actor, value != NULL ? "value-set" : "value-cleared", body,
                           cancellable, callback, user_data);
}
