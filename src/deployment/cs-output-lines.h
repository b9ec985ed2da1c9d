/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command printed, as a person reads it: lines without colours and cursor movements. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_OUTPUT_LINES_MAX: what is read of an output (bytes); whoever needs the rest is a person */
#define CS_OUTPUT_LINES_MAX (16 * 1024 * 1024)

/* (transfer full) of char*, one for each line, NULL-free UTF-8, without spaces around. Sets cut if
 * there was more than is read. */
GPtrArray *cs_output_lines_new (GBytes *output, gboolean *cut);

G_END_DECLS
