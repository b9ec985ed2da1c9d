/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endless commands of a deployment that run now, beside its path. */

#pragma once

#include "cs-deployment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STREAMS_PANE (cs_streams_pane_get_type ())
G_DECLARE_FINAL_TYPE (CsStreamsPane, cs_streams_pane, CS, STREAMS_PANE, AdwBin)

/* Hidden while none runs. */
void cs_streams_pane_set_deployment (CsStreamsPane *self, CsDeployment *deployment);

G_END_DECLS
