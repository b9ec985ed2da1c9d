/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole proof: chains, blobs and every signature. */

#pragma once

#include "cs-verification.h"
#include "cs-workspace.h"

G_BEGIN_DECLS

/* cs_verification_run_async(), and then each signature in each deployment: that it is the signer's,
 * over that runbook, that head and that manifest, with a key valid then; and what the agents that
 * were to run it remember of it. */
void cs_audit_verify_async (CsWorkspace *workspace,
                            CsVerificationProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsVerification *cs_audit_verify_finish (GAsyncResult *result, GError **error);

G_END_DECLS
