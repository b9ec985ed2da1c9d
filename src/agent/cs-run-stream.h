/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer that follows a run: its output as it comes, until it ends. */

#pragma once

#include "cs-runs.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CS_RUN_STREAM_FRAMES "application/vnd.countersign.frames"
#define CS_RUN_STREAM_RAW "application/octet-stream"

/* Sends frames, or the bytes alone, from an offset on. Owns itself; ends with the message. */
void cs_run_stream_start (CsRuns *runs,
                          SoupServerMessage *message,
                          const char *id,
                          gint64 from,
                          gboolean frames,
                          gboolean follow);

G_END_DECLS
