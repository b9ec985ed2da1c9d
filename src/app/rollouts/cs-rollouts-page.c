/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and companies: who has a feature, and what is next. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rollouts-page.h"

#include "cs-companies-view.h"
#include "cs-company-import.h"
#include "cs-company-view.h"
#include "cs-flag-dialog.h"
#include "cs-flag-row.h"
#include "cs-flag-view.h"
#include "cs-rollout-list.h"

#include <glib/gi18n.h>

struct _CsRolloutsPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsRolloutList *rollouts;
  guint waiting;

  GtkStack *stack;
  GtkListBox *list;
  AdwActionRow *companies_row;
  CsFlagView *flag_view;
  CsCompaniesView *companies_view;
  CsCompanyView *company_view;
};

G_DEFINE_FINAL_TYPE (CsRolloutsPage, cs_rollouts_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  PROP_WAITING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static gboolean
is_shown (CsRolloutsPage *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

static guint
count_companies (CsRolloutsPage *self)
{
  CsCompanyList *companies =
    self->rollouts != NULL ? cs_rollout_list_get_company_list (self->rollouts) : NULL;

  return companies != NULL ? cs_company_list_get_n (companies) : 0;
}

static void
show_list (CsRolloutsPage *self)
{
  gboolean empty = self->rollouts == NULL ||
                   (g_list_model_get_n_items (G_LIST_MODEL (self->rollouts)) == 0 &&
                    count_companies (self) == 0);

  cs_flag_view_show (self->flag_view, NULL, NULL);
  cs_company_view_show (self->company_view, NULL, NULL);
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

static void
show_companies (CsRolloutsPage *self)
{
  guint n = count_companies (self);
  g_autofree char *words = g_strdup_printf (ngettext ("%u company", "%u companies", n), n);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->companies_row),
                                 n > 0 ? words : _("No companies yet"));
}

static gboolean
waits (CsRolloutEntry *entry)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  GPtrArray *gates = cs_rollout_entry_get_gates (entry);
  CsFlag *flag = rollout != NULL ? cs_rollout_get_flag (rollout) : NULL;

  if (flag == NULL)
    return FALSE;
  return cs_flag_get_drift (flag) != NULL || cs_flag_get_trouble (flag) != NULL ||
         (cs_flag_get_stage (flag) != NULL && gates != NULL && gates->len == 0);
}

static void
update_waiting (CsRolloutsPage *self)
{
  GListModel *model = G_LIST_MODEL (self->rollouts);
  guint waiting = 0;

  for (guint i = 0; self->rollouts != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CsRolloutEntry) entry = g_list_model_get_item (model, i);

      waiting += waits (entry) ? 1 : 0;
    }
  if (self->waiting == waiting)
    return;
  self->waiting = waiting;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING]);
}

static void
items_changed_cb (CsRolloutsPage *self, guint position, guint n_removed, guint n_added)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (CsRolloutEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->rollouts), i);

      g_signal_connect_object (entry, "changed", G_CALLBACK (update_waiting), self,
                               G_CONNECT_SWAPPED);
    }
  if (is_shown (self, "empty") || is_shown (self, "list"))
    show_list (self);
}

static void
companies_changed_cb (CsRolloutsPage *self)
{
  show_companies (self);
  if (is_shown (self, "empty") || is_shown (self, "list"))
    show_list (self);
}

static void
failed_cb (CsRolloutsPage *self, const GError *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  return cs_flag_row_new (item);
}

static void
show_entry (CsRolloutsPage *self, CsRolloutEntry *entry)
{
  cs_flag_view_show (self->flag_view, self->workspace, entry);
  gtk_stack_set_visible_child_name (self->stack, "flag");
}

static void
row_activated_cb (CsRolloutsPage *self, GtkListBoxRow *row)
{
  show_entry (self, cs_flag_row_get_entry (CS_FLAG_ROW (row)));
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (widget);

  if (is_shown (self, "company"))
    gtk_widget_activate_action (widget, "rollouts.companies", NULL);
  else if (!is_shown (self, "empty") && !is_shown (self, "list"))
    show_list (self);
}

static void
companies_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (widget);

  cs_company_view_show (self->company_view, NULL, NULL);
  cs_companies_view_refresh (self->companies_view);
  gtk_stack_set_visible_child_name (self->stack, "companies");
}

static void
company_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (widget);

  cs_flag_view_show (self->flag_view, NULL, NULL);
  cs_company_view_show (self->company_view, self->rollouts,
                        g_variant_get_string (parameter, NULL));
  gtk_stack_set_visible_child_name (self->stack, "company");
}

