/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may sign: the fold of the stream `people`. */

#pragma once

#include "cs-key.h"
#include "cs-stream-list.h"

G_BEGIN_DECLS

#define CS_PEOPLE_STREAM "people"

/**
 * CsPersonKey:
 * @added_by: (nullable): id of who signed for it; %NULL: nobody, it came with its owner
 * @retired_at: 0 while it is valid; what it signed before that moment still verifies
 * @retired_by: (nullable): id of who decided that
 * @reason: (nullable): why it was retired
 *
 * Times in UTC microseconds.
 */
typedef struct
{
  char *public_line;
  char *fingerprint;
  gint64 added_at;
  char *added_by;
  gint64 retired_at;
  char *retired_by;
  char *reason;
} CsPersonKey;

/**
 * CsPersonRole:
 * @words: as it was granted
 * @to: 0 while it is held
 * @granted_by: id of the manager who granted it
 * @taken_by: (nullable): id of who took it
 *
 * Times in UTC microseconds.
 */
typedef struct
{
  char *words;
  gint64 from;
  char *granted_by;
  gint64 to;
  char *taken_by;
} CsPersonRole;

/** CsPeopleFault: a record @n of the stream that counts for nothing, and why */
typedef struct
{
  gint64 n;
  char *words;
} CsPeopleFault;

#define CS_TYPE_PERSON (cs_person_get_type ())
G_DECLARE_FINAL_TYPE (CsPerson, cs_person, CS, PERSON, GObject)

const char *cs_person_get_id (CsPerson *self); /* the principal: an e-mail address or user name */
const char *cs_person_get_name (CsPerson *self);
char *cs_person_dup_fingerprint (CsPerson *self); /* of the newest key */
guint cs_person_get_n_keys (CsPerson *self);
const CsPersonKey *cs_person_get_key (CsPerson *self, guint index); /* oldest first */
gboolean cs_person_check_key (CsPerson *self, const char *fingerprint, gint64 at, GError **error);
/* Roles, in any spelling; at G_MAXINT64: now. */
gboolean cs_person_held_role (CsPerson *self, const char *role, gint64 at);
char **cs_person_list_roles (CsPerson *self, gint64 at);
guint cs_person_get_n_roles (CsPerson *self); /* with those taken */
const CsPersonRole *cs_person_get_role (CsPerson *self, guint index);

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
CsPerson *cs_people_find_signer (CsPeople *self, CsKey *key, GError **error);

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

/* Whether somebody holds a role. Until then there are no rules: whoever has a key may sign any
 * line, and keys come without a signature. The first manager is whoever first grants that role to
 * themselves; from then on it needs a manager. 0: nobody yet. */
gint64 cs_people_get_founded_at (CsPeople *self);
gboolean cs_people_is_governed (CsPeople *self, gint64 at);
/* CsPeopleFault: what is in the stream and was not done by someone who may. (transfer none) */
GPtrArray *cs_people_get_faults (CsPeople *self);

/* Decisions, each signed with key by the person whose it is; cs_people_decide_finish() says
 * REFUSED if that person may not, AUTH if the key could not be used, CONFLICT if someone else was
 * first. */
void cs_people_grant_async (CsPeople *self,
                            const char *id,
                            const char *role,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void cs_people_take_async (CsPeople *self,
                           const char *id,
                           const char *role,
                           CsKey *key,
                           CsAskpass *askpass,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* Someone who is not here: a manager answers for it that the key is theirs. */
void cs_people_add_person_async (CsPeople *self,
                                 const char *id,
                                 const char *name,
                                 const char *public_line,
                                 CsKey *key,
                                 CsAskpass *askpass,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* One more key for someone who is known. Who adds one for themselves proves it; for somebody else a
 * manager answers for it. */
void cs_people_add_key_async (CsPeople *self,
                              const char *id,
                              CsKey *added,
                              CsKey *key,
                              CsAskpass *askpass,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
void cs_people_retire_key_async (CsPeople *self,
                                 const char *fingerprint,
                                 const char *reason,
                                 CsKey *key,
                                 CsAskpass *askpass,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* The one instead of the other: two records. */
void cs_people_rotate_key_async (CsPeople *self,
                                 const char *fingerprint,
                                 CsKey *added,
                                 const char *reason,
                                 CsKey *key,
                                 CsAskpass *askpass,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cs_people_decide_finish (CsPeople *self, GAsyncResult *result, GError **error);

/* Whether the armored signature was made with a key that was this person's at that very moment.
 * The signature itself is not checked. */
gboolean cs_people_check_signer (CsPeople *self,
                                 const char *id,
                                 const char *signature,
                                 gint64 at,
                                 GError **error);

/* The text of an allowed_signers file with every key known then, each with the times between
 * which it was valid; and of now. (transfer full) */
char *cs_people_dup_allowed_signers_at (CsPeople *self, gint64 at);
char *cs_people_dup_allowed_signers (CsPeople *self);

G_END_DECLS
