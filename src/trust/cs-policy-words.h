/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy asks for, in the words that all faces show. */

#pragma once

#include "cs-policy.h"

G_BEGIN_DECLS

/* Sentences, in the reader's language; of NULL: that there are no rules yet. (transfer full) */
char **cs_policy_words_describe (const CsPolicy *policy);
/* The same as one text. */
char *cs_policy_words_dup_text (const CsPolicy *policy);

/* Roles that many teams have; the granted words of any of them in any language mean the same role.
 * (transfer full) */
char **cs_policy_words_list_roles (void);
/* A role as people read it. (transfer none) */
const char *cs_policy_words_get_role (const char *role);

/* "a, b and c" (transfer full) */
char *cs_policy_words_join (char **words);

G_END_DECLS
