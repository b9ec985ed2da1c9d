/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Someone signs here for the first time: who that is, and that the key is theirs. */

#pragma once

#include "cs-people.h"

G_BEGIN_DECLS

/* The person whose key this is. A key that nobody is known by yet is recorded only after it has
 * signed something (else anyone could claim a public key that someone else has shown). The new
 * person's id is actor; if someone has that already, the id is made of the name and actor's host
 * (and a number where that is taken too): a new key is a new person, whatever the name, so that
 * nobody signs as someone else by typing a name. askpass: who is asked for the key's
 * passphrase; may be NULL. AUTH if the key could not be used, INVALID if the name is empty. */
void cs_people_introduce_async (CsPeople *self,
                                const char *actor,
                                const char *name,
                                CsKey *key,
                                CsAskpass *askpass,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsPerson *cs_people_introduce_finish (CsPeople *self, GAsyncResult *result, GError **error);

G_END_DECLS
