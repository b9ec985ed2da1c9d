/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that read their arguments or their input as commands once more. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsShellReader: what the words of a pipeline say about how far a value in it can go */
typedef struct
{
  gboolean always;   /* a shell, ssh, eval…, or an option such as -c */
  gboolean language; /* python, mysql… */
  gboolean program;  /* an option that takes a program for one of these */
  gboolean input;    /* it may get a program as its input */
  gboolean test;          /* [ … ], and what it may be asked about a variable's name */
  gboolean test_variable;
  gboolean print;         /* printf, which may set a variable */
  gboolean tee;           /* its operands are files that it writes */
  gboolean condition;     /* [[ … ]] */
  gboolean reckoned;      /* with an operator for numbers */
} CsShellReader;

void cs_shell_reader_see_word (CsShellReader *self, const char *word, gsize length);
void cs_shell_reader_see_target (CsShellReader *self, const char *word, gsize length);
gboolean cs_shell_reader_interprets (const CsShellReader *self);

G_END_DECLS
