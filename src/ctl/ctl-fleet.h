/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fleets on the command line: made from options, and shown. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

typedef struct
{
  const char *names;   /* with commas */
  const char *members; /* path of a file */
  const char *batch;
  const char *pause;
  const char *stop_after;
} CtlFleetOptions;

CsTarget *ctl_fleet_new (const char *name,
                         const CtlFleetOptions *options,
                         const char *environment,
                         GError **error);

/* How commands go through it, and its members, one a line. */
void ctl_fleet_print (CsTarget *fleet);

/* A target, or by FLEET/MEMBER what a member of a fleet is (transfer full). NOT_FOUND. */
CsTarget *ctl_fleet_find (Ctl *ctl, const char *word, GError **error);

/* Tries each member; the worst status of all. */
CtlStatus ctl_fleet_test (Ctl *ctl, CsTarget *fleet);

G_END_DECLS
