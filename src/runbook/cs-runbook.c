/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook as people wrote it, understood: the immutable model of one Markdown document. */

#include "cs-runbook.h"

#include "cs-digest.h"
#include "cs-error.h"
#include "cs-importer.h"
#include "cs-model.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (CsRunbook, cs_runbook, G_TYPE_OBJECT)

static void
clear_passage (gpointer data)
{
  g_free (((CsPassage *) data)->title);
}

static void
cs_runbook_finalize (GObject *object)
{
  CsRunbook *self = CS_RUNBOOK (object);

  g_clear_pointer (&self->source, cs_source_unref);
  g_clear_pointer (&self->overrules, cs_overrules_unref);
  g_free (self->digest);
  g_free (self->title);
  g_clear_pointer (&self->metadata, g_ptr_array_unref);
  g_clear_object (&self->phases);
  g_clear_object (&self->signoffs);
  g_array_unref (self->passages);
  g_array_unref (self->block_lines);
  g_clear_pointer (&self->facts, g_ptr_array_unref);
  G_OBJECT_CLASS (cs_runbook_parent_class)->finalize (object);
}

static void
cs_runbook_class_init (CsRunbookClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_runbook_finalize;
}

static void
cs_runbook_init (CsRunbook *self)
{
  self->phases = cs_items_new (CS_TYPE_PHASE);
  self->signoffs = cs_items_new (CS_TYPE_SIGNOFF);
  self->passages = g_array_new (FALSE, FALSE, sizeof (CsPassage));
  g_array_set_clear_func (self->passages, clear_passage);
  self->block_lines = g_array_new (FALSE, FALSE, sizeof (guint));
}

/**
 * cs_runbook_new_from_bytes:
 * @source: the document as it is stored
 *
 * Reads a document. Bounded in time and memory for any bytes; safe in any thread.
 *
 * Returns: (transfer full) (nullable): the runbook, or %NULL with %CS_ERROR_INVALID if the bytes
 *   are no text or more than %CS_RUNBOOK_MAX_SIZE
 */
CsRunbook *
cs_runbook_new_from_bytes (GBytes *source, GError **error)
{
  return cs_runbook_new_with_overrules (source, NULL, error);
}

/**
 * cs_runbook_new_with_overrules:
 * @source: the document as it is stored
 * @overrules: (nullable): what people decided differently; what they say of lines that hold nothing
 *   of the kind has no effect
 *
 * Reads a document as cs_runbook_new_from_bytes() does, and as people overruled it.
 *
 * Returns: (transfer full) (nullable): the runbook, or %NULL with %CS_ERROR_INVALID
 */
CsRunbook *
cs_runbook_new_with_overrules (GBytes *source, CsOverrules *overrules, GError **error)
{
  g_autoptr (CsSource) decoded = NULL;
  CsRunbook *self;

  g_return_val_if_fail (source != NULL, NULL);

  decoded = cs_source_new (source, error);
  if (decoded == NULL)
    return NULL;
  self = g_object_new (CS_TYPE_RUNBOOK, NULL);
  self->source = g_steal_pointer (&decoded);
  self->overrules = cs_overrules_ref (overrules);
  self->digest = cs_digest_of_bytes (source);
  cs_importer_fill (self);
  return self;
}

/**
 * cs_runbook_get_overrules:
 *
 * Returns: (transfer none) (nullable): what it was read with
 */
CsOverrules *
cs_runbook_get_overrules (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return self->overrules;
}

/**
 * cs_runbook_get_source:
 *
 * Returns: (transfer none): the bytes as they were
 */
GBytes *
cs_runbook_get_source (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return cs_source_get_bytes (self->source);
}

/**
 * cs_runbook_get_digest:
 *
 * Returns: (transfer none): SHA-256 of the source, which names this version
 */
const char *
cs_runbook_get_digest (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return self->digest;
}

/**
 * cs_runbook_get_text:
 *
 * Returns: (transfer none): repaired UTF-8, what people see
 */
const char *
cs_runbook_get_text (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return cs_source_get_text (self->source, NULL);
}

/**
 * cs_runbook_get_title:
 *
 * Returns: (transfer none): the title without emoji; the file's name or "Runbook" if it has none
 */
const char *
cs_runbook_get_title (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return self->title;
}

