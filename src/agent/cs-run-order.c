/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent tells a supervisor: where the run's files are, and how to run it. */

#include "cs-run-order.h"

#include "cs-ssh-wire.h"

#include <string.h>

/** cs_run_order_new: (transfer full): an order without anything. */
CsRunOrder *
cs_run_order_new (void)
{
  CsRunOrder *self = g_new0 (CsRunOrder, 1);

  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/** cs_run_order_free: frees an order; secrets are wiped first. */
void
cs_run_order_free (CsRunOrder *self)
{
  GHashTableIter iter;
  gpointer secret;

  if (self == NULL)
    return;
  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, NULL, &secret))
    explicit_bzero (secret, strlen (secret));
  g_free (self->directory);
  g_free (self->cwd);
  g_free (self->shell);
  g_free (self->terminal);
  g_hash_table_unref (self->variables);
  g_hash_table_unref (self->secrets);
  g_free (self);
}

static void
append_text (GByteArray *out, const char *text)
{
  cs_ssh_wire_append_string (out, text, text != NULL ? strlen (text) : 0);
}

static void
append_table (GByteArray *out, GHashTable *table)
{
  GHashTableIter iter;
  gpointer name, value;

  cs_ssh_wire_append_u32 (out, g_hash_table_size (table));
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      append_text (out, name);
      cs_ssh_wire_append_u32 (out, value != NULL);
      append_text (out, value);
    }
}

/**
 * cs_run_order_write:
 *
 * Returns: (transfer full): the bytes to send to a supervisor
 */
GBytes *
cs_run_order_write (const CsRunOrder *self)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();

  append_text (body, self->directory);
  append_text (body, self->cwd);
  append_text (body, self->shell);
  cs_ssh_wire_append_u32 (body, self->timeout);
  cs_ssh_wire_append_u32 (body, self->output_mib);
  append_text (body, self->terminal);
  cs_ssh_wire_append_u32 (body, self->columns);
  cs_ssh_wire_append_u32 (body, self->rows);
  append_table (body, self->variables);
  append_table (body, self->secrets);
  cs_ssh_wire_append_string (out, body->data, body->len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static gboolean
read_table (CsSshWire *wire, GHashTable *table)
{
  guint32 n, set;

  if (!cs_ssh_wire_read_u32 (wire, &n))
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    {
      g_autofree char *name = cs_ssh_wire_read_text (wire);
      g_autofree char *value = NULL;

      if (name == NULL || !cs_ssh_wire_read_u32 (wire, &set) ||
          (value = cs_ssh_wire_read_text (wire)) == NULL)
        return FALSE;
      g_hash_table_replace (table, g_steal_pointer (&name),
                            set != 0 ? g_steal_pointer (&value) : NULL);
    }
  return TRUE;
}

/**
 * cs_run_order_read:
 * @data: what cs_run_order_write() gave, without the length
 *
 * Returns: (transfer full) (nullable): the order; %NULL if it is not whole
 */
CsRunOrder *
cs_run_order_read (GBytes *data)
{
  g_autoptr (CsRunOrder) self = cs_run_order_new ();
  CsSshWire wire = { g_bytes_get_data (data, NULL), g_bytes_get_size (data) };

  self->directory = cs_ssh_wire_read_text (&wire);
  self->cwd = cs_ssh_wire_read_text (&wire);
  self->shell = cs_ssh_wire_read_text (&wire);
  if (self->directory == NULL || self->cwd == NULL || self->shell == NULL ||
      !cs_ssh_wire_read_u32 (&wire, &self->timeout) ||
      !cs_ssh_wire_read_u32 (&wire, &self->output_mib) ||
      (self->terminal = cs_ssh_wire_read_text (&wire)) == NULL ||
      !cs_ssh_wire_read_u32 (&wire, &self->columns) ||
      !cs_ssh_wire_read_u32 (&wire, &self->rows) || !read_table (&wire, self->variables) ||
      !read_table (&wire, self->secrets) || wire.length != 0)
    return NULL;
  if (*self->terminal == '\0')
    g_clear_pointer (&self->terminal, g_free);
  if (*self->cwd == '\0')
    g_clear_pointer (&self->cwd, g_free);
  return g_steal_pointer (&self);
}
