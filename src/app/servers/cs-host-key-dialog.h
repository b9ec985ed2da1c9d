/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person looks at the key of a server: at first contact, and when it is another than before. */

#pragma once

#include "cs-host-key.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_HOST_KEY_DIALOG (cs_host_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsHostKeyDialog, cs_host_key_dialog, CS, HOST_KEY_DIALOG, AdwMessageDialog)

/* For a new key it responds "trust" or "cancel"; a changed one can't be trusted here: "close". */
CsHostKeyDialog *cs_host_key_dialog_new (GtkWindow *parent, CsTarget *target, CsHostKey *key);

G_END_DECLS
