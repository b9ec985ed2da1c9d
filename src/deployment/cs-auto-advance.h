/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one command after the other, up to the first thing that needs a person. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

/* Property (notify): "active". Signals ::starting (CsStepState *, CsBlockState *) before a command
 * is run and ::ended (the same, and GError *: why it could not be run, or NULL) after it. */
#define CS_TYPE_AUTO_ADVANCE (cs_auto_advance_get_type ())
G_DECLARE_FINAL_TYPE (CsAutoAdvance, cs_auto_advance, CS, AUTO_ADVANCE, GObject)

/* In whose name. Nothing is run before cs_auto_advance_run_async(). */
CsAutoAdvance *cs_auto_advance_new (CsDeployment *deployment, const char *actor);
/* The last phase whose commands are run; NULL: all. */
void cs_auto_advance_set_until (CsAutoAdvance *self, CsPhaseState *phase);
/* How fleets are gone through (NULL: as the target says), and whether one that waits between two
 * batches goes on: a person who says so beforehand has been asked. */
void cs_auto_advance_set_fleet (CsAutoAdvance *self,
                                const CsBatching *batching,
                                CsFleetPart part,
                                gboolean go_on);

/* What would be run now: TRUE with step and command in next. FALSE: nothing, because all is done
 * (why is NULL then) or because a person is needed: why says for what. (out) (transfer full) */
gboolean cs_auto_advance_find_next (CsAutoAdvance *self, CsNext *next, CsGate **why);

/* One at a time. cancellable: nothing more is started, and the command that is on its way to its
 * target is not sent; one that runs goes on to its end. */
void cs_auto_advance_run_async (CsAutoAdvance *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* TRUE: it came to the end. FALSE with why: a person is needed; FALSE with an error: a gate's, or
 * as cs_deployment_run_block_finish(), or cancelled. */
gboolean cs_auto_advance_run_finish (CsAutoAdvance *self,
                                     GAsyncResult *result,
                                     CsGate **why,
                                     GError **error);
/* Nothing more is started; the command that runs goes on to its end. */
void cs_auto_advance_stop (CsAutoAdvance *self);
gboolean cs_auto_advance_is_active (CsAutoAdvance *self);

G_END_DECLS
