/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that a command refers to by name, and the values of those that stand in it. */

#pragma once

#include "cs-mark.h"

G_BEGIN_DECLS

/** CS_SECRET_PREFIX: with a name behind it, the variable in which a command finds the secret */
#define CS_SECRET_PREFIX "COUNTERSIGN_SECRET_"

gboolean cs_secret_name_is_valid (const char *name);
GPtrArray *cs_secret_references_list (const char *text);
char *cs_secret_mark_dup_value (const CsMark *mark);

G_END_DECLS
