/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rollout is like, in words. */

#pragma once

#include "cs-rollout-entry.h"
#include "cs-states.h"

G_BEGIN_DECLS

/* companies: whose names are said; may be NULL */
char *cs_rollout_words_cohort (const CsCohort *cohort, CsCompanyList *companies);
char *cs_rollout_words_company (CsCompanyList *companies, const char *id);
char *cs_rollout_words_count (CsFlagState *state, CsCompanyList *companies);
char *cs_rollout_words_duration (gint64 micros);
/* For whom a stage is, how long it is watched, and who signs for it. */
char *cs_rollout_words_plan (const CsStage *stage, CsCompanyList *companies);
char *cs_rollout_words_soak (CsRollout *rollout);   /* NULL: nothing is to soak */
char *cs_rollout_words_stage (CsFlag *flag);        /* "Stage 1 of 3: Test companies" */
char *cs_rollout_words_waiting (CsRolloutEntry *entry, CsStatus *status);
char *cs_rollout_words_schedule (CsFlag *flag);     /* what is planned for a time */
const char *cs_rollout_words_act (CsFlagAct act);   /* "Switched off everywhere" */
const char *cs_rollout_words_provider (const char *kind);
char *cs_rollout_words_place (CsFlag *flag);        /* "web:/srv/shop/.env" */

G_END_DECLS
