/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a person what OpenSSH wants to know, and hands the answer to it. */

#pragma once

#include "cs-passphrases.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cs_passphrase_dialog_attach (CsPassphrases *passphrases, GtkWindow *parent);

G_END_DECLS
