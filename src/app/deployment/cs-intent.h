/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asked for what of a deployment, and how they hear what came of it; for the intents alone. */

#pragma once

#include "cs-reason-dialog.h"
#include "cs-workspace.h"

G_BEGIN_DECLS

/* While a dialog is open or the deployment works. None of these can be cancelled by closing a page:
 * what a person asked for goes on, and its record shows. */
typedef struct
{
  GtkWidget *window; /* owned: tells errors, also when the page that asked is gone */
  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsBlockState *block;
  CsFleetPart part;     /* of a fleet; elsewhere without meaning */
  const CsPoint *point; /* of the deployment */
} CsIntent;

CsIntent *cs_intent_new (GtkWidget *origin,
                         CsWorkspace *workspace,
                         CsDeployment *deployment,
                         CsStepState *step,
                         CsBlockState *block);
CsIntent *cs_intent_copy (CsIntent *intent);
void cs_intent_free (CsIntent *intent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsIntent, cs_intent_free)

const char *cs_intent_get_actor (CsIntent *intent);
void cs_intent_tell (CsIntent *intent, const GError *error);
/* Ends an act of the deployment; user_data: the intent (transfer full). */
void cs_intent_act_cb (GObject *source, GAsyncResult *result, gpointer user_data);
/* Shows the dialog; the callback gets it, the response and the intent, which goes with it. */
void cs_intent_connect (GtkWindow *dialog, GCallback callback, CsIntent *intent);

G_END_DECLS
