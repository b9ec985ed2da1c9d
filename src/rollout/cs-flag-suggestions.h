/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flag and the stages that a runbook describes. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/* A definition as cs_flag_add_async() takes it, {key, description, provider: {kind, companies,
 * everyone}, stages}; where the file is, the runbook does not say (transfer full). NOT_FOUND: it
 * describes no stages; INVALID: it does not say for whom one of them is. */
JsonObject *cs_flag_suggestions_find (CsRunbook *runbook, GError **error);

G_END_DECLS
