/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the proof. */

#pragma once

#include "cs-audit.h"
#include "cs-record.h"
#include "cs-statement.h"

G_BEGIN_DECLS

/* Adds findings and notes to the verification. Fails only when it is cancelled. */
void cs_audit_ask_witnesses_async (CsWorkspace *workspace,
                                   CsVerification *verification,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cs_audit_ask_witnesses_finish (GAsyncResult *result, GError **error);

/* Whether the record of a signature says what was signed. */
gboolean cs_audit_record_agrees (CsRecord *record, const CsStatement *statement);

G_END_DECLS
