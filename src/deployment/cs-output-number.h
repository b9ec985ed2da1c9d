/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds on numbers that a command should print: "Query: <50ms". */

#pragma once

#include "cs-judgement.h"

G_BEGIN_DECLS

/* lines: of char*; line: the line that decided, from 1; 0 if none did */
CsVerdict cs_output_number_judge (const char *text, GPtrArray *lines, guint *line);

G_END_DECLS
