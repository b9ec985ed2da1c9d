/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends one request through a channel and reads what comes back, in a thread of its own. */

#pragma once

#include "cs-channel.h"
#include "cs-run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsPumpEnd:
 * @CS_PUMP_UNSENT: the channel ended before it had the whole request: nothing was done
 * @CS_PUMP_LOST: it ended after it had the request: nobody here knows what was done
 * @CS_PUMP_ANSWERED: it answered with a word; see answer
 * @CS_PUMP_ENDED: the script has ended; see status
 * @CS_PUMP_GONE: the script or its driver vanished without a trace of how it ended
 */
typedef enum
{
  CS_PUMP_UNSENT,
  CS_PUMP_LOST,
  CS_PUMP_ANSWERED,
  CS_PUMP_ENDED,
  CS_PUMP_GONE,
} CsPumpEnd;

/**
 * CsPumpResult:
 *
 * What came back. @before is the environment that the driver found (NUL-separated, ended by an
 * empty entry), @report what the script's shell said at its end (see cs-driver.c) or %NULL. @said
 * is what else came on standard error: ssh's words. @rest is what was read of the output behind all
 * that, if the channel stays open. @failure is set if output could not be kept.
 */
typedef struct
{
  CsPumpEnd end;
  char *answer;
  int status;
  char *ending;
  gboolean truncated;
  gint64 output_size;
  char *output_digest;
  GBytes *before;
  GBytes *report;
  char *said;
  GBytes *rest;
  GError *failure;
} CsPumpResult;

void cs_pump_result_free (CsPumpResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPumpResult, cs_pump_result_free)

typedef struct _CsPump CsPump;

/* nonce: of a run; NULL if the answer names it, or if there is no output to come. run: takes the
 * output; NULL for other requests. */
CsPump *cs_pump_new (CsChannel *channel, GBytes *request, const char *nonce, CsRun *run);
/* For a channel that stays open when its request is answered. broken: what it says on standard
 * error when it is of no use any more; NULL for the one that has not yet said that it waits. */
CsPump *cs_pump_new_open (CsChannel *channel,
                          GBytes *request,
                          const char *nonce,
                          CsRun *run,
                          const char *broken);
void cs_pump_unref (CsPump *self);
CsPump *cs_pump_ref (CsPump *self);

/* May be called from any thread: the pump ends soon, as LOST. */
void cs_pump_abort (CsPump *self);

void cs_pump_start_async (CsPump *self, GAsyncReadyCallback callback, gpointer user_data);
CsPumpResult *cs_pump_start_finish (GAsyncResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPump, cs_pump_unref)

G_END_DECLS
