/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists under "**Expected:**" below commands. */

#pragma once

#include "cs-markdown.h"
#include "cs-model.h"

G_BEGIN_DECLS

void cs_expected_lists_find (CsSource *source, CsMarkdown *markdown, GPtrArray *blocks);

G_END_DECLS
