/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is to be called how long after an alarm, as the runbook says. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/** CsEscalationLevel: times in microseconds after the alarm */
typedef struct
{
  char *name;      /* as written */
  gint64 from;
  gint64 until;    /* G_MAXINT64: from then on */
  GPtrArray *contacts; /* of char*: whom, and how they are reached */
} CsEscalationLevel;

/* The levels of a runbook that have a time, the first one first (transfer full); empty if it names
 * none. */
GPtrArray *cs_escalation_find (CsRunbook *runbook);
/* The level at a time after the alarm; before the first one, the first; NULL if there are none. */
const CsEscalationLevel *cs_escalation_get_level (GPtrArray *levels, gint64 elapsed);

G_END_DECLS
