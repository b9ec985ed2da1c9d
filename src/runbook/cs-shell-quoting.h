/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a value so that a shell reads it back as data, for each place where it can stand. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cs_shell_quote_word (GString *out, const char *value, gboolean in_document);
void cs_shell_quote_double (GString *out, const char *value);
void cs_shell_quote_single (GString *out, const char *value, gboolean in_document);
void cs_shell_quote_ansi (GString *out, const char *value);
void cs_shell_quote_comment (GString *out, const char *value);
void cs_shell_quote_document (GString *out,
                              const char *value,
                              const char *delimiter,
                              gboolean strip_tabs,
                              gboolean only_tabs_before);
void cs_shell_quote_backquoted (GString *out, const char *script, gsize length, gboolean in_double);
gsize cs_shell_common_start (const char *line, gsize length, const char *delimiter);

gboolean cs_shell_is_plain (const char *value);
gboolean cs_shell_is_number (const char *value);

/** CS_SHELL_NOTHING: expands to nothing in every POSIX shell, also under `set -u` */
#define CS_SHELL_NOTHING "${0+}"

G_END_DECLS
