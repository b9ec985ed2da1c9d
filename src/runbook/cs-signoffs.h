/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the lines that someone is to sign. */

#pragma once

#include "cs-markdown.h"
#include "cs-signoff.h"

G_BEGIN_DECLS

GPtrArray *cs_signoffs_find (CsSource *source, CsMarkdown *markdown, guint8 *holds);

G_END_DECLS
