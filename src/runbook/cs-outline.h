/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chapters of a document as a tree, and which of them are phases and steps. */

#pragma once

#include "cs-headings.h"
#include "cs-markdown.h"
#include "cs-phase.h"

G_BEGIN_DECLS

/* What a line holds, as far as the outline has to know. */
enum
{
  CS_HOLDS_COMMAND = 1 << 0,
  CS_HOLDS_BLOCK = 1 << 1,
  CS_HOLDS_CHECK = 1 << 2,
  CS_HOLDS_SIGNOFF = 1 << 3,
  CS_HOLDS_ORDERED = 1 << 4,         /* an item of an ordered list */
  CS_HOLDS_FORM = 1 << 5,            /* printed text in a block: boxes and blanks count */
  CS_HOLDS_SIGNOFF_CHAPTER = 1 << 6, /* under a heading that asks for signatures */
  CS_HOLDS_SIGNED = 1 << 7,          /* a sign-off's line, or one of its further fields */
  CS_HOLDS_CONTENT = (1 << 5) - 1,
};

typedef struct _CsSection CsSection;

/** CsSection: a heading, or a bold label that stands for one, and the lines under it */
struct _CsSection
{
  guint line;
  guint end_line;
  guint level; /* 0: the document itself; 7: a label */
  char *words; /* as written, without markup */
  char *title;
  CsNumbering numbering;
  CsTopic topic;
  guint weight;
  const char *environment;
  CsSection *parent;
  GPtrArray *children; /* of CsSection, owned */
};

/** CsPlannedStep: lines that become a step */
typedef struct
{
  CsSection *section;
  guint line;
  guint end_line;
} CsPlannedStep;

/** CsPlannedPhase: lines that become a phase; steps is empty where the phase is its own step */
typedef struct
{
  CsSection *section;
  CsSection *wrapper; /* the chapter that holds it, %NULL if none */
  CsPhaseKind kind;
  gboolean kind_known; /* whether words told the kind */
  guint line;
  guint end_line;
  GArray *steps; /* of CsPlannedStep */
} CsPlannedPhase;

CsSection *cs_outline_new (CsMarkdown *markdown, CsSource *source);
void cs_section_free (CsSection *section);
gboolean cs_section_stands_under (const CsSection *section, CsTopic topic);
CsSection *cs_outline_get_title_section (CsSection *document);
GPtrArray *cs_outline_plan (CsSection *document,
                            CsMarkdown *markdown,
                            CsSource *source,
                            const guint8 *holds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSection, cs_section_free)

G_END_DECLS
