/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks of a Markdown document in order, each with its lines. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

/* Bytes of a heading: more are no title, and it is copied to much that stands under it. */
#define CS_HEADING_MAX_LENGTH 500

typedef enum
{
  CS_ELEMENT_HEADING,
  CS_ELEMENT_PARAGRAPH,
  CS_ELEMENT_ITEM, /* a list item's beginning; what it holds follows */
  CS_ELEMENT_CODE,
  CS_ELEMENT_TABLE,
  CS_ELEMENT_HTML,
  CS_ELEMENT_RULE,
} CsElementKind;

/** CsElement: one block of a Markdown document */
typedef struct
{
  CsElementKind kind;
  guint line;
  guint end_line;
  guint level;       /* of a heading, 1 to 6 */
  guint depth;       /* lists and quotes around it */
  gboolean fenced;   /* of code */
  gboolean ordered;  /* of an item */
  char *text;        /* of a heading: its words; of code: its contents */
  char *info;        /* of fenced code: the info string */
} CsElement;

/* What a line of the document belongs to. */
typedef enum
{
  CS_LINE_BLANK,
  CS_LINE_TEXT,
  CS_LINE_HEADING,
  CS_LINE_CODE,
  CS_LINE_TABLE,
  CS_LINE_HTML,
  CS_LINE_RULE,
  CS_LINE_FRONT_MATTER,
} CsLineKind;

typedef struct _CsMarkdown CsMarkdown;

CsMarkdown *cs_markdown_new (CsSource *source);
void cs_markdown_free (CsMarkdown *self);

guint cs_markdown_get_n_elements (CsMarkdown *self);
const CsElement *cs_markdown_get_element (CsMarkdown *self, guint index);
CsLineKind cs_markdown_get_line_kind (CsMarkdown *self, guint line);
gboolean cs_markdown_is_item_start (CsMarkdown *self, guint line);
guint cs_markdown_get_front_matter_end (CsMarkdown *self);
guint cs_markdown_get_unclosed_line (CsMarkdown *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMarkdown, cs_markdown_free)

G_END_DECLS