static void
flag_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  cs_rollouts_page_show_flag (CS_ROLLOUTS_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
edit_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (widget);
  CsRolloutEntry *entry = cs_flag_view_get_entry (self->flag_view);

  if (entry != NULL && cs_rollout_entry_get_rollout (entry) != NULL)
    cs_flag_dialog_present_for (GTK_WINDOW (gtk_widget_get_root (widget)), self->rollouts, entry);
}

static void
ask_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (widget);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  if (self->rollouts == NULL || cs_rollout_list_get_companies (self->rollouts) == NULL)
    return;
  if (g_str_equal (name, "rollouts.add-flag"))
    cs_flag_dialog_present (window, self->rollouts);
  else if (g_str_equal (name, "rollouts.import-file"))
    cs_company_import_file (window, self->rollouts);
  else
    cs_company_import_command (window, self->rollouts);
}

static void
forget (CsRolloutsPage *self)
{
  g_autoptr (CsRolloutList) rollouts = g_steal_pointer (&self->rollouts);

  if (rollouts == NULL)
    return;
  cs_companies_view_set_rollouts (self->companies_view, NULL);
  cs_company_view_show (self->company_view, NULL, NULL);
  g_signal_handlers_disconnect_by_data (rollouts, self);
  cs_rollout_list_close (rollouts);
}

static void
set_workspace (CsRolloutsPage *self, CsWorkspace *workspace)
{
  if (!g_set_object (&self->workspace, workspace))
    return;
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  forget (self);
  if (workspace != NULL)
    {
      self->rollouts = cs_rollout_list_new (workspace);
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->rollouts), create_row_cb, NULL,
                               NULL);
      g_signal_connect_object (self->rollouts, "items-changed", G_CALLBACK (items_changed_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->rollouts, "companies-changed",
                               G_CALLBACK (companies_changed_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->rollouts, "failed", G_CALLBACK (failed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  cs_companies_view_set_rollouts (self->companies_view, self->rollouts);
  show_companies (self);
  show_list (self);
}

static void
cs_rollouts_page_dispose (GObject *object)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (object);

  forget (self);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (cs_rollouts_page_parent_class)->dispose (object);
}

static void
cs_rollouts_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsRolloutsPage *self = CS_ROLLOUTS_PAGE (object);

  switch (id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, self->workspace);
      break;
    case PROP_WAITING:
      g_value_set_uint (value, self->waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_rollouts_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      set_workspace (CS_ROLLOUTS_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_rollouts_page_class_init (CsRolloutsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_rollouts_page_dispose;
  object_class->get_property = cs_rollouts_page_get_property;
  object_class->set_property = cs_rollouts_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WAITING] = g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CS_TYPE_COMPANIES_VIEW);
  g_type_ensure (CS_TYPE_COMPANY_VIEW);
  g_type_ensure (CS_TYPE_FLAG_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-rollouts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, list);
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, companies_row);
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, flag_view);
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, companies_view);
  gtk_widget_class_bind_template_child (widget_class, CsRolloutsPage, company_view);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.companies", NULL, companies_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.company", "s", company_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.flag", "s", flag_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.edit-flag", NULL, edit_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.add-flag", NULL, ask_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.import-file", NULL, ask_cb);
  gtk_widget_class_install_action (widget_class, "rollouts.import-command", NULL, ask_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "rollouts.back", NULL);
}

static void
cs_rollouts_page_init (CsRolloutsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_rollouts_page_new:
 *
 * Returns: (transfer floating): the page, empty until it is given a workspace
 */
GtkWidget *
cs_rollouts_page_new (void)
{
  return g_object_new (CS_TYPE_ROLLOUTS_PAGE, NULL);
}

/**
 * cs_rollouts_page_is_busy:
 * @self: a page
 *
 * Returns: whether a feature is being switched just now by this window
 */
gboolean
cs_rollouts_page_is_busy (CsRolloutsPage *self)
{
  GListModel *model;

  g_return_val_if_fail (CS_IS_ROLLOUTS_PAGE (self), FALSE);

  model = G_LIST_MODEL (self->rollouts);
  for (guint i = 0; self->rollouts != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CsRolloutEntry) entry = g_list_model_get_item (model, i);

      if (cs_rollout_entry_is_busy (entry))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_rollouts_page_show_flag:
 * @self: a page
 * @key: of a flag
 *
 * Shows it, if it is there.
 */
void
cs_rollouts_page_show_flag (CsRolloutsPage *self, const char *key)
{
  CsRolloutEntry *entry;

  g_return_if_fail (CS_IS_ROLLOUTS_PAGE (self) && key != NULL);

  entry = self->rollouts != NULL ? cs_rollout_list_lookup (self->rollouts, key) : NULL;
  if (entry != NULL)
    show_entry (self, entry);
}
