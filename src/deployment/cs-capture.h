/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that come from what a command printed, and not from a person's keys. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

/** CS_CAPTURE_MAX: what is read of an output for a value (bytes) */
#define CS_CAPTURE_MAX (64 * 1024)

/**
 * CsValueSource:
 * @step: id of the step
 * @block: id of the command
 * @run: which of its attempts printed it
 * @line: in which line of the output it stands, from 1
 * @actor: who took it from there: for `{capture=NAME}` who ran the command
 * @at: when (UTC microseconds)
 *
 * Where a value came from.
 */
typedef struct
{
  char *step;
  char *block;
  char *run;
  guint line;
  char *actor;
  gint64 at;
} CsValueSource;

/* Of the value that this name has now; NULL: someone entered it, or it has none. (transfer none) */
const CsValueSource *cs_deployment_get_value_source (CsDeployment *self, const char *name);

/* A part of one line that the command's newest attempt printed becomes the value of a placeholder;
 * text NULL: the only line that it printed. A command with {capture=NAME} that prints one line does
 * so by itself when it passes. Finishes with cs_deployment_act_finish(): INVALID if it is not clear
 * what is meant, REFUSED if it did not print that, and as cs_deployment_set_value_async(). */
void cs_deployment_capture_async (CsDeployment *self,
                                  const char *actor,
                                  CsBlockState *block,
                                  const char *name,
                                  const char *text,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

G_END_DECLS
