/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of a step that is not run: expected output, a file's contents, a sample. */

#pragma once

#include "cs-block.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *cs_code_block_new (CsBlock *block);

G_END_DECLS
