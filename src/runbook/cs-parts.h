/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts a block of commands where not all of it may be run in one go. */

#pragma once

#include "cs-inner-shells.h"

G_BEGIN_DECLS

/* More parts than this are no runbook's. */
#define CS_PARTS_MAX 64

/** CsPart: commands that stand together; all lines of a block belong to exactly one part */
typedef struct
{
  guint first;     /* of the block's CsShellLines */
  guint last;      /* behind the last one */
  char *condition; /* the author's "if", or what names an option; NULL: none */
  guint said;      /* the line that the condition stands in */
  char *host;      /* where the hop goes that stands before it; NULL: no hop */
  char *inside;    /* the commands that opened what it is typed into; NULL: the block's own shell */
  guint choice;    /* parts with the same number stand for each other; 0: none */
} CsPart;

GArray *cs_parts_find (const char *text, GArray *lines, GArray *doubts);

G_END_DECLS
