/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window shows of a runbook, gathered off the main loop. */

#pragma once

#include "cs-runbook.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_READING (cs_reading_get_type ())
G_DECLARE_FINAL_TYPE (CsReading, cs_reading, CS, READING, GObject)

void cs_reading_new_async (CsRunbook *runbook,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsReading *cs_reading_new_finish (GAsyncResult *result, GError **error);

CsRunbook *cs_reading_get_runbook (CsReading *self);
GListModel *cs_reading_get_outline (CsReading *self);     /* of CsOutlineItem */
GPtrArray *cs_reading_get_findings (CsReading *self);     /* of CsFinding, by line */
GListModel *cs_reading_get_diagnostics (CsReading *self); /* of CsFinding, the gravest first */
GPtrArray *cs_reading_get_secrets (CsReading *self);      /* of CsFoundSecret */
const char *cs_reading_get_summary (CsReading *self);     /* "12 steps · 32 min" */

G_END_DECLS
