/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage of a rollout: for whom, for how long, under which conditions. */

#pragma once

#include "cs-cohort.h"
#include "cs-policy.h"

G_BEGIN_DECLS

/**
 * CsStage:
 * @id: `s1`, `s2`…: never given twice for a flag
 * @title: as people call it
 * @soak: microseconds of good watch that it takes before the next stage may begin
 * @guardrails: (array zero-terminated=1) (nullable): ids of the watch's bounds that have to be good
 *   for the next stage; %NULL: all bounds of the watch
 * @needs: (element-type CsPolicyNeed): who has to sign so that this stage may begin
 */
typedef struct
{
  char *id;
  char *title;
  CsCohort *cohort;
  gint64 soak;
  char **guardrails;
  GPtrArray *needs;
} CsStage;

CsStage *cs_stage_new (const char *id, const char *title, const CsCohort *cohort);
CsStage *cs_stage_copy (const CsStage *self);
void cs_stage_free (CsStage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsStage, cs_stage_free)

void cs_stage_require (CsStage *self, const char *role, guint count);

JsonNode *cs_stage_to_json (const CsStage *self);
CsStage *cs_stage_new_from_json (JsonObject *object, GError **error);

G_END_DECLS
