/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the people: for the fold, the rules and those who decide. */

#pragma once

#include "cs-decree.h"
#include "cs-person-private.h"

G_BEGIN_DECLS

struct _CsPeople
{
  CsStreamList parent_instance;

  gint64 founded_at; /* when somebody first held a role; 0 */
  char *head;        /* hash of the newest record */
  gint64 latest_at;  /* of all records so far: none counts as older than what it follows */
  GPtrArray *faults;
};

/* Whether this person may decide that; the same question before a decision is signed and when its
 * record is folded. REFUSED, NOT_FOUND, EXISTS, INVALID. */
gboolean cs_people_may_decide (CsPeople *self,
                               const char *by,
                               const char *kind,
                               JsonObject *content,
                               GError **error);
/* Checks signature, key and right of a signed record, and does what it says. */
gboolean cs_people_fold_decision (CsPeople *self, CsRecord *record, GError **error);
gboolean cs_people_is_decision (CsRecord *record);
/* Whether this can name a person. INVALID. */
gboolean cs_people_check_id (const char *id, GError **error);
/* (transfer full): about whom, and one thing more */
JsonObject *cs_people_build_content (const char *id, const char *member, const char *value);
/* Signs and records what the signer may decide; content: transfer full. Finish with
 * cs_people_decide_finish(). */
void cs_people_decide_async (CsPeople *self,
                             const char *kind,
                             JsonObject *content,
                             CsKey *key,
                             CsAskpass *askpass,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* Whether the person whose key this is may; not NULL then. */
CsPerson *cs_people_find_decider (CsPeople *self,
                                  const char *kind,
                                  JsonObject *content,
                                  CsKey *key,
                                  GError **error);
void cs_people_person_changed (CsPeople *self, CsPerson *person);

G_END_DECLS
