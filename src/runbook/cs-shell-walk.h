/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk through a shell script that knows at every byte how a shell would read it. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CsShellSlot: a part of the script that gives way to a value */
typedef struct
{
  const char *text; /* the placeholder as written */
  const char *value;
  gsize start; /* bytes of the script */
  gsize end;
} CsShellSlot;

/** CsShellUse: a value that was put in */
typedef struct
{
  const CsShellSlot *slot;
  guint line;
} CsShellUse;

/* Finds the slots of a script, in order; inner scripts (backquotes) are asked for as well. */
typedef GArray *(*CsShellFindSlots) (const char *script, gsize length, gpointer data);

/** CsShellDocument: a here-document */
typedef struct
{
  char *delimiter;
  gboolean quoted;     /* data as it is, without expansions */
  gboolean strip_tabs; /* <<- */
  gboolean strict;     /* its pipeline has ended already, and may read values as commands */
} CsShellDocument;

/** CsShellFlows: what becomes of values in variables */
typedef struct _CsShellFlows CsShellFlows;

typedef enum
{
  CS_SHELL_END_OF_TEXT,
  CS_SHELL_CLOSING_PARENTHESIS,
} CsShellEnd;

typedef struct
{
  const char *text;
  gsize pos;
  gsize end;
  gsize copied; /* what stands before it is in out already */
  GString *out;
  GArray *slots;
  guint next;         /* slot */
  guint line;         /* of the script's first byte */
  gsize counted;      /* so far lines are counted */
  guint counted_line; /* that one's line */
  gsize variable_end; /* of the newest $name */
  guint arithmetic;   /* open $((…)) */
  guint parameter;    /* open ${…} */
  guint bodies;       /* here-documents around here */
  guint stripped;     /* of these with <<- */
  guint documents;    /* here-documents whose bodies are still to come */
  guint depth;
  GArray *uses;    /* of CsShellUse, in order, of inner scripts as well */
  GPtrArray *kept; /* what uses refer to */
  CsShellFlows *flows;
  GString *bare; /* the variables without quotes in the words at hand */
  CsShellFindSlots find;
  gpointer find_data;
  GError **error;
} CsShellWalk;

/* The whole of commands, up to the end of the text or behind the closing parenthesis. */
gboolean cs_shell_walk_commands (CsShellWalk *self, CsShellEnd end);

/* Parts of words; each begins at its first byte and ends behind its last one. */
gboolean cs_shell_walk_single (CsShellWalk *self);
gboolean cs_shell_walk_double (CsShellWalk *self);
gboolean cs_shell_walk_dollar (CsShellWalk *self, gboolean quoted);
gboolean cs_shell_walk_backquote (CsShellWalk *self, gboolean quoted, gboolean ambiguous);
gboolean cs_shell_walk_arithmetic (CsShellWalk *self, gsize opening);
gboolean cs_shell_walk_escape (CsShellWalk *self);
gboolean cs_shell_walk_word_slot (CsShellWalk *self);
gboolean cs_shell_walk_comment (CsShellWalk *self);
gboolean cs_shell_walk_document (CsShellWalk *self, const CsShellDocument *document);
gboolean cs_shell_walk_document_slot (CsShellWalk *self,
                                      const CsShellDocument *document,
                                      gboolean only_tabs);

gboolean cs_shell_walk_fail (CsShellWalk *self, gsize at, const char *reason);
gboolean cs_shell_walk_fail_slot (CsShellWalk *self, const CsShellSlot *slot, const char *reason);
gboolean cs_shell_walk_advance (CsShellWalk *self, gsize n);
gboolean cs_shell_walk_enter (CsShellWalk *self);
gboolean cs_shell_walk_at_slot (CsShellWalk *self);
gboolean cs_shell_walk_need_plain (CsShellWalk *self, guint first_use, const char *reason);
void cs_shell_walk_flush (CsShellWalk *self);

/* What becomes of the variables from a byte to here. */
void cs_shell_walk_read (CsShellWalk *self, guint reading, gsize from);
void cs_shell_walk_read_first (CsShellWalk *self, guint reading, gsize from);
guint cs_shell_walk_get_line (CsShellWalk *self);

/* The byte at an offset from here; NUL where a slot or the end comes first. */
char cs_shell_walk_peek (CsShellWalk *self, gsize offset);

G_END_DECLS
