/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document as the block parser gets it: same lines, nothing in them to choke on. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

GString *cs_neutral_new (CsSource *source,
                         guint *front_matter_end,
                         guint *unclosed_line,
                         guint32 *cut);

G_END_DECLS
