/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the text of a block into commands, comments and what is neither. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_SHELL_BLANK,
  CS_SHELL_COMMENT,
  CS_SHELL_COMMAND,
  CS_SHELL_FOREIGN, /* another language, prose, a list */
  CS_SHELL_REPL,    /* typed into an interactive program */
  CS_SHELL_OUTPUT,  /* what a command with a prompt printed */
} CsShellKind;

/** CsShellLine: one command with its continued lines and here-documents, or one other line */
typedef struct
{
  CsShellKind kind;
  guint first; /* lines of the text, from 0 */
  guint last;
  gsize start;         /* bytes of the text; behind the prompt */
  gsize end;           /* before the last line's end */
  gsize body;          /* where the first here-document begins; equals end if there is none */
  gboolean known;      /* begins with a program that is known, a path or a keyword */
  gboolean assignment; /* nothing but NAME=value */
  gboolean prompted;
  gboolean nested; /* begins inside if, for, case… */
  guint inner;     /* CsInnerShell: what its last command opens */
  gboolean alone;  /* it holds one simple command */
  gboolean opens;  /* opens what the lines below are typed into: a part's own, not sent */
} CsShellLine;

GArray *cs_shell_scan (const char *text, gboolean console);

G_END_DECLS
