/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the word at hand looks like: from where it begins to where a walk has come. */

#pragma once

#include "cs-shell-walk.h"

G_BEGIN_DECLS

gboolean cs_shell_word_is (CsShellWalk *walk, gsize start, const char *word);
gboolean cs_shell_word_is_one_of (CsShellWalk *walk, gsize start, const char *const *words);
gboolean cs_shell_word_is_assignment (CsShellWalk *walk, gsize start);
const CsShellSlot *cs_shell_word_leading_slot (CsShellWalk *walk);
gboolean cs_shell_word_is_variable (CsShellWalk *walk, gsize from);
gboolean cs_shell_word_begins_with_variable (CsShellWalk *walk, gsize from);
gboolean cs_shell_word_assigns_leading_value (CsShellWalk *walk, gsize at, guint first_use);
gboolean cs_shell_word_is_in_index (CsShellWalk *walk, gsize start);

G_END_DECLS
