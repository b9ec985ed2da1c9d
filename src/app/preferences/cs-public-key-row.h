/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A public key to be added: one of this computer's, from a file, or pasted. */

#pragma once

#include "cs-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal ::changed as of GtkEditable. */
#define CS_TYPE_PUBLIC_KEY_ROW (cs_public_key_row_get_type ())
G_DECLARE_FINAL_TYPE (CsPublicKeyRow, cs_public_key_row, CS, PUBLIC_KEY_ROW, AdwEntryRow)

GtkWidget *
cs_public_key_row_new (CsPeople *people, const char *keys_directory, const char *comment);
/* What is meant, with its private half if that is at hand. INVALID. (transfer full) */
CsKey *cs_public_key_row_dup_key (CsPublicKeyRow *self, GError **error);

G_END_DECLS
