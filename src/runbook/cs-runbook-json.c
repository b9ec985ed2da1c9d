/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model as JSON: what `runbook show --json` prints. */

#include "cs-runbook.h"

#include "cs-model.h"

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
set_seconds (JsonObject *object, const char *name, gint64 seconds)
{
  if (seconds >= 0)
    json_object_set_int_member (object, name, seconds);
  else
    json_object_set_null_member (object, name);
}

static void
set_lines (JsonObject *object, guint line, guint end_line)
{
  json_object_set_int_member (object, "line", line);
  json_object_set_int_member (object, "end_line", end_line);
}

/* The marks of one kind; acts go by "kind", what else by its own word. */
static JsonArray *
marks_to_json (CsBlock *block, CsMarkKind from, CsMarkKind to, const char *name_member)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < block->marks->len; i++)
    {
      CsMark *mark = g_ptr_array_index (block->marks, i);
      JsonObject *object;

      if (mark->kind < from || mark->kind > to)
        continue;
      object = json_object_new ();
      json_object_set_int_member (object, "line", mark->line);
      json_object_set_string_member (object, "text", mark->text);
      json_object_set_string_member (object, name_member, mark->name);
      if (from != to)
        json_object_set_string_member (object, "kind", cs_mark_kind_to_string (mark->kind));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* "hard": the command can't run before it has a value; "soft": text that looks like an example. */
static JsonArray *
placeholders_to_json (CsBlock *block)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < block->marks->len; i++)
    {
      CsMark *mark = g_ptr_array_index (block->marks, i);
      JsonObject *object;

      if (mark->kind != CS_MARK_PLACEHOLDER && mark->kind != CS_MARK_EXAMPLE)
        continue;
      object = json_object_new ();
      json_object_set_int_member (object, "line", mark->line);
      json_object_set_string_member (object, "text", mark->text);
      json_object_set_string_member (object, "name", mark->name);
      json_object_set_string_member (object, "certainty",
                                     mark->kind == CS_MARK_PLACEHOLDER ? "hard" : "soft");
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
set_attributes (JsonObject *object, CsBlock *block)
{
  JsonObject *attributes = json_object_new ();
  GHashTableIter iter;
  gpointer name, value;

  if (block->attributes != NULL)
    {
      g_hash_table_iter_init (&iter, block->attributes);
      while (g_hash_table_iter_next (&iter, &name, &value))
        json_object_set_string_member (attributes, name, value);
    }
  json_object_set_object_member (object, "attributes", attributes);
}

/* The parts of a block that is not run in one go; none of any other. */
static JsonArray *
parts_to_json (CsBlock *block)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < cs_block_get_n_parts (block); i++)
    {
      CsBlock *part = cs_block_get_part (block, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", part->id);
      set_lines (object, part->line, part->end_line);
      json_object_set_string_member (object, "text", part->text);
      set_string (object, "condition", part->condition);
      set_string (object, "choice", part->choice);
      set_string (object, "inside", part->inside);
      set_string (object, "target", part->target);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
block_to_json (CsBlock *block)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", block->id);
  json_object_set_string_member (object, "kind", cs_block_kind_to_string (block->kind));
  json_object_set_string_member (object, "reason", cs_block_reason_to_string (block->reason));
  json_object_set_string_member (object, "language", block->language);
  set_lines (object, block->line, block->end_line);
  json_object_set_string_member (object, "text", block->text);
  json_object_set_boolean_member (object, "endless", block->endless);
  json_object_set_boolean_member (object, "interactive", block->interactive);
  json_object_set_boolean_member (object, "destructive", block->destructive);
  set_string (object, "target", block->target);
  set_attributes (object, block);
  json_object_set_array_member (object, "placeholders", placeholders_to_json (block));
  json_object_set_array_member (object, "secrets",
                                marks_to_json (block, CS_MARK_SECRET, CS_MARK_SECRET, "kind"));
  json_object_set_array_member (
    object, "expectations",
    marks_to_json (block, CS_MARK_EXPECTATION, CS_MARK_EXPECTATION, "judge"));
  json_object_set_array_member (object, "acts",
                                marks_to_json (block, CS_MARK_ENDLESS, CS_MARK_CONDITION, "name"));
  set_string (object, "condition", block->condition);
  json_object_set_array_member (object, "parts", parts_to_json (block));
  return object;
}

static JsonObject *
check_to_json (CsCheck *check)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", check->id);
  json_object_set_int_member (object, "line", check->line);
  json_object_set_string_member (object, "text", check->text);
  json_object_set_boolean_member (object, "done", check->done);
  return object;
}

