/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passphrases of keys: remembered ones, those that people give, and how often one may be wrong. */

#pragma once

#include "cs-askpass.h"
#include "cs-keyring.h"
#include "cs-passphrase-question.h"
#include "cs-store.h"

G_BEGIN_DECLS

/** CS_PASSPHRASES_WAIT: seconds for which a wrong passphrase counts: an hour */
#define CS_PASSPHRASES_WAIT 3600

#define CS_TYPE_PASSPHRASES (cs_passphrases_get_type ())
G_DECLARE_FINAL_TYPE (CsPassphrases, cs_passphrases, CS, PASSPHRASES, GObject)

/* Signal ::ask (CsPassphraseQuestion *question): a person must answer.
 *
 * Each passphrase is tried on its key before OpenSSH gets it, so a wrong one is known as such,
 * whether it was typed or remembered. */

/* store: where tries in vain are recorded, in the name of actor. seconds: for how long they count.
 * NOT_FOUND, STORAGE as cs_askpass_new(). */
CsPassphrases *cs_passphrases_new (CsStore *store,
                                   const char *actor,
                                   CsKeyring *keyring,
                                   guint seconds,
                                   GError **error);

/* To be handed to whatever uses a key (transfer none). */
CsAskpass *cs_passphrases_get_askpass (CsPassphrases *self);

G_END_DECLS
