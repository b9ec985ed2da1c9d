/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads and writes the data types of SSH (RFC 4251, section 5). */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-ssh-wire.h"

#include <string.h>

/** cs_ssh_wire_read_u32: takes a number of four bytes. */
gboolean
cs_ssh_wire_read_u32 (CsSshWire *self, guint32 *value)
{
  if (self->length < 4)
    return FALSE;
  *value = (guint32) self->data[0] << 24 | (guint32) self->data[1] << 16 |
           (guint32) self->data[2] << 8 | self->data[3];
  self->data += 4;
  self->length -= 4;
  return TRUE;
}

/**
 * cs_ssh_wire_read_string:
 * @string: (out): its bytes, which stay where they are
 *
 * Takes bytes that their length precedes.
 */
gboolean
cs_ssh_wire_read_string (CsSshWire *self, CsSshWire *string)
{
  CsSshWire rest = *self;
  guint32 length;

  if (!cs_ssh_wire_read_u32 (&rest, &length) || length > rest.length)
    return FALSE;
  *string = (CsSshWire){ rest.data, length };
  *self = (CsSshWire){ rest.data + length, rest.length - length };
  return TRUE;
}

/**
 * cs_ssh_wire_read_mpint:
 * @number: (out): the magnitude, without leading zero bytes
 *
 * Takes a number that is greater than zero.
 */
gboolean
cs_ssh_wire_read_mpint (CsSshWire *self, CsSshWire *number)
{
  if (!cs_ssh_wire_read_string (self, number) || number->length == 0 ||
      (number->data[0] & 0x80) != 0)
    return FALSE;
  while (number->length > 0 && number->data[0] == 0)
    {
      number->data++;
      number->length--;
    }
  return number->length > 0;
}

/**
 * cs_ssh_wire_read_text:
 *
 * Returns: (transfer full) (nullable): a string without NUL; %NULL if there is none
 */
char *
cs_ssh_wire_read_text (CsSshWire *self)
{
  CsSshWire string;

  if (!cs_ssh_wire_read_string (self, &string) ||
      (string.length > 0 && memchr (string.data, '\0', string.length) != NULL))
    return NULL;
  return g_strndup ((const char *) string.data, string.length);
}

/** cs_ssh_wire_is: whether these bytes are @text. */
gboolean
cs_ssh_wire_is (const CsSshWire *self, const char *text)
{
  return self->length == strlen (text) && memcmp (self->data, text, self->length) == 0;
}

/** cs_ssh_wire_append_u32: writes a number of four bytes. */
void
cs_ssh_wire_append_u32 (GByteArray *out, guint32 value)
{
  guint32 wire = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &wire, sizeof wire);
}

/** cs_ssh_wire_append_string: writes bytes and, before them, their length. */
void
cs_ssh_wire_append_string (GByteArray *out, const void *data, gsize length)
{
  cs_ssh_wire_append_u32 (out, (guint32) length);
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);
}
