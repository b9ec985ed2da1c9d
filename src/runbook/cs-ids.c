/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ids of what a runbook consists of: "2.3.1". */

#include "cs-ids.h"

#include <string.h>

/**
 * cs_id_new:
 * @parent: the id of what it is part of; empty if of the runbook itself
 * @sign: what stands between it and the number
 * @number: its place among its like, from 1
 *
 * Returns: (transfer full): the three, one behind the other
 */
char *
cs_id_new (const char *parent, const char *sign, guint number)
{
  gsize length = strlen (parent), sign_length = strlen (sign);
  char digits[16], *at = digits + sizeof digits - 1;
  char *id;

  *at = '\0';
  do
    {
      *--at = (char) ('0' + number % 10);
      number /= 10;
    }
  while (number > 0);
  id = g_malloc (length + sign_length + strlen (at) + 1);
  memcpy (id, parent, length);
  memcpy (id + length, sign, sign_length);
  strcpy (id + length + sign_length, at);
  return id;
}
