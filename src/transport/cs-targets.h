/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All targets: the fold of the stream `targets`, a GListModel of CsTarget. */

#pragma once

#include "cs-stream-list.h"
#include "cs-target.h"

G_BEGIN_DECLS

#define CS_TARGETS_STREAM "targets"

#define CS_TYPE_TARGETS (cs_targets_get_type ())
G_DECLARE_FINAL_TYPE (CsTargets, cs_targets, CS, TARGETS, CsStreamList)

void cs_targets_load_async (CsStore *store,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsTargets *cs_targets_load_finish (GAsyncResult *result, GError **error);

CsTarget *cs_targets_lookup (CsTargets *self, const char *name);

/* A fleet whose members all have addresses of their own: those that are named are looked up now
 * (NOT_FOUND). Any other target comes as it is. (transfer full) */
CsTarget *cs_target_resolve (CsTarget *self, CsTargets *targets, GError **error);

/* Records target-added (EXISTS if the name is taken), target-changed (NOT_FOUND) or target-removed
 * (NOT_FOUND). */
void cs_targets_add_async (CsTargets *self,
                           const char *actor,
                           CsTarget *target,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cs_targets_add_finish (CsTargets *self, GAsyncResult *result, GError **error);
void cs_targets_change_async (CsTargets *self,
                              const char *actor,
                              CsTarget *target,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_targets_change_finish (CsTargets *self, GAsyncResult *result, GError **error);
void cs_targets_remove_async (CsTargets *self,
                              const char *actor,
                              const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cs_targets_remove_finish (CsTargets *self, GAsyncResult *result, GError **error);

/* What has become of the certificates of agents since they were agreed upon. */
CsAgentPins *cs_targets_get_pins (CsTargets *self);
/* Records from now on what agents tell access about their certificates, as actor. */
void
cs_targets_follow_certificates (CsTargets *self, CsAgentAccess *access, const char *actor);

G_END_DECLS
