/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a program may go on its own, and when it will be done. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

/* Why a person starts this command; NULL: a program may, when its gates are open. */
CsGate *
cs_deployment_dup_person_gate (CsDeployment *self, CsStepState *step, CsBlockState *block);

/**
 * CsForecast:
 * @planned: seconds that the path should take, as far as the runbook says; -1: it says nothing
 * @elapsed: seconds since it was opened, up to its close
 * @left: seconds that the open steps should still take
 * @finish: when it should be over (UTC microseconds); 0: it is, or nobody knows
 * @overrun: seconds by which what is over or under way took longer than planned
 */
typedef struct
{
  gint64 planned;
  gint64 elapsed;
  gint64 left;
  gint64 finish;
  gint64 overrun;
} CsForecast;

void cs_deployment_get_forecast (CsDeployment *self, gint64 now, CsForecast *forecast);

G_END_DECLS
