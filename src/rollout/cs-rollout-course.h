/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of one change: which step comes next, and which when one has failed. */

#pragma once

#include "cs-flag-provider.h"
#include "cs-rollout-plan.h"
#include "cs-run-lock.h"

G_BEGIN_DECLS

/** CsRolloutStep: what is being waited for */
typedef enum
{
  CS_COURSE_GIVE_UP,  /* the record that a change that was interrupted is given up */
  CS_COURSE_PUT_FROM, /* the blobs */
  CS_COURSE_PUT_TO,
  CS_COURSE_BEGIN, /* the record */
  CS_COURSE_READ,  /* the provider, from here on */
  CS_COURSE_APPLY,
  CS_COURSE_VERIFY,
  CS_COURSE_UNDO_READ,
  CS_COURSE_UNDO_APPLY,
  CS_COURSE_UNDO_VERIFY,
  CS_COURSE_END, /* the record */
} CsRolloutStep;

/** CsRolloutCourse: of a change that is under way */
typedef struct
{
  CsRolloutPlan *plan;
  char *actor;
  char *reason;
  char *id;
  char *schedule; /* NULL: it was not planned for a time */
  CsRunLock *lock;
  CsFlagReading *reading;
  CsRolloutStep step;
  guint tries;
  gboolean settling; /* the change was begun by a program that died */
  GError *problem;
} CsRolloutCourse;

void cs_rollout_course_free (CsRolloutCourse *self);

/* Takes what the provider has answered to the step, and goes on to the next one; an error goes to
 * cs_rollout_course_fail() then. */
void cs_rollout_course_answer (CsRolloutCourse *self,
                               CsFlagProvider *provider,
                               GAsyncResult *result,
                               GError **error);
/* What is to be done about a failure (transfer full) depends on what can have been written. */
void cs_rollout_course_fail (CsRolloutCourse *self, GError *problem);
/* The kind of the record that ends it. */
const char *cs_rollout_course_get_end (const CsRolloutCourse *self);

G_END_DECLS
