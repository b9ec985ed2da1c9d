/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways back from a rejection, each on a sheet that is signed. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-ruling-sheet.h"

#include "cs-decree-sheet.h"

#include <glib/gi18n.h>

/* Under these the sheet has what it is about. */
#define DEPLOYMENT "deployment"
#define SIGNOFF "signoff"

static void
ruled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsDecreeSheet) sheet = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_deployment_rule_finish (CS_DEPLOYMENT (source), result, &error))
    gtk_window_destroy (GTK_WINDOW (sheet));
  else
    cs_decree_sheet_show_problem (sheet, error);
}

static void
begin_withdraw (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_deployment_withdraw_async (g_object_get_data (G_OBJECT (sheet), DEPLOYMENT),
                                g_object_get_data (G_OBJECT (sheet), SIGNOFF),
                                cs_decree_sheet_get_text (sheet, "reason"), key, askpass,
                                cancellable, ruled_cb, g_object_ref (sheet));
}

static void
begin_overrule (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_deployment_overrule_async (g_object_get_data (G_OBJECT (sheet), DEPLOYMENT),
                                g_object_get_data (G_OBJECT (sheet), SIGNOFF),
                                cs_decree_sheet_get_text (sheet, "reason"), key, askpass,
                                cancellable, ruled_cb, g_object_ref (sheet));
}

static void
present (GtkWindow *parent,
         CsWorkspace *workspace,
         CsDeployment *deployment,
         CsSignoffState *signoff,
         const char *title,
         const char *statement,
         gboolean needs_reason,
         CsDecreeBegin begin)
{
  CsDecreeSheet *sheet = cs_decree_sheet_new (parent, workspace, title, statement, begin);

  g_object_set_data_full (G_OBJECT (sheet), DEPLOYMENT, g_object_ref (deployment), g_object_unref);
  g_object_set_data_full (G_OBJECT (sheet), SIGNOFF, g_object_ref (signoff), g_object_unref);
  cs_decree_sheet_add_entry (sheet, "reason", _("Reason"), needs_reason);
  gtk_window_present (GTK_WINDOW (sheet));
}

/** cs_ruling_sheet_withdraw: (skip): who rejected takes that back. */
void
cs_ruling_sheet_withdraw (GtkWindow *parent,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          CsSignoffState *signoff)
{
  present (parent, workspace, deployment, signoff, _("Withdraw the Rejection"),
           _("I withdraw my rejection. The line is open again; this approves nothing."), FALSE,
           begin_withdraw);
}

/** cs_ruling_sheet_overrule: (skip): someone with the right to it sets a rejection aside. */
void
cs_ruling_sheet_overrule (GtkWindow *parent,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          CsSignoffState *signoff)
{
  g_autofree char *statement =
    g_strdup_printf (_("I set the rejection of %s aside, for this reason. It stays in the record, "
                       "and so does this."),
                     cs_signoff_state_get_signer_name (signoff));

  present (parent, workspace, deployment, signoff, _("Overrule the Rejection"), statement, TRUE,
           begin_overrule);
}
