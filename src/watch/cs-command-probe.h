/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the scripts of probes on targets, over connections that are kept. */

#pragma once

#include "cs-breakers.h"
#include "cs-probe.h"
#include "cs-targets.h"

G_BEGIN_DECLS

/** CS_COMMAND_PROBE_OUTPUT: bytes of the end of an output that are kept to be read */
#define CS_COMMAND_PROBE_OUTPUT (64 * 1024)

#define CS_TYPE_COMMAND_PROBE (cs_command_probe_get_type ())
G_DECLARE_FINAL_TYPE (CsCommandProbe, cs_command_probe, CS, COMMAND_PROBE, GObject)

CsCommandProbe *
cs_command_probe_new (CsTargets *targets, CsBreakers *breakers, const char *state_directory);

/* Errors as cs_session_open_async() and cs_session_run_async(), NOT_FOUND if there is no such
 * target, INVALID if it is a fleet. Cancelling stops the script. */
void cs_command_probe_run_async (CsCommandProbe *self,
                                 const CsProbe *probe,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* status: the exit status; output: the end of what was printed (transfer full) */
gboolean cs_command_probe_run_finish (
  CsCommandProbe *self, GAsyncResult *result, int *status, char **output, GError **error);

/* Closes all connections. */
void cs_command_probe_close_async (CsCommandProbe *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
cs_command_probe_close_finish (CsCommandProbe *self, GAsyncResult *result, GError **error);

G_END_DECLS
