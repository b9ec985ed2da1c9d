/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that can be hashed: strict reading, canonical writing (RFC 8785). */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *cs_json_parse (const char *text, gssize length, GError **error);
char *cs_json_to_canonical (JsonNode *node, GError **error);
gboolean cs_json_is_canonical (const char *text, gsize length);
void cs_json_append_string (GString *out, const char *text);

const char *cs_json_get_string (JsonObject *object, const char *member);
gint64 cs_json_get_int (JsonObject *object, const char *member, gint64 fallback);
gboolean cs_json_get_boolean (JsonObject *object, const char *member);
JsonObject *cs_json_get_object (JsonObject *object, const char *member);
JsonArray *cs_json_get_array (JsonObject *object, const char *member);

G_END_DECLS
