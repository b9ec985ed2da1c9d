/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a request that types into the terminal of a run, read strictly. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-keys-request.h"

#include "cs-json.h"
#include "cs-run-request.h"
#include "cs-signature.h"

#include <string.h>

static gboolean
fail (CsProblem **problem, const char *words)
{
  *problem = cs_problem_new (CS_PROBLEM_INVALID, "%s", words);
  return FALSE;
}

static gboolean
read_input (JsonObject *object, CsRunKeys *keys, CsProblem **problem)
{
  const char *base64 = cs_json_get_string (object, "input");
  g_autoptr (GBytes) bytes = base64 != NULL ? cs_signature_decode_base64 (base64) : NULL;
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (json_object_has_member (object, "at"))
    keys->at = cs_json_get_int (object, "at", -1);
  if (json_object_has_member (object, "at") && keys->at < 0)
    return fail (problem, "“at” is not a number of bytes");
  if (!json_object_has_member (object, "input"))
    return TRUE;
  if (size == 0 || size > CS_RUN_KEYS_MAX)
    return fail (problem, "“input” is not the base64 of 1 to 4000 bytes");
  memcpy (keys->data, data, size);
  keys->length = (guint16) size;
  explicit_bzero ((void *) data, size);
  return TRUE;
}

static gboolean
read_size (JsonObject *object, CsRunKeys *keys, CsProblem **problem)
{
  gint64 columns = cs_json_get_int (object, "columns", 0);
  gint64 rows = cs_json_get_int (object, "rows", 0);

  if (!json_object_has_member (object, "columns") && !json_object_has_member (object, "rows"))
    return TRUE;
  if (columns < 1 || columns > CS_TERMINAL_SIZE_MAX || rows < 1 || rows > CS_TERMINAL_SIZE_MAX)
    return fail (problem, "“columns” and “rows” stand together, each from 1 to 2000");
  keys->columns = (guint16) columns;
  keys->rows = (guint16) rows;
  return TRUE;
}

/**
 * cs_keys_request_parse:
 * @body: JSON
 * @keys: (out): what is typed, or the terminal's new size, or both
 * @problem: (out): what is wrong with it
 *
 * Returns: whether it can be typed; else a problem
 */
gboolean
cs_keys_request_parse (GBytes *body, CsRunKeys *keys, CsProblem **problem)
{
  static const char *const known[] = { "at", "input", "columns", "rows", NULL };
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object = cs_body_parse (body, &node, problem);

  memset (keys, 0, sizeof *keys);
  keys->at = -1;
  if (object == NULL || !cs_body_check_members (object, known, problem) ||
      !read_input (object, keys, problem) || !read_size (object, keys, problem))
    return FALSE;
  return keys->length > 0 || keys->columns > 0 ||
         fail (problem, "Nothing is typed, and the size stays as it is");
}
