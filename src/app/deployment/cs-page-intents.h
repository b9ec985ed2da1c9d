/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks of a deployment on the page: done in the background, errors told. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each takes the widget that asked, so that its window can tell what went wrong. */
void cs_intent_run (GtkWidget *origin,
                    CsWorkspace *workspace,
                    CsDeployment *deployment,
                    CsStepState *step,
                    CsBlockState *block);
void cs_intent_run_fleet (GtkWidget *origin,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          CsStepState *step,
                          CsBlockState *block,
                          CsFleetPart part);
void cs_intent_skip_member (GtkWidget *origin,
                            CsWorkspace *workspace,
                            CsDeployment *deployment,
                            CsBlockState *member);
void cs_intent_recover (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_check (GtkWidget *origin,
                      CsWorkspace *workspace,
                      CsDeployment *deployment,
                      CsStepState *step,
                      CsCheckState *check,
                      gboolean done);
/* value NULL: take it back */
void cs_intent_set_value (GtkWidget *origin,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          const char *name,
                          const char *value);
void cs_intent_confirm (GtkWidget *origin,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        CsStepState *step);
void cs_intent_skip (GtkWidget *origin,
                     CsWorkspace *workspace,
                     CsDeployment *deployment,
                     CsStepState *step);
/* Of a command: what it printed is as expected, or is not. */
void cs_intent_choose (GtkWidget *origin,
                       CsWorkspace *workspace,
                       CsDeployment *deployment,
                       CsStepState *step,
                       CsBlockState *block);
void cs_intent_leave_out (GtkWidget *origin,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          CsBlockState *block);
void cs_intent_capture (GtkWidget *origin,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        CsBlockState *block,
                        const char *text);
void cs_intent_judge (GtkWidget *origin,
                      CsWorkspace *workspace,
                      CsDeployment *deployment,
                      CsBlockState *block,
                      guint index,
                      gboolean met);
void cs_intent_accept (GtkWidget *origin,
                       CsWorkspace *workspace,
                       CsDeployment *deployment,
                       CsBlockState *block);
void cs_intent_override (GtkWidget *origin,
                         CsWorkspace *workspace,
                         CsDeployment *deployment,
                         CsStepState *step,
                         const CsGate *gate);
/* A blocker, or go or no-go. */
void cs_intent_resolve (GtkWidget *origin,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        const CsPoint *point);
void cs_intent_decide (GtkWidget *origin,
                       CsWorkspace *workspace,
                       CsDeployment *deployment,
                       const CsPoint *point,
                       gboolean go);
void cs_intent_pause (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_resume (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_lock (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_unlock (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_roll_back (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);
void cs_intent_close (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment);

G_END_DECLS
