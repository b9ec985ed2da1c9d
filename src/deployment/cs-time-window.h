/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a runbook may be run: "2:00 AM - 5:00 AM CET", "Tuesday or Wednesday (not Friday)". */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsTimeWindow CsTimeWindow;

CsTimeWindow *cs_time_window_new (void);
void cs_time_window_free (CsTimeWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTimeWindow, cs_time_window_free)

/* Takes what a line says; FALSE if it says nothing that a clock could tell. */
gboolean cs_time_window_add (CsTimeWindow *self, const char *text);
gboolean cs_time_window_is_empty (const CsTimeWindow *self);
/* Whether a moment is inside (UTC microseconds); zone NULL: this computer's, where the text names
 * none. */
gboolean cs_time_window_holds (const CsTimeWindow *self, gint64 at, GTimeZone *zone);
/* When it opens next (UTC microseconds); 0 if it does not within two weeks. */
gint64 cs_time_window_get_next (const CsTimeWindow *self, gint64 at, GTimeZone *zone);

G_END_DECLS
