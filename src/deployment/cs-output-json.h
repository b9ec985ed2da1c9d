/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a command printed the JSON that is expected, however it is laid out. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* lines: of char*; line: the line where it begins, from 1 */
gboolean cs_output_json_holds (const char *expected, GPtrArray *lines, guint *line);

G_END_DECLS
