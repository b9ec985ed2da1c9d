/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to those who type into the terminal of a run. */

#pragma once

#include "cs-exchange.h"

G_BEGIN_DECLS

/* In the main thread, once it is known who asks; answers, and frees the exchange. */
void cs_agent_type_keys (CsExchange *exchange);

G_END_DECLS
