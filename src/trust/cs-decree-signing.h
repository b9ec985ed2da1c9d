/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing a decree with someone's key. */

#pragma once

#include "cs-decree.h"
#include "cs-key.h"

G_BEGIN_DECLS

/* Signs decree (transfer full) with key; gives the body of its record. AUTH if the key could not be
 * used. */
void cs_decree_sign_async (CsDecree *decree,
                           CsKey *key,
                           CsAskpass *askpass,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
JsonNode *cs_decree_sign_finish (GAsyncResult *result, GError **error);

G_END_DECLS
