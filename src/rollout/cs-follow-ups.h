/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be run on a target so that a file that was written takes effect, and to see it. */

#pragma once

#include "cs-target-shell.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CS_TYPE_FOLLOW_UPS (cs_follow_ups_get_type ())
G_DECLARE_FINAL_TYPE (CsFollowUps, cs_follow_ups, CS, FOLLOW_UPS, GObject)

/* settings: {directory, reload: [COMMAND…], readback: COMMAND}; path: of the file, in whose
 * directory commands run unless it is said. */
CsFollowUps *cs_follow_ups_new (CsTargetShell *shell, JsonObject *settings, const char *path);

/* Runs the reload commands one after the other; FAILED with the first one that failed. */
void cs_follow_ups_reload_async (CsFollowUps *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cs_follow_ups_finish (CsFollowUps *self, GAsyncResult *result, GError **error);

gboolean cs_follow_ups_can_read_back (CsFollowUps *self);
void cs_follow_ups_read_back_async (CsFollowUps *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
char *cs_follow_ups_read_back_finish (CsFollowUps *self, GAsyncResult *result, GError **error);

G_END_DECLS
