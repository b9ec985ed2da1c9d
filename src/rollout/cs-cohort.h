/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which companies have a feature: exactly as many as was said, and always the same ones. */

#pragma once

#include "cs-company-list.h"

G_BEGIN_DECLS

/** CS_COHORT_WHOLE: the parts of a whole; one of them is 0.001 % */
#define CS_COHORT_WHOLE 100000

/**
 * CsCohortKind:
 * @CS_COHORT_NOBODY: nobody
 * @CS_COHORT_NAMED: those named, and nobody else
 * @CS_COHORT_SHARE: a share of all
 * @CS_COHORT_EVERYONE: all
 */
typedef enum
{
  CS_COHORT_NOBODY,
  CS_COHORT_NAMED,
  CS_COHORT_SHARE,
  CS_COHORT_EVERYONE,
} CsCohortKind;

/**
 * CsCohort:
 * @parts: of %CS_COHORT_WHOLE
 * @by_size: the share is one of all sizes, not of the number of companies
 * @ids: (array zero-terminated=1): who is named, in the order of naming
 */
typedef struct
{
  CsCohortKind kind;
  guint parts;
  gboolean by_size;
  char **ids;
} CsCohort;

/* "nobody", "15,42,103", "12.5 %", "25 % of size", "everyone". INVALID. */
CsCohort *cs_cohort_parse (const char *text, GError **error);
char *cs_cohort_to_string (const CsCohort *self);
CsCohort *cs_cohort_copy (const CsCohort *self);
void cs_cohort_free (CsCohort *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCohort, cs_cohort_free)

/* Exactly ⌈share × n⌉. */
guint cs_cohort_count (guint parts, guint n);

/**
 * CsPins:
 * @in: (array zero-terminated=1) (nullable): who has it in every stage but for nobody
 * @out: (array zero-terminated=1) (nullable): who never has it
 */
typedef struct
{
  const char *const *in;
  const char *const *out;
} CsPins;

/* Who is to have the feature, in the order of joining: members (who has it now, in theirs) stay as
 * long as there is room. The strings are owned by companies. NOT_FOUND: someone who is named is not
 * there; INVALID: someone is pinned in and out. */
GPtrArray *cs_cohort_select (const CsCohort *self,
                             const char *key,
                             CsCompanyList *companies,
                             const CsPins *pins,
                             const char *const *members,
                             GError **error);

G_END_DECLS
