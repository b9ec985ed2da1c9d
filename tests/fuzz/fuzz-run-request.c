/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any body gives a request whose parts can be used, or a problem. */

#include "cs-run-order.h"
#include "cs-run-request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (CsProblem) problem = NULL;
  g_autoptr (CsRunRequest) request = cs_run_request_parse (body, &problem);
  g_autoptr (CsRunOrder) order = cs_run_order_new ();
  g_autoptr (CsRunOrder) again = NULL;
  g_autoptr (GBytes) wire = NULL;
  g_autoptr (GBytes) inner = NULL;
  g_autofree char *text = NULL;

  if (request == NULL)
    {
      g_assert_nonnull (problem);
      text = cs_problem_to_json (problem, "instance");
      g_assert_nonnull (text);
      return 0;
    }
  g_assert_null (problem);
  order->directory = g_strdup ("/run");
  order->cwd = g_strdup (request->cwd);
  order->shell = g_strdup (request->shell);
  order->timeout = (guint32) request->timeout;
  g_hash_table_unref (order->variables);
  order->variables = g_hash_table_ref (request->variables);
  wire = cs_run_order_write (order);
  inner = g_bytes_new_from_bytes (wire, 4, g_bytes_get_size (wire) - 4);
  again = cs_run_order_read (inner);
  g_assert_nonnull (again);
  g_assert_cmpstr (again->shell, ==, request->shell);
  g_assert_cmpuint (g_hash_table_size (again->variables), ==,
                    g_hash_table_size (request->variables));
  return 0;
}
