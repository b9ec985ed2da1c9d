/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: what environments ask of those who approve. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-policies-page.h"

#include "cs-policy-sheet.h"
#include "cs-policy-words.h"

#include <glib/gi18n.h>

struct _CsPoliciesPage
{
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *group;
  GtkWidget *add;

  CsWorkspace *workspace;
  GPtrArray *rows; /* unowned */
};

G_DEFINE_FINAL_TYPE (CsPoliciesPage, cs_policies_page, ADW_TYPE_PREFERENCES_PAGE)

/* Under this a row has its environment. */
#define ENVIRONMENT "environment"

static CsPolicy *
lookup (CsPoliciesPage *self, const char *environment)
{
  return cs_policies_lookup (cs_workspace_get_policies (self->workspace),
                             cs_workspace_get_people (self->workspace), environment, G_MAXINT64);
}

static void
open_sheet (CsPoliciesPage *self, const char *environment)
{
  cs_policy_sheet_present (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->workspace,
                           environment);
}

static void
row_activated_cb (CsPoliciesPage *self, GtkWidget *row)
{
  open_sheet (self, g_object_get_data (G_OBJECT (row), ENVIRONMENT));
}

static void
add_cb (CsPoliciesPage *self)
{
  open_sheet (self, NULL);
}

static void
add_row (CsPoliciesPage *self, const char *environment)
{
  GtkWidget *row = adw_action_row_new ();
  g_autoptr (CsPolicy) policy = lookup (self, environment);
  g_autofree char *words = cs_policy_words_dup_text (policy);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), environment);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), policy != NULL);
  g_object_set_data_full (G_OBJECT (row), ENVIRONMENT, g_strdup (environment), g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

/* Those that have a policy of their own, and those in which something was deployed. */
static GPtrArray *
list_environments (CsPoliciesPage *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GListModel *deployments = cs_workspace_get_deployments (self->workspace);
  g_auto (GStrv) own =
    cs_policies_list_environments (cs_workspace_get_policies (self->workspace),
                                   cs_workspace_get_people (self->workspace));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (char **name = own; *name != NULL; name++)
    if (g_hash_table_add (seen, g_utf8_casefold (*name, -1)))
      g_ptr_array_add (names, g_strdup (*name));
  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      const char *name = cs_deployment_get_environment (deployment);

      if (g_hash_table_add (seen, g_utf8_casefold (name, -1)))
        g_ptr_array_add (names, g_strdup (name));
    }
  return names;
}

static void
update_cb (CsPoliciesPage *self)
{
  gboolean governed =
    cs_people_is_governed (cs_workspace_get_people (self->workspace), G_MAXINT64);
  g_autoptr (GPtrArray) names = list_environments (self);
  g_autofree char *none = cs_policy_words_dup_text (NULL);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  adw_preferences_group_set_description (
    self->group, governed ? _("Managers decide it. A deployment keeps what held when it was "
                              "opened; environments that are not here ask for what the lines of "
                              "the runbook ask for, and four eyes.")
                          : none);
  gtk_widget_set_sensitive (self->add, governed);
  for (guint i = 0; i < names->len && governed; i++)
    add_row (self, names->pdata[i]);
}

static void
cs_policies_page_dispose (GObject *object)
{
  CsPoliciesPage *self = CS_POLICIES_PAGE (object);

  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_policies_page_parent_class)->dispose (object);
}

static void
cs_policies_page_finalize (GObject *object)
{
  g_ptr_array_unref (CS_POLICIES_PAGE (object)->rows);

  G_OBJECT_CLASS (cs_policies_page_parent_class)->finalize (object);
}

static void
cs_policies_page_class_init (CsPoliciesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_policies_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_policies_page_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-policies-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPoliciesPage, group);
  gtk_widget_class_bind_template_child (widget_class, CsPoliciesPage, add);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
cs_policies_page_init (CsPoliciesPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_policies_page_set_workspace: (skip): shows the policies of a workspace. */
void
cs_policies_page_set_workspace (CsPoliciesPage *self, CsWorkspace *workspace)
{
  g_return_if_fail (CS_IS_POLICIES_PAGE (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (cs_workspace_get_people (workspace), "items-changed",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_workspace_get_policies (workspace), "changed",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
}
