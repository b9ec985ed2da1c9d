/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which someone signs a decision about people, keys or rules. */

#pragma once

#include "cs-key-chooser.h"
#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_DECREE_SHEET (cs_decree_sheet_get_type ())
G_DECLARE_FINAL_TYPE (CsDecreeSheet, cs_decree_sheet, CS, DECREE_SHEET, AdwWindow)

/* Begins to record what the sheet says, signed with key; the callback ends in
 * cs_decree_sheet_recorded_cb(). */
typedef void (*CsDecreeBegin) (CsDecreeSheet *sheet,
                               CsKey *key,
                               CsAskpass *askpass,
                               GCancellable *cancellable);

CsDecreeSheet *cs_decree_sheet_new (GtkWindow *parent,
                                    CsWorkspace *workspace,
                                    const char *title,
                                    const char *statement,
                                    CsDecreeBegin begin);
void cs_decree_sheet_set_statement (CsDecreeSheet *self, const char *statement);
CsWorkspace *cs_decree_sheet_get_workspace (CsDecreeSheet *self);
CsKeyChooser *cs_decree_sheet_get_key_chooser (CsDecreeSheet *self);

/* What is decided, as text under a name: given, or to be filled in (required: the sheet can't be
 * signed before). */
void cs_decree_sheet_set_text (CsDecreeSheet *self, const char *name, const char *text);
const char *cs_decree_sheet_get_text (CsDecreeSheet *self, const char *name);
GtkWidget *cs_decree_sheet_add_entry (CsDecreeSheet *self,
                                      const char *name,
                                      const char *title,
                                      gboolean required);
/* An editable row that has to be filled in. */
void cs_decree_sheet_add_required (CsDecreeSheet *self, const char *name, GtkWidget *row);
/* A row of the sheet that holds something else. */
void cs_decree_sheet_add_row (CsDecreeSheet *self, GtkWidget *row);
/* Rows that are added from now on stand under this heading. */
void
cs_decree_sheet_add_heading (CsDecreeSheet *self, const char *title, const char *description);

void cs_decree_sheet_recorded_cb (GObject *source, GAsyncResult *result, gpointer sheet);
void cs_decree_sheet_show_problem (CsDecreeSheet *self, const GError *error);

G_END_DECLS
