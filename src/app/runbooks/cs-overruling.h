/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks why a line is not what it was taken for, and records it. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* value "": takes the overruling back, which needs no reason. */
void cs_overruling_begin (GtkWidget *widget,
                          CsWorkspace *workspace,
                          const char *digest,
                          const char *what,
                          guint line,
                          const char *value);

G_END_DECLS
