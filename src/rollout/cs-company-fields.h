/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in rows and columns, row by row: CSV, and what psql and mysql print. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsCompanyFields CsCompanyFields;

/* printed: it is what a program printed, so it may be a table, and text with tabs is as mysql
 * writes it. text has to outlive it. */
CsCompanyFields *cs_company_fields_new (const char *text, gboolean printed);
void cs_company_fields_free (CsCompanyFields *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCompanyFields, cs_company_fields_free)

/* The fields of the next row (transfer full), and the line in which it begins, from 1. NULL without
 * an error: that was all. */
GPtrArray *cs_company_fields_next (CsCompanyFields *self, guint *line, GError **error);

G_END_DECLS
