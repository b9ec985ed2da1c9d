/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a document says about itself: version, date, owner. */

#pragma once

#include "cs-markdown.h"

G_BEGIN_DECLS

GPtrArray *cs_metadata_find (CsSource *source, CsMarkdown *markdown, guint title_line);

G_END_DECLS
