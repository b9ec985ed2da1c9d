/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reason why something may not happen yet, in words. */

#include "cs-gate.h"

#include "cs-error.h"

/**
 * cs_gate_new:
 * @id: which gate
 * @who: (nullable): who can lift it
 * @format: what is missing, as a sentence
 *
 * Returns: (transfer full): the gate
 */
CsGate *
cs_gate_new (const char *id, const char *who, const char *format, ...)
{
  CsGate *self = g_new0 (CsGate, 1);
  va_list args;

  self->id = g_strdup (id);
  self->who = g_strdup (who);
  va_start (args, format);
  self->words = g_strdup_vprintf (format, args);
  va_end (args);
  return self;
}

/** cs_gate_copy: (transfer full): a copy. */
CsGate *
cs_gate_copy (const CsGate *self)
{
  return cs_gate_new (self->id, self->who, "%s", self->words);
}

/** cs_gate_free: frees a gate. */
void
cs_gate_free (CsGate *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->words);
  g_free (self->who);
  g_free (self);
}

/**
 * cs_gates_to_error:
 * @gates: (element-type CsGate): what was found; empty if nothing stands in the way
 *
 * Returns: %TRUE if @gates is empty; else %FALSE with %CS_ERROR_WAITING where a person can lift the
 *   first gate, %CS_ERROR_REFUSED where nobody can
 */
gboolean
cs_gates_to_error (GPtrArray *gates, GError **error)
{
  CsGate *first;

  if (gates->len == 0)
    return TRUE;
  first = g_ptr_array_index (gates, 0);
  g_set_error_literal (error, CS_ERROR, first->who != NULL ? CS_ERROR_WAITING : CS_ERROR_REFUSED,
                       first->words);
  return FALSE;
}
