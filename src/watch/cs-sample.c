/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a probe found at one moment. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-sample.h"

#include <math.h>
#include <string.h>

static const char *const fields[] = { "failure", "value", "time", "first-byte" };

/**
 * cs_sample_state_to_string:
 * @state: a state
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_sample_state_to_string (CsSampleState state)
{
  static const char *const words[] = { "good", "bad", "empty", "error" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

/**
 * cs_field_to_string:
 * @field: a field
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_field_to_string (CsField field)
{
  g_return_val_if_fail ((guint) field < G_N_ELEMENTS (fields), NULL);
  return fields[field];
}

/**
 * cs_field_from_string:
 * @word: (nullable): a word
 * @field: (out): the field it means
 *
 * Returns: FALSE if it means none
 */
gboolean
cs_field_from_string (const char *word, CsField *field)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_strcmp0 (word, fields[i]) == 0)
      {
        *field = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cs_sample_get_field:
 * @self: a sample
 * @field: which of its numbers
 *
 * Returns: the number; NAN if it has none, and always if nothing is known of the service
 */
double
cs_sample_get_field (const CsSample *self, CsField field)
{
  if (self->state == CS_SAMPLE_ERROR || self->state == CS_SAMPLE_EMPTY)
    return NAN;
  switch (field)
    {
    case CS_FIELD_FAILURE:
      return self->state == CS_SAMPLE_BAD ? 1 : 0;
    case CS_FIELD_VALUE:
      return self->value;
    case CS_FIELD_TIME:
      return self->time;
    case CS_FIELD_FIRST_BYTE:
      return self->first_byte;
    default:
      g_return_val_if_reached (NAN);
    }
}
