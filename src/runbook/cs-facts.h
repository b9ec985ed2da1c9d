/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects what a document says beside its steps. */

#pragma once

#include "cs-fact.h"
#include "cs-outline.h"

G_BEGIN_DECLS

GPtrArray *
cs_facts_find (CsSource *source, CsMarkdown *markdown, CsSection *document, GArray *choice_lines);
void cs_table_facts_find (CsSource *source,
                          const CsElement *table,
                          const char *severity,
                          GPtrArray *facts);

G_END_DECLS
