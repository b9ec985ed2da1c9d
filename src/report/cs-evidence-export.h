/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What convinces an auditor of one deployment, in a folder that needs no Countersign. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

typedef void (*CsEvidenceProgress) (guint done, guint total, gpointer user_data);

/* Writes the evidence of a deployment to a folder that is not there yet: see its README.md. It is
 * there as a whole or not at all. progress counts files; may be NULL. */
void cs_evidence_export_async (CsWorkspace *workspace,
                               CsDeployment *deployment,
                               const char *directory,
                               CsEvidenceProgress progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *cs_evidence_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
