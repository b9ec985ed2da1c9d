/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone decides about what stops a deployment, each on a sheet that is signed. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-ruling-sheet.h"

#include "cs-decree-sheet.h"
#include "cs-introduction.h"

#include <glib/gi18n.h>

/* Under these the sheet has what it is about. */
#define DEPLOYMENT "deployment"
#define SIGNOFF "signoff"
#define STEP "step"
#define BLOCK "block"
#define ROLES "roles"

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
begin_override (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_deployment_override_async (g_object_get_data (G_OBJECT (sheet), DEPLOYMENT),
                                g_object_get_data (G_OBJECT (sheet), STEP),
                                cs_decree_sheet_get_text (sheet, "gate"),
                                cs_decree_sheet_get_text (sheet, "reason"), key, askpass,
                                cancellable, ruled_cb, g_object_ref (sheet));
}

/* Who signs here for the first time is made known by the key, then it is signed. */
typedef struct
{
  CsDecreeSheet *sheet;
  CsKey *key;
  CsAskpass *askpass;
  GCancellable *cancellable;
} Accepting;

static void
accepting_free (Accepting *accepting)
{
  g_clear_object (&accepting->sheet);
  g_clear_object (&accepting->key);
  g_clear_object (&accepting->askpass);
  g_clear_object (&accepting->cancellable);
  g_free (accepting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Accepting, accepting_free)

static const char *
get_role (CsDecreeSheet *sheet)
{
  AdwComboRow *row = g_object_get_data (G_OBJECT (sheet), ROLES);
  GtkStringObject *chosen = adw_combo_row_get_selected_item (row);

  return chosen != NULL ? gtk_string_object_get_string (chosen) : NULL;
}

static void
introduced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Accepting) accepting = user_data;
  GObject *sheet = G_OBJECT (accepting->sheet);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) person = cs_people_introduce_finish (CS_PEOPLE (source), result, &error);

  if (person == NULL)
    cs_decree_sheet_show_problem (accepting->sheet, error);
  else
    cs_deployment_accept_async (g_object_get_data (sheet, DEPLOYMENT),
                                g_object_get_data (sheet, BLOCK), get_role (accepting->sheet),
                                cs_decree_sheet_get_text (accepting->sheet, "reason"),
                                accepting->key, accepting->askpass, accepting->cancellable,
                                ruled_cb, g_object_ref (accepting->sheet));
}

static void
begin_accept (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  CsWorkspace *workspace = cs_decree_sheet_get_workspace (sheet);
  Accepting *accepting = g_new0 (Accepting, 1);

  accepting->sheet = g_object_ref (sheet);
  accepting->key = g_object_ref (key);
  accepting->askpass = g_object_ref (askpass);
  accepting->cancellable = g_object_ref (cancellable);
  cs_people_introduce_async (cs_workspace_get_people (workspace),
                             cs_workspace_get_actor (workspace),
                             cs_decree_sheet_get_text (sheet, "name"), key, askpass, cancellable,
                             introduced_cb, accepting);
}

static void
hold (CsDecreeSheet *sheet, const char *name, gpointer object)
{
  g_object_set_data_full (G_OBJECT (sheet), name, g_object_ref (object), g_object_unref);
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

  hold (sheet, DEPLOYMENT, deployment);
  hold (sheet, SIGNOFF, signoff);
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

/** cs_ruling_sheet_override: (skip): someone with the right to it lets a step go on past a gate. */
void
cs_ruling_sheet_override (GtkWindow *parent,
                          CsWorkspace *workspace,
                          CsDeployment *deployment,
                          CsStepState *step,
                          const CsGate *gate)
{
  g_autofree char *statement =
    g_strdup_printf (_("I let “%s” go on although “%s”. This takes a %s; it is signed, and stands "
                       "out in the history for ever."),
                     cs_step_get_title (cs_step_state_get_step (step)), gate->words,
                     cs_deployment_get_overrider (deployment));
  CsDecreeSheet *sheet =
    cs_decree_sheet_new (parent, workspace, _("Override"), statement, begin_override);

  hold (sheet, DEPLOYMENT, deployment);
  hold (sheet, STEP, step);
  cs_decree_sheet_set_text (sheet, "gate", gate->id);
  cs_decree_sheet_add_entry (sheet, "reason", _("Reason"), TRUE);
  gtk_window_present (GTK_WINDOW (sheet));
}

/* The roles of whose key is chosen. */
static void
update_roles_cb (CsDecreeSheet *sheet)
{
  CsKey *key = cs_key_chooser_get_key (cs_decree_sheet_get_key_chooser (sheet));
  CsPeople *people = cs_workspace_get_people (cs_decree_sheet_get_workspace (sheet));
  CsPerson *person =
    key != NULL ? cs_people_lookup_key (people, cs_key_get_public_line (key)) : NULL;
  g_auto (GStrv) roles = person != NULL ? cs_person_list_roles (person, G_MAXINT64) : NULL;
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) roles);
  AdwComboRow *row = g_object_get_data (G_OBJECT (sheet), ROLES);

  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  gtk_widget_set_visible (GTK_WIDGET (row), roles != NULL && roles[0] != NULL);
}

/** cs_ruling_sheet_accept: (skip): someone marks a command as passed although it failed. */
void
cs_ruling_sheet_accept (GtkWindow *parent,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        CsBlockState *block)
{
  CsDecreeSheet *sheet = cs_decree_sheet_new (
    parent, workspace, _("Mark as Passed"),
    _("The command counts as passed although it failed. The history keeps that it failed, who "
      "decided otherwise, and why."),
    begin_accept);
  GtkWidget *roles = adw_combo_row_new ();
  const char *name = g_get_real_name ();

  hold (sheet, DEPLOYMENT, deployment);
  hold (sheet, BLOCK, block);
  cs_decree_sheet_add_entry (sheet, "reason", _("Reason"), TRUE);
  if (!cs_people_is_governed (cs_workspace_get_people (workspace), G_MAXINT64))
    cs_decree_sheet_add_entry (sheet, "name", _("Your Name"), FALSE);
  if (name != NULL && !g_str_equal (name, "Unknown"))
    cs_decree_sheet_set_text (sheet, "name", name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (roles), _("In the Role of"));
  cs_decree_sheet_add_row (sheet, roles);
  hold (sheet, ROLES, roles);
  g_signal_connect_object (cs_decree_sheet_get_key_chooser (sheet), "notify::key",
                           G_CALLBACK (update_roles_cb), sheet, G_CONNECT_SWAPPED);
  update_roles_cb (sheet);
  gtk_window_present (GTK_WINDOW (sheet));
}
