/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that a command should print, as its author wrote it, to compare lines with. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsMatch:
 * @CS_MATCH_NONE: it does not stand there
 * @CS_MATCH_NEAR: it does, but for a date, a time or a remark of its author
 * @CS_MATCH_SURE: it does
 */
typedef enum
{
  CS_MATCH_NONE,
  CS_MATCH_NEAR,
  CS_MATCH_SURE,
} CsMatch;

typedef struct _CsOutputPattern CsOutputPattern;

/* shown: the author shows the line, and does not describe it. NULL if it is no regular expression
 * though it says so. (transfer full) */
CsOutputPattern *cs_output_pattern_new (const char *text, gboolean shown);
void cs_output_pattern_free (CsOutputPattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOutputPattern, cs_output_pattern_free)

gboolean cs_output_pattern_is_said (const char *text); /* "foo* (glob)", "fo+ (regex)" */

/* Looks for it in a line from an offset on (bytes); end: behind what was found. */
CsMatch cs_output_pattern_match (const CsOutputPattern *self,
                                 const char *line,
                                 gsize from,
                                 gsize *end);

G_END_DECLS
