/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample: a small service on this computer and the runbook that deploys it. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

void cs_sample_start_async (CsWorkspace *workspace,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsDeployment *cs_sample_start_finish (GAsyncResult *result, GError **error);

G_END_DECLS
