/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest samples of one probe, and figures over them. */

#pragma once

#include "cs-sample.h"

#include <math.h>

G_BEGIN_DECLS

/** CsFigures: over the samples of a time that have the number; NAN where there is none */
typedef struct
{
  guint n;          /* samples that have the number */
  guint n_empty;    /* samples that found nothing to measure */
  guint n_errors;   /* samples that say nothing */
  double mean;
  double least;
  double most;
  double p50;
  double p95;
  double p99;
  double last;
  double increase;  /* of a counter, in a second; one that starts anew counts from 0 */
} CsFigures;

/** CS_FIGURES_NONE: over nothing */
#define CS_FIGURES_NONE \
  (CsFigures) { 0, 0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN }

void cs_figures_order (GArray *numbers, CsFigures *figures);

typedef struct _CsSamples CsSamples;

/* Keeps samples for this many microseconds, and at most CS_SAMPLES_MOST of them. */
#define CS_SAMPLES_MOST 8192

CsSamples *cs_samples_new (gint64 span);
void cs_samples_free (CsSamples *self);
void cs_samples_set_span (CsSamples *self, gint64 span);
void cs_samples_add (CsSamples *self, const CsSample *sample);
guint cs_samples_get_n (CsSamples *self);
const CsSample *cs_samples_get (CsSamples *self, guint position); /* oldest first */
void cs_samples_compute (
  CsSamples *self, CsField field, gint64 after, gint64 until, CsFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSamples, cs_samples_free)

G_END_DECLS
