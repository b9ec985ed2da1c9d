/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the proof. */

#pragma once

#include "cs-audit.h"

G_BEGIN_DECLS

/* Adds findings and notes to the verification. Fails only when it is cancelled. */
void cs_audit_ask_witnesses_async (CsWorkspace *workspace,
                                   CsVerification *verification,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cs_audit_ask_witnesses_finish (GAsyncResult *result, GError **error);

G_END_DECLS
