/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evidence of a deployment, checked without a database. */

#pragma once

#include "cs-bundle-reader.h"

G_BEGIN_DECLS

/**
 * CsEvidenceCheck:
 * @faults: (element-type CsEvidenceFault): empty if all is good
 * @n_files: files that the list of sums names
 * @n_records: records that were hashed again
 * @n_signatures: signatures that were checked
 * @n_decisions: signed decisions about people, policies and the deployment
 * @heads: (nullable): the SHA-256 of `HEADS`
 */
typedef struct
{
  GPtrArray *faults;
  guint n_files;
  guint n_records;
  guint n_signatures;
  guint n_decisions;
  char *heads;
} CsEvidenceCheck;

void cs_evidence_check_free (CsEvidenceCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsEvidenceCheck, cs_evidence_check_free)

/* Checks a folder that cs_evidence_export_async() wrote. heads: what the SHA-256 of HEADS was when
 * it was exported, or NULL if nobody knows. */
void cs_evidence_check_async (const char *directory,
                              const char *heads,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CsEvidenceCheck *cs_evidence_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
