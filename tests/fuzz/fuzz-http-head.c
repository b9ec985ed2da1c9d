/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any head of a request is let through in the one way in which it can be read, or refused. */

#include "cs-http-guard.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize body = 0;
  const char *problem = cs_http_head_check ((const char *) data, size, &body, out);

  if (problem != NULL)
    {
      g_assert_cmpuint (out->len, ==, 0);
      return 0;
    }
  g_assert_cmpuint (body, <=, CS_HTTP_GUARD_BODY_MAX);
  g_assert_cmpuint (strlen (out->str), ==, out->len);
  g_assert_true (g_str_has_suffix (out->str, "\r\n\r\n"));
  g_assert_true (strstr (out->str, "\r\n\r\n") == out->str + out->len - 4);
  for (const char *c = out->str; *c != '\0'; c++)
    g_assert_true (*c != '\n' || (c > out->str && c[-1] == '\r'));
  g_assert_null (strstr (out->str, "\r\n "));
  return 0;
}
