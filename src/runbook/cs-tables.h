/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of Markdown tables. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GPtrArray *cs_table_split_row (const char *text, gsize length);
const char *cs_table_get_cell (GPtrArray *row, guint column);

G_END_DECLS
