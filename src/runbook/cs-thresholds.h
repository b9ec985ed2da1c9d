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

/* The same, and says where it was found: "list", "comment", "script"… */
void cs_thresholds_find_from (
  const char *text, guint line, const char *severity, const char *source, GPtrArray *facts);
/* What the comment of a command expects; of what is measured, also without a sign: "70". */
void cs_thresholds_find_expected (
  const char *text, guint line, gboolean measured, GPtrArray *facts);

/* A number that something has to be equal to; the metric is what stands from … to. */
void cs_thresholds_add_equal (const char *text,
                              guint line,
                              const char *from,
                              const char *to,
                              const char *number,
                              const char *source,
                              GPtrArray *facts);

G_END_DECLS
