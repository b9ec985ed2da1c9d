/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing a decree with someone's key, and recording it. */

#pragma once

#include "cs-decree.h"
#include "cs-key.h"
#include "cs-stream-list.h"

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

/* Signs decree (transfer full), made for the end of the stream that list follows, and appends and
 * folds it there. AUTH if the key could not be used, CONFLICT if the stream has moved. */
void cs_decree_record_async (CsStreamList *list,
                             CsDecree *decree,
                             CsKey *key,
                             CsAskpass *askpass,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_decree_record_finish (CsStreamList *list, GAsyncResult *result, GError **error);

G_END_DECLS
