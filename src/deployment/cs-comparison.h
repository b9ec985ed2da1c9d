/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two texts, line by line: what is the same, what went, what came. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsDiffKind:
 * @CS_DIFF_SAME: in both texts
 * @CS_DIFF_REMOVED: in the old one alone
 * @CS_DIFF_ADDED: in the new one alone
 */
typedef enum
{
  CS_DIFF_SAME,
  CS_DIFF_REMOVED,
  CS_DIFF_ADDED,
} CsDiffKind;

/** CsDiffRun: lines that belong together; for what is in one text only, the other's line is the
 * one that it stands before */
typedef struct
{
  CsDiffKind kind;
  guint old_line; /* from 1 */
  guint new_line;
  guint n_lines;
} CsDiffRun;

/* Of CsDiffRun, in order; both texts are whole in it. Removed lines come before added ones. Time
 * and memory are linear in the texts: where they have too little in common, less is found to be
 * same. */
GArray *cs_comparison_of_texts (const char *old_text, const char *new_text);
gboolean cs_comparison_is_same (GArray *runs);

G_END_DECLS
