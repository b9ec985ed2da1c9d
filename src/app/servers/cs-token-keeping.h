/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The token of an agent goes into the keyring, never into a record. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

/* Replaces the one before. */
void cs_token_keeping_store_async (CsWorkspace *workspace,
                                   const char *target,
                                   const char *token,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/* problem: (out): what the person is to know although it is kept: that it is for this session only,
 * unless that was said before; NULL; free it. */
gboolean cs_token_keeping_store_finish (GAsyncResult *result, char **problem, GError **error);

G_END_DECLS
