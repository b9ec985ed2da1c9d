/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command printed: live while it runs, from the journal afterwards. */

#pragma once

#include "cs-run.h"
#include "cs-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: ::selection-changed */
#define CS_TYPE_OUTPUT_VIEW (cs_output_view_get_type ())
G_DECLARE_FINAL_TYPE (CsOutputView, cs_output_view, CS, OUTPUT_VIEW, AdwBin)

GtkWidget *cs_output_view_new (const char *label);
void cs_output_view_follow (CsOutputView *self, CsRun *run);
void cs_output_view_load (CsOutputView *self, CsStore *store, const char *digest);

/* Paused, it keeps what comes (its end, if that is much) and shows it when it goes on. */
void cs_output_view_set_paused (CsOutputView *self, gboolean paused);
/* Selects the next place with this text, whatever its case; FALSE if there is none. */
gboolean cs_output_view_search (CsOutputView *self, const char *text, gboolean later);
void cs_output_view_copy_all (CsOutputView *self);
gboolean cs_output_view_has_selection (CsOutputView *self);
char *cs_output_view_dup_selection (CsOutputView *self);

G_END_DECLS
