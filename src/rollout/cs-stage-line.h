/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage as people write it in one line. */

#pragma once

#include "cs-stage.h"

G_BEGIN_DECLS

/* "Test companies | 15,42 | soak=7d | sign=Tech lead:2" (transfer full): what
 * cs_stage_new_from_json() takes. INVALID. */
JsonObject *cs_stage_line_parse (const char *text, GError **error);
/* As cs_stage_line_parse() reads it, of what cs_stage_to_json() gives (transfer full). */
char *cs_stage_line_write (JsonObject *stage);

G_END_DECLS
