/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in a block that a person, or the program, has to know about before running it. */

#include "cs-mark.h"

#include <string.h>

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
  gsize text_size = strlen (text) + 1, name_size = strlen (name) + 1;
  CsMark *self = g_malloc (sizeof (CsMark) + text_size + name_size);

  self->kind = kind;
  self->line = line;
  self->text = memcpy (self + 1, text, text_size);
  self->name = memcpy (self->text + text_size, name, name_size);
  return self;
}

void
cs_mark_free (CsMark *self)
{
  g_free (self); /* its words stand behind it */
}
