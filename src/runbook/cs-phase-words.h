/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a phase says of itself in lines of its own: its goal and its risk. */

#pragma once

#include "cs-markdown.h"
#include "cs-source.h"

G_BEGIN_DECLS

void cs_phase_words_find (CsSource *source,
                          CsMarkdown *markdown,
                          guint from,
                          guint to,
                          char **goal,
                          char **risk);
char *cs_phase_words_dup_risk (const char *words);

G_END_DECLS
