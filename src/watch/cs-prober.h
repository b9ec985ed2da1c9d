/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures: asks URLs, Prometheus servers and targets. */

#pragma once

#include "cs-breakers.h"
#include "cs-keyring.h"
#include "cs-probe.h"
#include "cs-sample.h"
#include "cs-targets.h"
#include "cs-watch-clock.h"

G_BEGIN_DECLS

#define CS_TYPE_PROBER (cs_prober_get_type ())
G_DECLARE_FINAL_TYPE (CsProber, cs_prober, CS, PROBER, GObject)

/* targets, breakers: where command probes find their target; NULL: there are none.
 * state_directory: as for cs_session_open_async(). */
CsProber *cs_prober_new (CsWatchClock *clock,
                         CsTargets *targets,
                         CsBreakers *breakers,
                         const char *state_directory);
/* Where the bearer tokens of probes are. */
void cs_prober_set_keyring (CsProber *self, CsKeyring *keyring, const char *environment);

/* One measurement. It always ends with a sample, within the probe's time-out or little more; the
 * only error is G_IO_ERROR_CANCELLED. */
void cs_prober_measure_async (CsProber *self,
                              const CsProbe *probe,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* detail: (out) (transfer full): what was found, in a few words: "HTTP 503" */
gboolean cs_prober_measure_finish (
  CsProber *self, GAsyncResult *result, CsSample *sample, char **detail, GError **error);

/* Ends the connections to targets. */
void cs_prober_close_async (CsProber *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cs_prober_close_finish (CsProber *self, GAsyncResult *result, GError **error);

G_END_DECLS
