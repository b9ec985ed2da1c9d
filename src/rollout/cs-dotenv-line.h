/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line `KEY=value` of a file of settings, with all that stands around the value. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsDotenvLine:
 * @before: all up to the value, with an opening quote
 * @value: without quotes
 * @after: all behind it, with the closing quote, a comment, and a CR
 */
typedef struct
{
  char *before;
  char *value;
  char *after;
} CsDotenvLine;

/* INVALID: it can't be said where its value ends. */
CsDotenvLine *cs_dotenv_line_parse (const char *text, GError **error);
void cs_dotenv_line_free (CsDotenvLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDotenvLine, cs_dotenv_line_free)

/* The line with another value, which needs no quotes of its own (transfer full). */
char *cs_dotenv_line_with (const CsDotenvLine *self, const char *value);

gboolean cs_dotenv_key_check (const char *key, GError **error);
gboolean cs_dotenv_value_check (const char *value, GError **error);

G_END_DECLS
