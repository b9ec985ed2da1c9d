/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which a manager decides what an environment asks for. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-policy-sheet.h"

#include "cs-decree-sheet.h"
#include "cs-policy-words.h"
#include "cs-role-row.h"
#include "cs-role.h"

#include <glib/gi18n.h>

#define MOST_SIGNATURES 20

/* Under this the sheet has the policy as it stands there, and a row the role that it counts. */
#define POLICY "policy"
#define ROLE "role"

static CsPolicy *
get_policy (CsDecreeSheet *sheet)
{
  return g_object_get_data (G_OBJECT (sheet), POLICY);
}

/* What would be signed is shown in words, always as it stands. */
static void
update (CsDecreeSheet *sheet)
{
  g_autofree char *words = cs_policy_words_dup_text (get_policy (sheet));

  cs_decree_sheet_set_statement (sheet, words);
}

static void
count_cb (CsDecreeSheet *sheet, GParamSpec *pspec, GtkSpinButton *spin)
{
  const char *role = g_object_get_data (G_OBJECT (spin), ROLE);

  cs_policy_require (get_policy (sheet), role, (guint) gtk_spin_button_get_value_as_int (spin));
  update (sheet);
}

static void
four_eyes_cb (CsDecreeSheet *sheet, GParamSpec *pspec, GtkSwitch *four_eyes)
{
  get_policy (sheet)->operator_may_approve = !gtk_switch_get_active (four_eyes);
  update (sheet);
}

static void
stage_cb (CsDecreeSheet *sheet, GParamSpec *pspec, GtkDropDown *stages)
{
  get_policy (sheet)->stage = (CsPolicyStage) gtk_drop_down_get_selected (stages);
  update (sheet);
}

static void
overrider_cb (CsDecreeSheet *sheet, GtkEditable *entry)
{
  CsPolicy *policy = get_policy (sheet);

  g_free (policy->overrider);
  policy->overrider = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  update (sheet);
}

static GtkWidget *
new_spin (CsDecreeSheet *sheet, const char *role)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (0, MOST_SIGNATURES, 1);

  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin),
                             cs_policy_get_count (get_policy (sheet), role));
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, role, -1);
  g_object_set_data_full (G_OBJECT (spin), ROLE, g_strdup (role), g_free);
  g_signal_connect_object (spin, "notify::value", G_CALLBACK (count_cb), sheet, G_CONNECT_SWAPPED);
  return spin;
}

static GtkWidget *
new_row (const char *title, const char *subtitle, GtkWidget *suffix)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), suffix);
  return row;
}

static gboolean
is_listed (char **roles, const char *role)
{
  for (; *roles != NULL; roles++)
    if (cs_role_equal (*roles, role))
      return TRUE;
  return FALSE;
}

/* The well-known roles, and those that only this policy knows. */
static void
add_needs (CsDecreeSheet *sheet)
{
  g_auto (GStrv) roles = cs_policy_words_list_roles ();
  GPtrArray *needs = get_policy (sheet)->needs;
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; i < needs->len; i++)
    {
      const CsPolicyNeed *need = g_ptr_array_index (needs, i);

      if (!is_listed (roles, need->role))
        g_ptr_array_add (shown, need->role);
    }
  for (char **role = roles; *role != NULL; role++)
    g_ptr_array_add (shown, *role);
  for (guint i = 0; i < shown->len; i++)
    cs_decree_sheet_add_row (sheet, new_row (shown->pdata[i], NULL,
                                             new_spin (sheet, shown->pdata[i])));
}

/* A role of this team's own. */
static void
another_cb (CsDecreeSheet *sheet, GtkEditable *entry)
{
  g_autofree char *role = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  CsPolicy *policy = get_policy (sheet);

  if (*role == '\0' || cs_policy_get_count (policy, role) > 0)
    return;
  cs_policy_require (policy, role, 1);
  cs_decree_sheet_add_row (sheet, new_row (role, NULL, new_spin (sheet, role)));
  gtk_editable_set_text (entry, "");
  update (sheet);
}

