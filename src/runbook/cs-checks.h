/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the things to tick, and the choices to make. */

#pragma once

#include "cs-markdown.h"
#include "cs-check.h"

G_BEGIN_DECLS

GPtrArray *cs_checks_find (CsSource *source,
                           CsMarkdown *markdown,
                           const guint8 *holds,
                           GArray *choice_lines);

G_END_DECLS
