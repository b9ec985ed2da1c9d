/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes the data types of SSH (RFC 4251, section 5). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsSshWire:
 *
 * What is left to read; every reader takes from the front, and gives %FALSE for what is not there.
 */
typedef struct
{
  const guint8 *data;
  gsize length;
} CsSshWire;

gboolean cs_ssh_wire_read_u32 (CsSshWire *self, guint32 *value);
gboolean cs_ssh_wire_read_string (CsSshWire *self, CsSshWire *string);
gboolean cs_ssh_wire_read_mpint (CsSshWire *self, CsSshWire *number);
char *cs_ssh_wire_read_text (CsSshWire *self);
gboolean cs_ssh_wire_is (const CsSshWire *self, const char *text);

void cs_ssh_wire_append_u32 (GByteArray *out, guint32 value);
void cs_ssh_wire_append_string (GByteArray *out, const void *data, gsize length);

G_END_DECLS
