/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command gets, and how it reads its arguments, waits and ends. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

/**
 * CtlStatus: exit statuses
 * @CTL_DONE: done
 * @CTL_NO: done, and the answer is no: a step failed, something does not verify
 * @CTL_USAGE: wrong usage or bad input
 * @CTL_WAITING: a person has to act first
 * @CTL_UNREACHABLE: target or server not reached
 * @CTL_REFUSED: a gate, a policy or authentication forbids it
 */
typedef enum
{
  CTL_DONE = 0,
  CTL_NO = 1,
  CTL_USAGE = 2,
  CTL_WAITING = 3,
  CTL_UNREACHABLE = 4,
  CTL_REFUSED = 5,
} CtlStatus;

typedef struct
{
  char *data_dir;
  CsWorkspace *workspace;
} Ctl;

typedef CtlStatus (*CtlFunc) (Ctl *ctl, char **arguments);

typedef struct
{
  const char *group;
  const char *name;
  const char *usage; /* the arguments, as --help prints them */
  const char *summary;
  CtlFunc run;
} CtlCommand;

/* Reads options (all G_OPTION_ARG_FILENAME or _NONE; text unless described as FILE or DIR) and puts
 * the words that are left, between min and max, into words (transfer full). */
gboolean ctl_parse (Ctl *ctl,
                    char **arguments,
                    const GOptionEntry *entries,
                    guint min,
                    guint max,
                    char ***words,
                    GError **error);
gboolean ctl_require (const char *value, const char *option, GError **error);

char *ctl_dup_directory (Ctl *ctl); /* the data directory, whether it exists or not */
gboolean ctl_open (Ctl *ctl, GError **error);
CsDeployment *ctl_open_deployment (Ctl *ctl, const char *id, GError **error);

/* A GAsyncReadyCallback whose user_data is a GAsyncResult**, and the loop that waits for it. */
void ctl_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *ctl_wait (GAsyncResult **result);

/* Says what went wrong; gives the exit status for it. */
CtlStatus ctl_fail (const GError *error);

G_END_DECLS
