/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: people, what environments ask for, and secrets. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-preferences.h"

#include "cs-people-page.h"
#include "cs-policies-page.h"
#include "cs-secrets-page.h"

struct _CsPreferences
{
  AdwPreferencesWindow parent_instance;

  CsPeoplePage *people_page;
  CsPoliciesPage *policies_page;
  CsSecretsPage *secrets_page;
};

G_DEFINE_FINAL_TYPE (CsPreferences, cs_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static void
cs_preferences_class_init (CsPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (CS_TYPE_PEOPLE_PAGE);
  g_type_ensure (CS_TYPE_POLICIES_PAGE);
  g_type_ensure (CS_TYPE_SECRETS_PAGE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPreferences, people_page);
  gtk_widget_class_bind_template_child (widget_class, CsPreferences, policies_page);
  gtk_widget_class_bind_template_child (widget_class, CsPreferences, secrets_page);
}

static void
cs_preferences_init (CsPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_preferences_present: (skip)
 * @parent: the window before which it stands
 * @workspace: the workspace that is set up
 * @page: (nullable): which page to begin with
 *
 * Opens the preferences.
 */
void
cs_preferences_present (GtkWindow *parent, CsWorkspace *workspace, const char *page)
{
  CsPreferences *self = g_object_new (CS_TYPE_PREFERENCES, "transient-for", parent, NULL);

  cs_people_page_set_workspace (self->people_page, workspace);
  cs_policies_page_set_workspace (self->policies_page, workspace);
  cs_secrets_page_set_workspace (self->secrets_page, workspace);
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), page);
  gtk_window_present (GTK_WINDOW (self));
}
