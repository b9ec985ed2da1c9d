/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One level of a shell script: the commands between two parentheses, or all of them. For the files
 * that walk through it and nobody else. */

#pragma once

#include "cs-shell-interpreters.h"
#include "cs-shell-walk.h"

G_BEGIN_DECLS

#define CS_SHELL_INTERPRETED \
  "what stands there may be read as commands once more by another program"

typedef enum
{
  CS_SHELL_CASE_WORD,    /* case … */
  CS_SHELL_CASE_IN,      /* … in */
  CS_SHELL_CASE_PATTERN, /* a | b) */
  CS_SHELL_CASE_BODY,    /* …;; */
} CsShellCaseState;

/* Where a pipeline begins. */
typedef struct
{
  guint use; /* the first in it */
  gsize at;
} CsShellPipeline;

typedef struct
{
  CsShellWalk *walk;
  CsShellEnd end;
  gboolean command;   /* the next word is a command, or a keyword */
  gboolean redirect;  /* the next word is a file's name */
  gboolean condition; /* inside [[ … ]] */
  gboolean after_pipe;
  gboolean after_for;
  gboolean naming;   /* the next word is the name that a loop sets */
  gboolean operands; /* behind --, where nothing is an option */
  gboolean done;
  CsShellReader reader;
  CsShellPipeline pipeline;
  gsize loop;          /* the name that the words at hand are put into, */
  gsize loop_length;   /* 0: none */
  guint own_documents; /* the first here-document of it */
  GArray *cases;       /* of CsShellCaseState */
  GArray *compounds;   /* of CsShellPipeline: where each open { if for while case stands in one */
  GPtrArray *documents;
} CsShellLevel;

/* Here-documents and files: behind <, > and what begins with them. */
void cs_shell_level_free_document (gpointer document);
gboolean cs_shell_level_read_documents (CsShellLevel *self);
gboolean cs_shell_level_walk_redirection (CsShellLevel *self);

/* Pipelines, and the words that hold several together: { if for while case. */
gboolean cs_shell_level_in_case (CsShellLevel *self, CsShellCaseState state);
void cs_shell_level_set_case (CsShellLevel *self, CsShellCaseState state);
gboolean cs_shell_level_end_pipeline (CsShellLevel *self);
gboolean cs_shell_level_take_keyword (CsShellLevel *self, gsize start, gboolean *good);
gboolean cs_shell_level_take_case_word (CsShellLevel *self, gsize start, gboolean *good);

G_END_DECLS
