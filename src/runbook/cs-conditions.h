/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that leave it to a person whether commands are run. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsConditionKind: what a comment says of the commands under it */
typedef enum
{
  CS_CONDITION_NONE,
  CS_CONDITION_GROUP,  /* "If tests fail:": all of them, up to the next thought */
  CS_CONDITION_LINE,   /* "If Git is used", "Restart workers (if needed)": those right under it */
  CS_CONDITION_OR,     /* "OR": instead of what stands above */
  CS_CONDITION_OPTION, /* "Option A: …": one of several to choose from */
  CS_CONDITION_UNSURE, /* "Create it (if missing)": perhaps one; the commands are needed */
} CsConditionKind;

CsConditionKind cs_condition_of_comment (const char *words, gsize length);
gboolean cs_condition_is_label (const char *words, gsize length);
gboolean cs_condition_is_way_back (const char *words, gsize length);
gboolean cs_condition_is_remark (const char *words, gsize length);

G_END_DECLS
