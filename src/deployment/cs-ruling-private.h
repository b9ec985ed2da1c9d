/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of rulings: for the fold, the gates and those who decide. */

#pragma once

#include "cs-deployment-private.h"
#include "cs-ruling.h"

G_BEGIN_DECLS

/**
 * CsRejection:
 * @n: of its record
 * @signature: as it was recorded; unlike the line, it is never replaced
 * @change: (nullable): a later signature of the same person on the same line, which approves
 * @settled: it was withdrawn or overruled
 */
typedef struct
{
  gint64 n;
  CsSignoffState *signature;
  CsSignoffState *change;
  gboolean settled;
} CsRejection;

void cs_rejection_free (CsRejection *self);
gboolean cs_rejection_stands (const CsRejection *self);
CsRejection *cs_deployment_find_rejection (CsDeployment *self, const char *field);
JsonNode *cs_deployment_body_of_block (CsBlockState *block);
gboolean cs_ruling_is_everywhere (const char *gate);

/* Whether this person may decide that now (at: G_MAXINT64) or might then; the same question before
 * a ruling is signed and when its record is folded. REFUSED, NOT_FOUND, INVALID. */
gboolean cs_deployment_may_rule (CsDeployment *self,
                                 CsRulingKind kind,
                                 CsPerson *person,
                                 JsonObject *content,
                                 gint64 at,
                                 GError **error);

G_END_DECLS
