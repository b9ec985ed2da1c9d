/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may sign: the fold of the stream `people`. */

#pragma once

#include "cs-key.h"
#include "cs-stream-list.h"

G_BEGIN_DECLS

#define CS_PEOPLE_STREAM "people"

#define CS_TYPE_PERSON (cs_person_get_type ())
G_DECLARE_FINAL_TYPE (CsPerson, cs_person, CS, PERSON, GObject)

const char *cs_person_get_id (CsPerson *self); /* the principal: an e-mail address or user name */
const char *cs_person_get_name (CsPerson *self);
char *cs_person_dup_fingerprint (CsPerson *self); /* of the newest key */

/* CsPeople is a GListModel of CsPerson, kept up to date from the store. */
#define CS_TYPE_PEOPLE (cs_people_get_type ())
G_DECLARE_FINAL_TYPE (CsPeople, cs_people, CS, PEOPLE, CsStreamList)

void cs_people_load_async (CsStore *store,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsPeople *cs_people_load_finish (GAsyncResult *result, GError **error);

CsPerson *cs_people_lookup (CsPeople *self, const char *id);
CsPerson *cs_people_lookup_key (CsPeople *self, const char *public_line);

/* Adds a person with a first key, or a key to a person who is there (records person-added,
 * key-added). EXISTS if the key belongs to someone else. */
void cs_people_enrol_async (CsPeople *self,
                            const char *id,
                            const char *name,
                            CsKey *key,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsPerson *cs_people_enrol_finish (CsPeople *self, GAsyncResult *result, GError **error);

/* The text of an allowed_signers file with every key ever known, each with the times between
 * which it was valid. (transfer full) */
char *cs_people_dup_allowed_signers (CsPeople *self);

G_END_DECLS
