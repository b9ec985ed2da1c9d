/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in a block that a person, or the program, has to know about before running it. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CsMarkKind:
 * @CS_MARK_PLACEHOLDER: to be filled in; the name is what values are asked for by
 * @CS_MARK_SECRET: a secret in clear text; the name is its sort
 * @CS_MARK_ENDLESS: runs until it is stopped
 * @CS_MARK_INTERACTIVE: asks for input; the name is how ("repl", "password_prompt", "sudo"…)
 * @CS_MARK_DESTRUCTIVE: destroys or stops something; the name is what ("drop", "service_stop"…)
 * @CS_MARK_HOP: what follows runs elsewhere; the name is where
 * @CS_MARK_CONDITION: a person decides whether what follows is run
 * @CS_MARK_EXPECTATION: what the output should be; the name is who judges: "match", "number",
 *   "person"
 * @CS_MARK_EXAMPLE: text that is probably an example; it runs as it stands
 */
typedef enum
{
  CS_MARK_PLACEHOLDER,
  CS_MARK_SECRET,
  CS_MARK_ENDLESS,
  CS_MARK_INTERACTIVE,
  CS_MARK_DESTRUCTIVE,
  CS_MARK_HOP,
  CS_MARK_CONDITION,
  CS_MARK_EXPECTATION,
  CS_MARK_EXAMPLE,
} CsMarkKind;

/** CsMark: owned by the block that it was found in */
typedef struct
{
  CsMarkKind kind;
  guint line; /* of the document, from 1 */
  char *text; /* as written */
  char *name;
} CsMark;

const char *cs_mark_kind_to_string (CsMarkKind kind);
CsMark *cs_mark_new (CsMarkKind kind, guint line, const char *text, const char *name);
void cs_mark_free (CsMark *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMark, cs_mark_free)

G_END_DECLS