static void
add_another (CsDecreeSheet *sheet)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Another Role"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_object (row, "apply", G_CALLBACK (another_cb), sheet, G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (sheet, row);
}

static void
begin_set (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  CsWorkspace *workspace = cs_decree_sheet_get_workspace (sheet);
  CsPolicy *policy = get_policy (sheet);

  g_free (policy->environment);
  policy->environment = g_strstrip (g_strdup (cs_decree_sheet_get_text (sheet, "environment")));
  cs_policies_set_async (cs_workspace_get_policies (workspace), cs_workspace_get_people (workspace),
                         policy, key, askpass, cancellable, cs_decree_sheet_recorded_cb,
                         g_object_ref (sheet));
}

static void
add_four_eyes (CsDecreeSheet *sheet)
{
  GtkWidget *four_eyes = gtk_switch_new ();

  gtk_widget_set_valign (four_eyes, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (four_eyes), !get_policy (sheet)->operator_may_approve);
  gtk_accessible_update_property (GTK_ACCESSIBLE (four_eyes), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Four Eyes"), -1);
  g_signal_connect_object (four_eyes, "notify::active", G_CALLBACK (four_eyes_cb), sheet,
                           G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (
    sheet, new_row (_("Four Eyes"), _("Who runs a deployment can’t approve it"), four_eyes));
}

/* In the order of CsPolicyStage. */
static void
add_stage (CsDecreeSheet *sheet)
{
  const char *const words[] = { _("By Its Name"), _("Production"), _("Not Production"), NULL };
  GtkWidget *stages = gtk_drop_down_new_from_strings (words);

  gtk_widget_set_valign (stages, GTK_ALIGN_CENTER);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (stages), get_policy (sheet)->stage);
  gtk_accessible_update_property (GTK_ACCESSIBLE (stages), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Production"), -1);
  g_signal_connect_object (stages, "notify::selected", G_CALLBACK (stage_cb), sheet,
                           G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (
    sheet, new_row (_("Production"), _("In production, deployment windows hold"), stages));
}

/**
 * cs_policy_sheet_present: (skip)
 * @parent: the window before which it stands
 * @workspace: the workspace
 * @environment: (nullable): whose policy; %NULL: of one that is to be named
 *
 * Lets a manager decide what an environment asks for.
 */
void
cs_policy_sheet_present (GtkWindow *parent, CsWorkspace *workspace, const char *environment)
{
  CsDecreeSheet *sheet = cs_decree_sheet_new (
    parent, workspace, environment != NULL ? environment : _("Add an Environment"), "", begin_set);
  CsPolicy *policy =
    cs_policies_lookup (cs_workspace_get_policies (workspace), cs_workspace_get_people (workspace),
                        environment != NULL ? environment : "", G_MAXINT64);
  GtkWidget *overrider = cs_role_row_new ();

  g_object_set_data_full (G_OBJECT (sheet), POLICY, policy, (GDestroyNotify) cs_policy_free);
  if (environment == NULL)
    gtk_widget_grab_focus (
      cs_decree_sheet_add_entry (sheet, "environment", _("Environment, like production"), TRUE));
  else
    cs_decree_sheet_set_text (sheet, "environment", environment);
  add_four_eyes (sheet);
  add_stage (sheet);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (overrider), _("Who May Overrule"));
  cs_decree_sheet_add_required (sheet, "overrider", overrider);
  cs_decree_sheet_set_text (sheet, "overrider", cs_policy_words_get_role (policy->overrider));
  g_signal_connect_object (overrider, "changed", G_CALLBACK (overrider_cb), sheet,
                           G_CONNECT_SWAPPED);
  cs_decree_sheet_add_heading (sheet, _("Signatures, at Least"),
                               _("Also where the runbook asks for fewer. 0: what the runbook asks "
                                 "for."));
  add_needs (sheet);
  add_another (sheet);
  update (sheet);
  gtk_window_present (GTK_WINDOW (sheet));
}
