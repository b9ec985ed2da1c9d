/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a deployment may take place. */

#pragma once

#include "cs-byte-search.h"
#include "cs-headings.h"

G_BEGIN_DECLS

gboolean cs_window_facts_find (const char *key,
                           const char *value,
                           guint line,
                           const char *label,
                           CsTopic topic,
                           GPtrArray *facts);
gboolean cs_window_facts_may_name (const char *text, gsize length, CsBytes bytes);
gboolean cs_window_facts_find_vague (const char *words, guint line, GPtrArray *facts);

G_END_DECLS
