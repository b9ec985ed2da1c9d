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

const char *cs_section_facts_find (CsSection *section, GPtrArray *facts);
const char *cs_section_facts_get_risk (const char *words);
gboolean cs_section_facts_is_alternative (CsSection *section);
char *cs_section_facts_dup_alternative_of (CsSection *section);
char *cs_section_facts_dup_environment (CsSection *section, CsSection *within);

G_END_DECLS
