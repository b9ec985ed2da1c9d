/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles are words of runbooks; the same role has many spellings. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_ROLE_MANAGER: the key of the role that decides about people and policies */
#define CS_ROLE_MANAGER "manager"

char *cs_role_dup_key (const char *words);
gboolean cs_role_equal (const char *words, const char *other);

G_END_DECLS
