/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command should print, and who can judge it. */

#pragma once

#include "cs-mark.h"
#include "cs-source.h"

G_BEGIN_DECLS

const char *cs_expectation_judge (const char *text, gboolean literal);
gboolean cs_expectation_is_announced (const char *lower);
void cs_expectations_find (const char *text, GArray *lines, CsSource *source, GPtrArray *marks);
void cs_expectations_of_file (const char *text, GArray *lines, GPtrArray *marks);
void cs_expectations_of_output (const char *text, GArray *lines, GPtrArray *marks);

G_END_DECLS
