/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds on numbers: "error rate >5% for 5 minutes". */

#pragma once

#include "cs-fact.h"

G_BEGIN_DECLS

void cs_thresholds_find (const char *text,
                         guint line,
                         const char *severity,
                         const char *metric,
                         GPtrArray *facts);

G_END_DECLS
