/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of CsFlag share. */

#pragma once

#include "cs-flag.h"

G_BEGIN_DECLS

/** CsFlagFormer: where a step back leads to */
typedef struct
{
  char *stage; /* NULL: off */
  char *state; /* digest; NULL: nobody */
  guint n;
} CsFlagFormer;

struct _CsFlag
{
  GObject parent_instance;

  CsStore *store;
  CsPeople *people;
  char *key;
  char *stream;
  char *head;
  gint64 n_records;
  char *description;
  char *owner;
  char *environment;
  JsonObject *provider;
  GPtrArray *stages;
  guint last_stage; /* the number of the newest id */
  CsPins pins;
  char **pinned_in;
  char **pinned_out;

  char *stage;   /* id; NULL: off */
  gint64 since;
  char *members; /* digest of the state */
  guint n_members;
  GPtrArray *formers; /* of CsFlagFormer; the last one is next */
  CsFlagChange *change;
  CsFlagSchedule *schedule;
  char *trouble;
  char *drift;
  char *drift_state;
  GPtrArray *ballots;
  GPtrArray *overrides;
  GPtrArray *changes;
  gulong appended_handler;
};

gboolean cs_flag_fold (CsFlag *self, CsRecord *record);
/* Takes the members of definition that are there; ids are given to stages that have none. */
gboolean cs_flag_define (CsFlag *self, JsonObject *definition, GError **error);
void cs_flag_change_free (CsFlagChange *self);
void cs_flag_schedule_free (CsFlagSchedule *self);
gboolean cs_flag_fold_scheduled (CsFlag *self, CsRecord *record);
gboolean cs_flag_fold_unscheduled (CsFlag *self, CsRecord *record);
gboolean cs_flag_fold_suspended (CsFlag *self, CsRecord *record);
/* Suspends what is planned if this record is about what it rests on, or ends it. */
void cs_flag_heed_schedule (CsFlag *self, CsRecord *record);
void cs_flag_heed_ballot (CsFlag *self, const CsFlagBallot *ballot);
void cs_flag_ballot_free (CsFlagBallot *self);
void cs_flag_override_free (CsFlagOverride *self);
void cs_flag_former_free (CsFlagFormer *self);

/* Appends one record at the end that is folded; for the rollout. blobs: digests, NULL-terminated,
 * or NULL. */
void cs_flag_append_async (CsFlag *self,
                           const char *actor,
                           const char *kind,
                           JsonNode *body,
                           const char *const *blobs,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cs_flag_append_finish (CsFlag *self, GAsyncResult *result, GError **error);

G_END_DECLS
