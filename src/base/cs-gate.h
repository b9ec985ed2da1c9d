/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reason why something may not happen yet, in words. */

#pragma once

#include <glib-object.h>
#include <glib/gi18n.h>

G_BEGIN_DECLS

/**
 * CsGate:
 * @id: which one; each has a name of its own, by which a ruling may let a deployment pass it:
 *   `phase-order`, `step-order`, `signoff`, `rejected`, `blocker`, `decision`, `window`, `paused`,
 *   `placeholder`, `secret`, `place`, `target`, `lock`, `verdict`, `running`, `interrupted`,
 *   `environment`, `closed`…
 * @words: what is missing, as a sentence in the language of the face
 * @who: who can lift it: a role or a person; may be %NULL
 */
typedef struct
{
  char *id;
  char *words;
  char *who;
} CsGate;

/* Called with the sentence as it stands in the code: gives it in the language of the face. */
typedef const char *(*CsGateTranslator) (const char *format);
void cs_gate_set_translator (CsGateTranslator translator);
const char *cs_gate_translate (const char *words) G_GNUC_FORMAT (1);

CsGate *cs_gate_new (const char *id, const char *who, const char *format, ...) G_GNUC_PRINTF (3, 4);
CsGate *cs_gate_copy (const CsGate *self);
void cs_gate_free (CsGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsGate, cs_gate_free)

GPtrArray *cs_gates_new (void);
void cs_gates_add (GPtrArray *gates, const char *id, const char *who, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

/* Turns unmet gates into an error: WAITING if a person can lift the first one, else REFUSED.
 * Returns TRUE if there are none. */
gboolean cs_gates_to_error (GPtrArray *gates, GError **error);

G_END_DECLS
