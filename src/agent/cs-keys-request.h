/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a request that types into the terminal of a run, read strictly. */

#pragma once

#include "cs-problem.h"
#include "cs-run-keys.h"

G_BEGIN_DECLS

/* FALSE with a problem. What was typed stands in @keys alone, which the caller wipes. */
gboolean cs_keys_request_parse (GBytes *body, CsRunKeys *keys, CsProblem **problem);

G_END_DECLS
