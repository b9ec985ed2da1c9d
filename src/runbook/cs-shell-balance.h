/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether lines of a script hold whole compound commands, and where a command's comment is. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean
cs_shell_balance_is_even (const char *text, GArray *lines, guint first, guint last);
const char *cs_shell_balance_find_comment (const char *start, const char *end);

G_END_DECLS