static JsonObject *
step_to_json (CsStep *step)
{
  JsonObject *object = json_object_new ();
  JsonArray *blocks = json_array_new ();
  JsonArray *checks = json_array_new ();

  json_object_set_string_member (object, "id", step->id);
  json_object_set_string_member (object, "title", step->title);
  set_lines (object, step->line, step->end_line);
  set_seconds (object, "estimate_seconds", step->estimate);
  set_string (object, "alternative_of", step->alternative_of);
  set_string (object, "environment", step->environment);
  for (guint i = 0; i < g_list_model_get_n_items (cs_step_get_blocks (step)); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (step), i);

      json_array_add_object_element (blocks, block_to_json (block));
    }
  for (guint i = 0; i < g_list_model_get_n_items (cs_step_get_checks (step)); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (cs_step_get_checks (step), i);

      json_array_add_object_element (checks, check_to_json (check));
    }
  json_object_set_array_member (object, "blocks", blocks);
  json_object_set_array_member (object, "checks", checks);
  return object;
}

static JsonObject *
phase_to_json (CsPhase *phase)
{
  JsonObject *object = json_object_new ();
  JsonArray *steps = json_array_new ();

  json_object_set_string_member (object, "id", phase->id);
  json_object_set_string_member (object, "title", phase->title);
  json_object_set_string_member (object, "kind", cs_phase_kind_to_string (phase->kind));
  set_lines (object, phase->line, phase->end_line);
  set_string (object, "environment", phase->environment);
  set_seconds (object, "estimate_seconds", phase->estimate);
  set_string (object, "alternative_of", phase->alternative_of);
  set_string (object, "goal", phase->goal);
  set_string (object, "risk", phase->risk);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      json_array_add_object_element (steps, step_to_json (step));
    }
  json_object_set_array_member (object, "steps", steps);
  return object;
}

static JsonObject *
signoff_to_json (CsSignoff *signoff)
{
  JsonObject *object = json_object_new ();
  JsonArray *fields = json_array_new ();

  json_object_set_string_member (object, "id", signoff->id);
  json_object_set_int_member (object, "line", signoff->line);
  json_object_set_string_member (object, "role", signoff->role);
  json_object_set_string_member (object, "meaning", signoff->meaning);
  set_string (object, "phase", signoff->phase_id);
  for (char **field = signoff->fields; *field != NULL; field++)
    json_array_add_string_element (fields, *field);
  json_object_set_array_member (object, "fields", fields);
  return object;
}

static void
set_phases_and_signoffs (CsRunbook *self, JsonObject *object)
{
  JsonArray *phases = json_array_new ();
  JsonArray *signoffs = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      json_array_add_object_element (phases, phase_to_json (phase));
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      json_array_add_object_element (signoffs, signoff_to_json (signoff));
    }
  json_object_set_array_member (object, "phases", phases);
  json_object_set_array_member (object, "signoffs", signoffs);
}

/* One list for each kind of fact. Timelines and flags go by what they say, the others also by text.
 */
static void
set_facts (CsRunbook *self, JsonObject *object)
{
  JsonArray *arrays[CS_N_FACT_KINDS];

  for (guint i = 0; i < CS_N_FACT_KINDS; i++)
    arrays[i] = json_array_new ();
  for (guint i = 0; i < self->facts->len; i++)
    {
      CsFact *fact = g_ptr_array_index (self->facts, i);
      JsonObject *member = json_object_new ();

      json_object_set_int_member (member, "line", fact->line);
      cs_fact_write (fact, member);
      json_object_set_string_member (member, fact->kind == CS_FACT_DIAGNOSTIC ? "message" : "raw",
                                     fact->text);
      json_array_add_object_element (arrays[fact->kind], member);
    }
  for (guint i = 0; i < CS_N_FACT_KINDS; i++)
    json_object_set_array_member (object, cs_fact_kind_to_string (i), arrays[i]);
}

/**
 * cs_runbook_to_json:
 *
 * Gives the whole model as JSON: keys in snake_case, lines from 1, durations in seconds.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
cs_runbook_to_json (CsRunbook *self)
{
  JsonObject *object = json_object_new ();
  JsonObject *metadata = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "title", self->title);
  json_object_set_string_member (object, "digest", self->digest);
  set_string (object, "encoding_damage", cs_runbook_get_encoding_damage (self));
  for (guint i = 0; i < self->metadata->len; i += 2)
    json_object_set_string_member (metadata, g_ptr_array_index (self->metadata, i),
                                   g_ptr_array_index (self->metadata, i + 1));
  json_object_set_object_member (object, "metadata", metadata);
  set_phases_and_signoffs (self, object);
  set_facts (self, object);
  json_node_take_object (node, object);
  return node;
}
