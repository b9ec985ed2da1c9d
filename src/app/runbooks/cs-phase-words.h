/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of phases are called. */

#pragma once

#include "cs-phase.h"

G_BEGIN_DECLS

const char *cs_phase_words_of (CsPhaseKind kind);

G_END_DECLS
