/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that go from one journal to another as they are. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

gboolean cs_journal_insert_record (CsDatabase *database,
                                   gint64 seq,
                                   CsRecord *record,
                                   GError **error);
GPtrArray *cs_journal_scan (const char *path, gint64 after, guint limit, GError **error);
gboolean cs_journal_import (const char *path,
                            const char *blobs,
                            GPtrArray *records,
                            GError **error);

G_END_DECLS
