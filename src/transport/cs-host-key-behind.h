/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host keys of a server that is reached through another host: only ssh itself gets there. */

#pragma once

#include "cs-target.h"

G_BEGIN_DECLS

/* What known_hosts would have of it: a line for each key (transfer full). The way there has to be
 * known to the person's own ssh. UNREACHABLE, with ssh's own words. */
void cs_host_key_behind_async (CsTarget *target,
                               const char *state_directory,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *cs_host_key_behind_finish (GAsyncResult *result, GError **error);

G_END_DECLS
