/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reason why something may not happen yet, in words. */

#include "cs-gate.h"

#include "cs-error.h"

static CsGateTranslator translate = NULL;

/**
 * cs_gate_set_translator:
 * @translator: (nullable): gives a sentence in another language; %NULL: English
 *
 * Says in which language gates speak from now on. Gates are for eyes: no record holds their words.
 */
void
cs_gate_set_translator (CsGateTranslator translator)
{
  translate = translator;
}

/** cs_gate_translate: (transfer none): words of a gate in the language in which gates speak. */
const char *
cs_gate_translate (const char *words)
{
  return translate != NULL ? translate (words) : words;
}

static CsGate *new_valist (const char *id, const char *who, const char *format, va_list args)
  G_GNUC_PRINTF (3, 0);

static CsGate *
new_valist (const char *id, const char *who, const char *format, va_list args)
{
  CsGate *self = g_new0 (CsGate, 1);

  self->id = g_strdup (id);
  self->who = g_strdup (who);
  self->words = g_strdup_vprintf (cs_gate_translate (format), args);
  return self;
}

/**
 * cs_gate_new:
 * @id: which gate
 * @who: (nullable): who can lift it
 * @format: what is missing, as a sentence; po/meson.build names this for translators
 *
 * Returns: (transfer full): the gate
 */
CsGate *
cs_gate_new (const char *id, const char *who, const char *format, ...)
{
  CsGate *self;
  va_list args;

  va_start (args, format);
  self = new_valist (id, who, format, args);
  va_end (args);
  return self;
}

/** cs_gates_new: (transfer full) (element-type CsGate): nothing stands in the way yet. */
GPtrArray *
cs_gates_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cs_gate_free);
}

/**
 * cs_gates_add:
 * @gates: (element-type CsGate): takes the gate
 *
 * As cs_gate_new(), behind the others.
 */
void
cs_gates_add (GPtrArray *gates, const char *id, const char *who, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (gates, new_valist (id, who, format, args));
  va_end (args);
}

/** cs_gate_copy: (transfer full): a copy. */
CsGate *
cs_gate_copy (const CsGate *self)
{
  CsGate *copy = g_new0 (CsGate, 1);

  copy->id = g_strdup (self->id);
  copy->who = g_strdup (self->who);
  copy->words = g_strdup (self->words);
  return copy;
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
 * Returns: %TRUE if @gates is empty; else %FALSE with %CS_ERROR_UNREACHABLE where the first one is
 *   a target that does not answer, %CS_ERROR_WAITING where a person can lift it, %CS_ERROR_REFUSED
 *   where nobody can
 */
gboolean
cs_gates_to_error (GPtrArray *gates, GError **error)
{
  CsGate *first;
  CsError code = CS_ERROR_REFUSED;

  if (gates->len == 0)
    return TRUE;
  first = g_ptr_array_index (gates, 0);
  if (g_str_equal (first->id, "target"))
    code = CS_ERROR_UNREACHABLE;
  else if (first->who != NULL)
    code = CS_ERROR_WAITING;
  g_set_error_literal (error, CS_ERROR, code, first->words);
  return FALSE;
}
