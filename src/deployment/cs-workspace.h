/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything in one data directory: journal, people, targets, runbooks, deployments. */

#pragma once

#include "cs-deployment.h"
#include "cs-keyring.h"
#include "cs-library.h"
#include "cs-passphrases.h"
#include "cs-targets.h"

G_BEGIN_DECLS

#define CS_TYPE_WORKSPACE (cs_workspace_get_type ())
G_DECLARE_FINAL_TYPE (CsWorkspace, cs_workspace, CS, WORKSPACE, GObject)

char *cs_workspace_dup_path (const char *directory);
/* directory NULL: $XDG_DATA_HOME/countersign. Errors as cs_membership_open_async(). */
void cs_workspace_open_async (const char *directory,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CsWorkspace *cs_workspace_open_finish (GAsyncResult *result, GError **error);

const char *cs_workspace_get_directory (CsWorkspace *self);
char *cs_workspace_dup_state_directory (CsWorkspace *self); /* sockets, spool, known_hosts */
char *cs_workspace_dup_keys_directory (CsWorkspace *self);
CsStore *cs_workspace_get_store (CsWorkspace *self);
CsPeople *cs_workspace_get_people (CsWorkspace *self);
CsPolicies *cs_workspace_get_policies (CsWorkspace *self);
CsTargets *cs_workspace_get_targets (CsWorkspace *self);
CsLocks *cs_workspace_get_locks (CsWorkspace *self);       /* on environments */
CsBreakers *cs_workspace_get_breakers (CsWorkspace *self); /* of the targets */
CsAgentAccess *cs_workspace_get_access (CsWorkspace *self); /* who asks where targets are agents */
CsKeyring *cs_workspace_get_keyring (CsWorkspace *self);   /* secrets of this workspace */
/* Who asks for passphrases; NULL with the error of cs_passphrases_new(). Both belong together. */
CsPassphrases *cs_workspace_get_passphrases (CsWorkspace *self, GError **error);
CsAskpass *cs_workspace_get_askpass (CsWorkspace *self, GError **error);
CsLibrary *cs_workspace_get_library (CsWorkspace *self);
/* CsDeployment, newest first; grows */
GListModel *cs_workspace_get_deployments (CsWorkspace *self);

/* Who acts here: user@host, or $COUNTERSIGN_ACTOR. */
const char *cs_workspace_get_actor (CsWorkspace *self);

/* Adds runbook to the library and opens a deployment of it. */
void cs_workspace_start_async (CsWorkspace *self,
                               CsRunbook *runbook,
                               const char *name,
                               const char *environment,
                               CsTarget *target,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsDeployment *cs_workspace_start_finish (CsWorkspace *self, GAsyncResult *result, GError **error);

/* The deployment with this id, or whose id begins so (at least 4 characters). */
CsDeployment *cs_workspace_find_deployment (CsWorkspace *self, const char *id, GError **error);

/* Before a program ends: targets tidy up, connections and journal are closed. Once. */
void cs_workspace_close_async (CsWorkspace *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cs_workspace_close_finish (CsWorkspace *self, GAsyncResult *result, GError **error);

G_END_DECLS
