/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded state, read from the store. */

#pragma once

#include "cs-flag-state.h"
#include "cs-store.h"

G_BEGIN_DECLS

/* The state with this digest; a large one is made beside the main loop. NOT_FOUND, CORRUPT. */
void cs_flag_state_read_async (CsStore *store,
                               const char *digest,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsFlagState *cs_flag_state_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
