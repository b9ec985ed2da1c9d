/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as rows for a spreadsheet (RFC 4180). */

#pragma once

#include "cs-record.h"

G_BEGIN_DECLS

void cs_history_csv_append_header (GString *out);
void cs_history_csv_append_record (GString *out, CsRecord *record);
void cs_history_csv_append_cell (GString *out, const char *text);

G_END_DECLS
