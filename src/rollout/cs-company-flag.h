/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one flag is for one company: whether it has the feature, why, since when, and by whom. */

#pragma once

#include "cs-flag.h"

G_BEGIN_DECLS

/**
 * CsCompanyCause: why a company has a feature or not
 * @CS_COMPANY_FLAG_OFF: the flag is off
 * @CS_COMPANY_OUTSIDE: the stage is for others
 * @CS_COMPANY_PINNED_OUT: it is pinned out
 * @CS_COMPANY_PINNED_IN: it is pinned in
 * @CS_COMPANY_NAMED: the stage names it
 * @CS_COMPANY_SHARE: it is in the share that the stage is for
 * @CS_COMPANY_EVERYONE: the stage is for everyone
 * @CS_COMPANY_ADOPTED: somebody changed it by hand, and that was recorded as right
 * @CS_COMPANY_BEFORE: it got it before the stage was changed, which is not for it any more
 */
typedef enum
{
  CS_COMPANY_FLAG_OFF,
  CS_COMPANY_OUTSIDE,
  CS_COMPANY_PINNED_OUT,
  CS_COMPANY_PINNED_IN,
  CS_COMPANY_NAMED,
  CS_COMPANY_SHARE,
  CS_COMPANY_EVERYONE,
  CS_COMPANY_ADOPTED,
  CS_COMPANY_BEFORE,
} CsCompanyCause;

const char *cs_company_cause_to_string (CsCompanyCause cause); /* "off", "outside", … */

/**
 * CsCompanyFlag: as recorded; what is there may differ as long as the flag has a drift or trouble
 * @flag: which flag
 * @on: whether the company has the feature
 * @pinned: 1: pinned in, -1: pinned out, 0: neither. Where it is not as @on says, it counts from
 *   the next promotion on
 * @change: (nullable): what made it so, owned by @flag; %NULL: it never was otherwise
 * @changes: (element-type CsFlagChange): those that switched it for the company, the newest first,
 *   owned by @flag: the first one of them, or all if its history was asked for
 * @stage: (nullable): the stage that the flag is in, owned by this
 * @signed_by: (element-type utf8): ids of those who had signed that change
 * @overrides: (element-type CsFlagOverride): what let that change pass gates, owned by @flag
 */
typedef struct
{
  CsFlag *flag;
  gboolean on;
  CsCompanyCause cause;
  int pinned;
  const CsFlagChange *change;
  GPtrArray *changes;
  CsStage *stage;
  GPtrArray *signed_by;
  GPtrArray *overrides;
} CsCompanyFlag;

void cs_company_flag_free (CsCompanyFlag *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCompanyFlag, cs_company_flag_free)

/* What a flag is for the company with this id, whether it is listed or not. CORRUPT. */
void cs_company_flag_find_async (CsFlag *flag,
                                 const char *company,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* The same, with all changes that switched it for the company. */
void cs_company_flag_find_history_async (CsFlag *flag,
                                         const char *company,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
CsCompanyFlag *cs_company_flag_find_finish (CsFlag *flag, GAsyncResult *result, GError **error);

G_END_DECLS
