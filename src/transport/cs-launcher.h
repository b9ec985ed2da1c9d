/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes channels to a target: children of this program, or channels of one SSH connection. */

#pragma once

#include "cs-channel.h"
#include "cs-ssh-config.h"
#include "cs-terminal.h"
#include "cs-target.h"

G_BEGIN_DECLS

typedef struct _CsLauncher CsLauncher;

/* config: of an ssh target (transfer full); NULL for local. */
CsLauncher *cs_launcher_new (CsTarget *target,
                             const char *state_directory,
                             CsSshConfig *config,
                             GMainContext *context,
                             GError **error);
void cs_launcher_free (CsLauncher *self);

/* Where runs have their files: NULL for the login's own directory. */
const char *cs_launcher_get_spool (CsLauncher *self);

/* Why a person's answer was wanting, where it was (transfer full); else NULL. */
char *cs_launcher_dup_refusal (CsLauncher *self);

/* The channel that carries all others, where there is one (ssh). Ready when its driver is. */
gboolean cs_launcher_has_master (CsLauncher *self);
CsChannel *cs_launcher_open_master (CsLauncher *self, GError **error);
/* One in a connection of its own, for what can't wait until the first one has room. */
CsChannel *cs_launcher_open_apart (CsLauncher *self, GError **error);
CsChannel *cs_launcher_open_channel (CsLauncher *self, GError **error);

/* A shell in a terminal, in which the run's driver is started; mark: see cs_terminal_spawn(). */
CsTerminal *cs_launcher_open_terminal (CsLauncher *self,
                                       CsRun *run,
                                       const char *mark,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsLauncher, cs_launcher_free)

G_END_DECLS
