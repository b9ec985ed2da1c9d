/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a reason, or for a word to be typed, before something that can't be undone. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "cancel", "confirm". */
#define CS_TYPE_REASON_DIALOG (cs_reason_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CsReasonDialog, cs_reason_dialog, CS, REASON_DIALOG, AdwMessageDialog)

CsReasonDialog *cs_reason_dialog_new (GtkWindow *parent,
                                      const char *heading,
                                      const char *body,
                                      const char *field,
                                      const char *confirm,
                                      gboolean destructive);
void cs_reason_dialog_set_expected (CsReasonDialog *self, const char *expected);
void cs_reason_dialog_set_choices (CsReasonDialog *self, const char *title, GtkStringList *choices);
void cs_reason_dialog_set_text (CsReasonDialog *self, const char *text);
const char *cs_reason_dialog_get_text (CsReasonDialog *self);
guint cs_reason_dialog_get_choice (CsReasonDialog *self);

G_END_DECLS
