/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thing and what it is, in a list of facts; can be copied. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_FACT_ROW (cs_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (CsFactRow, cs_fact_row, CS, FACT_ROW, AdwActionRow)

/* code: it is to be compared or typed letter by letter, and can be copied. */
GtkWidget *cs_fact_row_new (const char *title, const char *value, gboolean code);

G_END_DECLS
