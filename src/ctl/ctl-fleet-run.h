/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on a fleet: one line for each member, and what those printed that failed. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

typedef struct
{
  char *batch;
  char *pause;
  char *stop_after;
  gboolean rest;         /* --continue */
  gboolean retry_failed;
  gboolean json;
} CtlFleetRun;

void ctl_fleet_run_clear (CtlFleetRun *self);
/* Whether they fit each other and the deployment. */
gboolean ctl_fleet_run_check (const CtlFleetRun *self, CsDeployment *deployment, GError **error);

/* How it goes through the fleet, and through which part. */
gboolean ctl_fleet_run_set_up (const CtlFleetRun *self,
                               CsDeployment *deployment,
                               CsBatching *batching,
                               CsFleetPart *part,
                               GError **error);
/* Prints what happens on the members, until it is left. */
void ctl_fleet_run_follow (const CtlFleetRun *self, CsBlockState *block);
void ctl_fleet_run_leave (const CtlFleetRun *self, CsBlockState *block);
CtlStatus ctl_fleet_run_tell_end (const CtlFleetRun *self, Ctl *ctl, CsBlockState *block);

CtlStatus ctl_fleet_run (const CtlFleetRun *self,
                         Ctl *ctl,
                         CsDeployment *deployment,
                         CsStepState *step,
                         CsBlockState *block,
                         GCancellable *cancellable);

G_END_DECLS
