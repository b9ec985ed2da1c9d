/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command on its way through a fleet, batch by batch. */

#pragma once

#include "cs-deployment-private.h"

G_BEGIN_DECLS

typedef struct _CsDrive CsDrive;

/* Finishes with cs_deployment_run_block_finish(). */
void cs_drive_start (CsDeployment *self,
                     const char *actor,
                     CsBlockState *block,
                     CsFleetPart part,
                     const CsBatching *batching,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
/* Starts no other member; those that run are ended, too, if stopping. */
void cs_drive_end (CsDrive *self, gboolean stopping);

G_END_DECLS
