/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outcome of a run, as a supervisor writes it down. */

#pragma once

#include "cs-run-order.h"

G_BEGIN_DECLS

/**
 * CsRunReport:
 * @ending: (nullable): why it was ended; %NULL if it ended by itself
 * @status: exit status, or 128 + signal
 * @size: bytes printed
 * @kept: bytes of them in the file, of which @digest is the SHA-256
 * @said: what the script's shell reported
 */
typedef struct
{
  const CsRunOrder *order;
  const char *ending;
  int status;
  gint64 started;
  gint64 finished;
  gint64 size;
  gint64 kept;
  char *digest;
  const GString *said;
} CsRunReport;

char *cs_run_report_build (const CsRunReport *self);

G_END_DECLS
