/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a probe found at one moment. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsSampleState:
 * @CS_SAMPLE_GOOD: what was asked answered as it should
 * @CS_SAMPLE_BAD: it answered otherwise, or not at all: it is the service that is at fault
 * @CS_SAMPLE_EMPTY: there was nothing to measure: no traffic, no such series, not a number
 * @CS_SAMPLE_ERROR: nothing is known of the service: whoever was to tell of it could not be asked
 */
typedef enum
{
  CS_SAMPLE_GOOD,
  CS_SAMPLE_BAD,
  CS_SAMPLE_EMPTY,
  CS_SAMPLE_ERROR,
} CsSampleState;

/**
 * CsField: the numbers of a sample
 * @CS_FIELD_FAILURE: 1 if the check failed, 0 if not
 * @CS_FIELD_VALUE: what was measured, in the probe's unit
 * @CS_FIELD_TIME: seconds until the whole answer was there
 * @CS_FIELD_FIRST_BYTE: seconds until its first byte
 */
typedef enum
{
  CS_FIELD_FAILURE,
  CS_FIELD_VALUE,
  CS_FIELD_TIME,
  CS_FIELD_FIRST_BYTE,
} CsField;

/** CsSample: a number that is not there is NAN */
typedef struct
{
  gint64 at; /* UTC microseconds: when it was asked */
  CsSampleState state;
  double value;
  double time;
  double first_byte;
} CsSample;

const char *cs_sample_state_to_string (CsSampleState state); /* "good", "bad", "empty", "error" */
const char *cs_field_to_string (CsField field); /* "failure", "value", "time", "first-byte" */
gboolean cs_field_from_string (const char *word, CsField *field);
double cs_sample_get_field (const CsSample *self, CsField field);

G_END_DECLS
