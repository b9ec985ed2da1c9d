/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for lines to sign, for the files that take part in it and nobody else. */

#pragma once

#include "cs-markdown.h"
#include "cs-model.h"
#include "cs-signoff-words.h"

G_BEGIN_DECLS

/* A longer line is prose. */
#define CS_SIGNOFF_MAX_LINE 500
/* How many lines a label reaches, and a signature's further fields. */
#define CS_SIGNOFF_LABEL_REACH 3
#define CS_SIGNOFF_FIELD_REACH 2

/* A label that waits for its blank: "Approved By:" over a line of underscores. */
typedef struct
{
  char *text;
  guint line;
  gboolean heading;
} CsSignoffLabel;

typedef struct
{
  CsSource *source;
  CsMarkdown *markdown;
  guint8 *holds;
  GPtrArray *signoffs;
  GHashTable *words; /* lower-case label → CsFormWord, because forms repeat theirs */
  char *heading;
  char *sentence; /* the last label under the heading; NULL if there is none */
  CsSignoffLabel label;
  CsSignoff *open; /* the last, while further fields may follow */
  guint open_line;
  gboolean open_named;   /* whether its role is known, and not only "Name" */
  gboolean open_item;    /* whether it is an item of a list, without a blank of its own */
  guint list_line;       /* the last of "Signatures:" and the open items below it; 0: none */
  gboolean acknowledged; /* under "Acknowledgement" */
  guint rule_line;       /* the last rule under the heading; 0: none */
  guint form_line;       /* where a printed form last named a role or a date to fill in */
  char *form_role;       /* the role of the form; NULL if it named none */
  guint next_element;
} CsSignoffSearch;

CsFormWord cs_signoff_search_word_of (CsSignoffSearch *self, const char *label);
gboolean cs_signoff_search_in_chapter (CsSignoffSearch *self, guint line);
CsSignoff *cs_signoff_search_add (CsSignoffSearch *self, guint line, const char *role);
void cs_signoff_add_field (CsSignoff *signoff, const char *field);
gboolean cs_signoff_is_stand_in (const char *value);
void cs_signoff_search_set_label (CsSignoffSearch *self, char *text, guint line);
gboolean cs_signoff_search_has_label (CsSignoffSearch *self, guint line);
gboolean cs_signoff_search_stands_under_approval (CsSignoffSearch *self);

/* In cs-signoff-blanks.c. */
void
cs_signoff_search_take_blanks (CsSignoffSearch *self, guint line, GArray *blanks, const char *rest);
gboolean cs_signoff_search_take_stand_ins (CsSignoffSearch *self, guint line);
/* In cs-signoff-labels.c. */
void
cs_signoff_search_take_label (CsSignoffSearch *self, guint line, const char *text, gsize length);
/* In cs-signoff-items.c. */
gboolean cs_signoff_search_take_item (CsSignoffSearch *self, guint line);
/* In cs-signoff-tables.c. */
void cs_signoff_search_take_table (CsSignoffSearch *self, const CsElement *element);

G_END_DECLS
