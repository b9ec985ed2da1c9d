/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of code in a step, and what it is. */

#pragma once

#include "cs-mark.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsBlockKind:
 * @CS_BLOCK_COMMAND: shell commands that can be run
 * @CS_BLOCK_EXPECTED: output that the command above it should print
 * @CS_BLOCK_FILE: contents of a file (php, sql, env, json, diff…)
 * @CS_BLOCK_SAMPLE: anything else
 */
typedef enum
{
  CS_BLOCK_COMMAND,
  CS_BLOCK_EXPECTED,
  CS_BLOCK_FILE,
  CS_BLOCK_SAMPLE,
} CsBlockKind;

const char *cs_block_kind_to_string (CsBlockKind kind);

/**
 * CsBlockReason:
 * @CS_BLOCK_REASON_UNSURE: not certainly commands
 * @CS_BLOCK_REASON_SHELL: the author says that it is shell, and it reads like it
 * @CS_BLOCK_REASON_PROMPTS: prompts tell its commands from their output
 * @CS_BLOCK_REASON_PROGRAMS: all its lines begin with programs or paths
 * @CS_BLOCK_REASON_ANNOUNCED: the words above it announce output
 * @CS_BLOCK_REASON_LANGUAGE: the author says that it is in another language
 * @CS_BLOCK_REASON_OUTPUT: the author says that it is text or output
 * @CS_BLOCK_REASON_SETTINGS: nothing but settings, of which the words above it speak
 * @CS_BLOCK_REASON_FOREIGN: it reads like another language
 * @CS_BLOCK_REASON_SEEN: the words above it say that this is what was seen
 * @CS_BLOCK_REASON_NOTE: comments, and nothing to run
 * @CS_BLOCK_REASON_LISTING: names of programs in a list or table
 *
 * Why a block is taken for what it is.
 */
typedef enum
{
  CS_BLOCK_REASON_UNSURE,
  CS_BLOCK_REASON_SHELL,
  CS_BLOCK_REASON_PROMPTS,
  CS_BLOCK_REASON_PROGRAMS,
  CS_BLOCK_REASON_ANNOUNCED,
  CS_BLOCK_REASON_LANGUAGE,
  CS_BLOCK_REASON_OUTPUT,
  CS_BLOCK_REASON_SETTINGS,
  CS_BLOCK_REASON_FOREIGN,
  CS_BLOCK_REASON_SEEN,
  CS_BLOCK_REASON_NOTE,
  CS_BLOCK_REASON_LISTING,
} CsBlockReason;

const char *cs_block_reason_to_string (CsBlockReason reason);

#define CS_TYPE_BLOCK (cs_block_get_type ())
G_DECLARE_FINAL_TYPE (CsBlock, cs_block, CS, BLOCK, GObject)

const char *cs_block_get_id (CsBlock *self);       /* "2.3.1": first block of step 2.3 */
CsBlockKind cs_block_get_kind (CsBlock *self);
CsBlockReason cs_block_get_reason (CsBlock *self); /* of the importer, whatever a person decided */
const char *cs_block_get_language (CsBlock *self); /* first word of the info string; "" if none */
const char *cs_block_get_text (CsBlock *self);     /* the contents: for a command, what would run */
const char *cs_block_get_digest (CsBlock *self);   /* SHA-256 of the text */
guint cs_block_get_line (CsBlock *self);           /* of the opening fence */
guint cs_block_get_end_line (CsBlock *self);
const char *cs_block_get_attribute (CsBlock *self, const char *name); /* {timeout=120}; NULL */
gboolean cs_block_get_endless (CsBlock *self);
gboolean cs_block_get_interactive (CsBlock *self);
gboolean cs_block_get_destructive (CsBlock *self);
GPtrArray *cs_block_get_marks (CsBlock *self); /* of CsMark; owned by the block */

/* What its author leaves to a person, and where it is to be run. */
const char *cs_block_get_condition (CsBlock *self); /* "If tests fail:"; NULL */
const char *cs_block_get_choice (CsBlock *self);    /* equal where one is enough; NULL: none */
gboolean cs_block_is_offer (CsBlock *self);         /* conditional: holds nothing up */
const char *cs_block_get_inside (CsBlock *self);    /* `ssh web` that it is typed into; NULL */
const char *cs_block_get_target (CsBlock *self);    /* "deploy@web"; NULL: the deployment's */

/* Blocks that can't be run in one go have parts, which are run instead of them; ids "2.3.1.2". */
guint cs_block_get_n_parts (CsBlock *self);
CsBlock *cs_block_get_part (CsBlock *self, guint index); /* owned by the block */

G_END_DECLS
