/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone decided about what stands in the way of a deployment: signed, with a reason. */

#pragma once

#include "cs-gate.h"

G_BEGIN_DECLS

/**
 * CsRulingKind:
 * @CS_RULING_WITHDRAWN: who rejected takes that back
 * @CS_RULING_OVERRULED: someone with the right to it sets a rejection of someone else aside
 * @CS_RULING_OVERRIDDEN: someone with the right to it lets the deployment go on past a gate
 * @CS_RULING_PASSED: someone marks a command as passed although it failed
 */
typedef enum
{
  CS_RULING_WITHDRAWN,
  CS_RULING_OVERRULED,
  CS_RULING_OVERRIDDEN,
  CS_RULING_PASSED,
} CsRulingKind;

/**
 * CsRuling:
 * @n: of its record in the stream of the deployment
 * @at: when it was recorded (UTC microseconds)
 * @by: who decided: a person's id
 * @name: what people call them
 * @role: (nullable): in which role; %NULL for one who takes back the own rejection, and where
 *   nobody holds a role
 * @reason: why, maybe empty for that one
 * @own: it is about a deployment that @by opened or has run commands of
 * @field: (nullable): the line whose rejection it is about
 * @rejection: the n of the record of that rejection; -1
 * @gate: (nullable): the id of the gate that is overridden
 * @step: (nullable): the id of the step for which it is; %NULL: for all of the deployment
 * @words: (nullable): what the gate said when it was overridden
 * @block: (nullable): the id of the command that is marked as passed
 * @member: (nullable): on which member of a fleet
 */
typedef struct
{
  CsRulingKind kind;
  gint64 n;
  gint64 at;
  char *by;
  char *name;
  char *role;
  char *reason;
  gboolean own;
  char *field;
  gint64 rejection;
  char *gate;
  char *step;
  char *words;
  char *block;
  char *member;
} CsRuling;

void cs_ruling_free (CsRuling *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRuling, cs_ruling_free)

const char *cs_ruling_kind_to_string (CsRulingKind kind); /* the kind of its record */
gboolean cs_ruling_kind_from_string (const char *text, CsRulingKind *kind);
char *cs_ruling_dup_words (const CsRuling *self); /* a sentence */

/* Whether a gate can be overridden at all. One that waits for something to end, for a value or for
 * a signature can't. */
gboolean cs_gate_can_be_overridden (const CsGate *gate);

G_END_DECLS
