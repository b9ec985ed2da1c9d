/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command on one target, from the record of its start to the record of its end. */

#pragma once

#include "cs-deployment-private.h"

G_BEGIN_DECLS

/* block: of the deployment's one target, or of a member. text: what is sent to a member; NULL: the
 * command with the values of now. The gates of a member are asked by who goes through the fleet.
 * Cancelling ends the waiting for the connection. */
void cs_runner_run_async (CsDeployment *self,
                          const char *actor,
                          CsBlockState *block,
                          const char *text,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* Asks the target how the block's newest run ended, and records what it says. */
void cs_runner_recover_async (CsDeployment *self,
                              const char *actor,
                              CsBlockState *block,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_runner_finish (CsDeployment *self, GAsyncResult *result, GError **error);

G_END_DECLS
