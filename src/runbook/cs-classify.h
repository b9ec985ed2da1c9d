/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a code block is: commands, expected output, a file, a sample. */

#pragma once

#include "cs-block.h"
#include "cs-markdown.h"
#include "cs-shell-scan.h"
#include "cs-variable-uses.h"

G_BEGIN_DECLS

/** CsClassified: a code block, understood */
typedef struct
{
  CsBlockKind kind;
  CsBlockReason reason;
  char *language;    /* first word of the info string, in lower case */
  char *label;       /* the words above it; NULL if there are none */
  char *text;        /* for commands: what would run */
  GArray *lines;     /* of guint: the source line of each line of text */
  GArray *commands;  /* of CsShellLine, all lines of raw; NULL unless scanned */
  const char *raw;   /* the contents as they stand, owned by the element */
  guint first_line;  /* source line of the first line of raw */
  CsSource *source;  /* what the element is of; not owned */
} CsClassified;

CsClassified *cs_classify (const CsElement *element,
                           CsSource *source,
                           CsMarkdown *markdown,
                           CsVariableUses *uses,
                           const char *heading,
                           const CsBlockKind *overruled);
char *cs_classified_dup_commands (
  CsClassified *self, guint first, guint last, gboolean typed, GArray *lines);
void cs_classified_free (CsClassified *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClassified, cs_classified_free)

G_END_DECLS
