/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a check of a runbook has to say. */

#pragma once

#include "cs-model.h"

G_BEGIN_DECLS

void cs_diagnostics_add (CsRunbook *runbook, GPtrArray *blocks, guint unclosed_line);

void cs_diagnostics_take (GPtrArray *facts, guint line, const char *code, const char *subject);

G_END_DECLS
