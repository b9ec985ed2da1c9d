/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a person what OpenSSH wants to know, and hands the answer to it. */

#pragma once

#include "cs-askpass.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cs_passphrase_dialog_attach (CsAskpass *askpass, GtkWindow *parent);

G_END_DECLS
