/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether text reads like commands of a shell. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cs_shell_is_tagged_command (const char *text);
gboolean cs_shell_is_untagged_command (const char *text);
gboolean cs_shell_is_command_word (const char *word, gsize length);

G_END_DECLS
