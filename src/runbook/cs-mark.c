/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in a block that a person, or the program, has to know about before running it. */

#include "cs-mark.h"

/**
 * cs_mark_kind_to_string:
 *
 * Returns: (transfer none): the word of the JSON model
 */
const char *
cs_mark_kind_to_string (CsMarkKind kind)
{
  static const char *const NAMES[] = { "placeholder", "secret", "endless", "interactive",
                                       "destructive", "hop", "condition", "expectation",
                                       "example" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (NAMES), NULL);
  return NAMES[kind];
}

/**
 * cs_mark_new:
 * @line: where, from 1
 * @text: as written
 * @name: see #CsMarkKind
 *
 * Returns: (transfer full): the mark
 */
CsMark *
cs_mark_new (CsMarkKind kind, guint line, const char *text, const char *name)
{
  CsMark *self = g_new0 (CsMark, 1);

  self->kind = kind;
  self->line = line;
  self->text = g_strdup (text);
  self->name = g_strdup (name);
  return self;
}

void
cs_mark_free (CsMark *self)
{
  g_free (self->text);
  g_free (self->name);
  g_free (self);
}
