/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reason why something may not happen yet, in words. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CsGate:
 * @id: which one; each has a name of its own, by which a ruling may let a deployment pass it:
 *   `phase-order`, `step-order`, `signoff`, `rejected`, `blocker`, `decision`, `window`, `paused`,
 *   `value`, `secret`, `place`, `verdict`, `running`, `interrupted`, `environment`, `closed`…
 * @words: what is missing, as a sentence (English; the faces may translate by id)
 * @who: who can lift it: a role or a person; may be %NULL
 */
typedef struct
{
  char *id;
  char *words;
  char *who;
} CsGate;

CsGate *cs_gate_new (const char *id, const char *who, const char *format, ...) G_GNUC_PRINTF (3, 4);
CsGate *cs_gate_copy (const CsGate *self);
void cs_gate_free (CsGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsGate, cs_gate_free)

/* Turns unmet gates into an error: WAITING if a person can lift the first one, else REFUSED.
 * Returns TRUE if there are none. */
gboolean cs_gates_to_error (GPtrArray *gates, GError **error);

G_END_DECLS
