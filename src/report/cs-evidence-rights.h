/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who decided and signed in a bundle, held to who might. */

#pragma once

#include "cs-bundle-reader.h"
#include "cs-people.h"
#include "cs-record.h"

G_BEGIN_DECLS

#define CS_EVIDENCE_SIGNERS "allowed_signers"
#define CS_EVIDENCE_ROLES "roles"

typedef struct _CsEvidenceRights CsEvidenceRights;

CsEvidenceRights *cs_evidence_rights_new (GPtrArray *people,
                                          GPtrArray *policies,
                                          GPtrArray *deployment,
                                          GPtrArray *faults);
void cs_evidence_rights_free (CsEvidenceRights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsEvidenceRights, cs_evidence_rights_free)

void cs_evidence_rights_check_files (CsEvidenceRights *self,
                                     CsBundleReader *reader,
                                     GPtrArray *faults);
void cs_evidence_rights_check_watch (CsEvidenceRights *self, GPtrArray *watch, GPtrArray *faults);
guint cs_evidence_rights_get_n_decisions (CsEvidenceRights *self);
gint64 cs_evidence_rights_get_time (CsEvidenceRights *self, CsRecord *record);
gboolean cs_evidence_rights_check_signer (CsEvidenceRights *self,
                                          CsRecord *record,
                                          const char *signature,
                                          GError **error);

/* The words for roles that records use, for the file `roles`. */
void cs_evidence_roles_collect (GHashTable *words, CsRecord *record);
char *cs_evidence_roles_format (GHashTable *words);

G_END_DECLS
