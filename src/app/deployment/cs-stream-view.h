/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One endless command that runs: its output as it comes, time left, search, pause and stop. */

#pragma once

#include "cs-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STREAM_VIEW (cs_stream_view_get_type ())
G_DECLARE_FINAL_TYPE (CsStreamView, cs_stream_view, CS, STREAM_VIEW, AdwBin)

/* block: one that this program follows. */
GtkWidget *
cs_stream_view_new (CsDeployment *deployment, CsStepState *step, CsBlockState *block);
CsBlockState *cs_stream_view_get_block (CsStreamView *self);

G_END_DECLS