/**
 * cs_runbook_get_encoding_damage:
 *
 * Returns: (transfer none) (nullable): "cp1252" or "mac_roman" if the text was repaired
 */
const char *
cs_runbook_get_encoding_damage (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  /* Latin-1 is an encoding like any other, and no damage. */
  return g_strcmp0 (cs_source_get_damage (self->source), "latin1") != 0
           ? cs_source_get_damage (self->source)
           : NULL;
}

/**
 * cs_runbook_get_metadata:
 * @key: "Version", "Date"…, as the document writes it; case does not matter
 *
 * Returns: (transfer none) (nullable): what the document says
 */
const char *
cs_runbook_get_metadata (CsRunbook *self, const char *key)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);

  for (guint i = 0; i < self->metadata->len; i += 2)
    {
      if (g_ascii_strcasecmp (g_ptr_array_index (self->metadata, i), key) == 0)
        return g_ptr_array_index (self->metadata, i + 1);
    }
  return NULL;
}

/**
 * cs_runbook_get_phases:
 *
 * Returns: (transfer none): of #CsPhase, in document order
 */
GListModel *
cs_runbook_get_phases (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return G_LIST_MODEL (self->phases);
}

/**
 * cs_runbook_get_signoffs:
 *
 * Returns: (transfer none): of #CsSignoff, in document order
 */
GListModel *
cs_runbook_get_signoffs (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return G_LIST_MODEL (self->signoffs);
}

/**
 * cs_runbook_get_facts:
 *
 * Returns: (transfer none) (element-type CsFact): what the document says beside its steps, and what
 *   a check of it has to say, in document order
 */
GPtrArray *
cs_runbook_get_facts (CsRunbook *self)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return self->facts;
}

/**
 * cs_runbook_find_phase:
 * @id: "2"
 *
 * Returns: (transfer none) (nullable): the phase
 */
CsPhase *
cs_runbook_find_phase (CsRunbook *self, const char *id)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (g_strcmp0 (phase->id, id) == 0)
        return phase;
    }
  return NULL;
}

/**
 * cs_runbook_find_step:
 * @id: "2.3"
 *
 * Returns: (transfer none) (nullable): the step
 */
CsStep *
cs_runbook_find_step (CsRunbook *self, const char *id)
{
  g_autofree char *phase_id = NULL;
  CsPhase *phase;

  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  phase_id = g_strndup (id, strcspn (id, "."));
  phase = cs_runbook_find_phase (self, phase_id);
  if (phase == NULL)
    return NULL;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (strcmp (step->id, id) == 0)
        return step;
    }
  return NULL;
}

/* The lines of a phase, step by step: what lies between them is the phase's own. */
static void
append_phase (CsRunbook *self, CsPhase *phase, GByteArray *out)
{
  guint line = phase->line;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (step->line > line)
        cs_source_append_bytes (self->source, line, step->line - 1, out);
      cs_source_append_bytes (self->source, step->line, step->end_line, out);
      line = step->end_line + 1;
    }
  if (line <= phase->end_line)
    cs_source_append_bytes (self->source, line, phase->end_line, out);
}

/**
 * cs_runbook_rebuild_source:
 *
 * Puts the source together from the nodes of the model, line range by line range.
 *
 * Returns: (transfer full): equal to the source
 */
GBytes *
cs_runbook_rebuild_source (CsRunbook *self)
{
  g_autoptr (GByteArray) out = NULL;
  guint n_phases, next_passage = 0;

  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);

  out = g_byte_array_new ();
  n_phases = g_list_model_get_n_items (G_LIST_MODEL (self->phases));
  for (guint i = 0; i <= n_phases; i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      for (; next_passage < self->passages->len; next_passage++)
        {
          CsPassage *passage = &g_array_index (self->passages, CsPassage, next_passage);

          if (phase != NULL && passage->line > phase->line)
            break;
          cs_source_append_bytes (self->source, passage->line, passage->end_line, out);
        }
      if (phase != NULL)
        append_phase (self, phase, out);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * cs_runbook_dup_lines:
 * @from: first line, from 1
 * @to: last line
 *
 * Returns: (transfer full): the lines of the text, with their ends
 */
char *
cs_runbook_dup_lines (CsRunbook *self, guint from, guint to)
{
  g_return_val_if_fail (CS_IS_RUNBOOK (self), NULL);
  return cs_source_dup_lines (self->source, from, to);
}
