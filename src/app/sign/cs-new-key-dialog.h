/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a key for a person who has none: asks for a passphrase, and makes an Ed25519 key. */

#pragma once

#include "cs-key.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cs_new_key_dialog_ask_async (GtkWindow *parent,
                                  const char *keys_directory,
                                  const char *comment,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsKey *cs_new_key_dialog_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
