/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All companies in a table, found by their name or by how it sounds. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-companies-view.h"

#include "cs-act-words.h"
#include "cs-company-model.h"

#include <glib/gi18n.h>

struct _CsCompaniesView
{
  AdwBin parent_instance;

  CsRolloutList *rollouts;
  CsCompanyModel *model;

  GtkLabel *version;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *id_column;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *flags_column;
};

G_DEFINE_FINAL_TYPE (CsCompaniesView, cs_companies_view, ADW_TYPE_BIN)

static void
items_changed_cb (CsCompaniesView *self)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0
                                      ? "table"
                                      : "nothing");
}

static void
search_cb (CsCompaniesView *self)
{
  CsCompanyList *list =
    self->rollouts != NULL ? cs_rollout_list_get_company_list (self->rollouts) : NULL;

  if (list != NULL)
    cs_company_model_search (self->model, list,
                             gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
activate_cb (CsCompaniesView *self, guint position)
{
  g_autoptr (CsCompanyItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "rollouts.company", "s",
                                cs_company_item_get_id (item));
}

static void
show_version (CsCompaniesView *self)
{
  CsCompanies *companies = cs_rollout_list_get_companies (self->rollouts);
  CsCompanyVersion *newest = companies != NULL ? cs_companies_get_newest (companies) : NULL;
  const char *source = newest != NULL ? cs_company_version_get_source (newest) : NULL;
  g_autofree char *when = NULL;
  g_autofree char *words = NULL;

  if (newest == NULL)
    {
      gtk_label_set_text (self->version, _("No companies yet"));
      return;
    }
  when = cs_act_words_format_time (cs_company_version_get_at (newest));
  /* Translators: of a list of companies: which version, where it came from, when, what changed */
  words = g_strdup_printf (_("Version %u, %s, %s: %u new, %u gone, %u changed"),
                           g_list_model_get_n_items (G_LIST_MODEL (companies)),
                           source != NULL ? source : "–", when,
                           cs_company_version_get_n_added (newest),
                           cs_company_version_get_n_removed (newest),
                           cs_company_version_get_n_changed (newest));
  gtk_label_set_text (self->version, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->version), words);
}

static void
companies_changed_cb (CsCompaniesView *self)
{
  show_version (self);
  search_cb (self);
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_INT (user_data) != 0 ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_name_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      cs_company_item_get_name (gtk_list_item_get_item (item)));
}

static void
bind_id_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      cs_company_item_get_id (gtk_list_item_get_item (item)));
}

static void
bind_size_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  const CsCompany *company = cs_company_item_get_company (gtk_list_item_get_item (item));
  g_autofree char *size =
    company != NULL ? g_strdup_printf ("%lld", (long long) company->size) : NULL;

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), size != NULL ? size : "");
}

/* The flags that are on for a company. */
static void
bind_flags_cb (CsCompaniesView *self, GtkListItem *item)
{
  const char *id = cs_company_item_get_id (gtk_list_item_get_item (item));
  g_autoptr (GString) keys = g_string_new (NULL);
  GListModel *flags = G_LIST_MODEL (self->rollouts);

  for (guint i = 0; flags != NULL && i < g_list_model_get_n_items (flags); i++)
    {
      g_autoptr (CsRolloutEntry) entry = g_list_model_get_item (flags, i);
      CsRollout *rollout = cs_rollout_entry_get_rollout (entry);

      if (rollout != NULL && cs_flag_state_contains (cs_rollout_get_state (rollout), id))
        g_string_append_printf (keys, keys->len > 0 ? ", %s" : "%s",
                                cs_rollout_entry_get_key (entry));
    }
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), keys->str);
}

static void
set_factory (GtkColumnViewColumn *column, GCallback bind, gboolean right)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (right));
  g_signal_connect (factory, "bind", bind, NULL);
  gtk_column_view_column_set_factory (column, factory);
}

static void
set_flags_factory (CsCompaniesView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_flags_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_column_set_factory (self->flags_column, factory);
}

static void
cs_companies_view_dispose (GObject *object)
{
  CsCompaniesView *self = CS_COMPANIES_VIEW (object);

  g_clear_object (&self->rollouts);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (cs_companies_view_parent_class)->dispose (object);
}

static void
cs_companies_view_class_init (CsCompaniesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_companies_view_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-companies-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, version);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, stack);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, scroller);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, view);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, name_column);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, id_column);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, size_column);
  gtk_widget_class_bind_template_child (widget_class, CsCompaniesView, flags_column);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
cs_companies_view_init (CsCompaniesView *self)
{
  GtkSingleSelection *selection;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->model = cs_company_model_new ();
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  set_factory (self->name_column, G_CALLBACK (bind_name_cb), FALSE);
  set_factory (self->id_column, G_CALLBACK (bind_id_cb), FALSE);
  set_factory (self->size_column, G_CALLBACK (bind_size_cb), TRUE);
  set_flags_factory (self);
}

/** cs_companies_view_set_rollouts: (skip): (nullable): whose companies. */
void
cs_companies_view_set_rollouts (CsCompaniesView *self, CsRolloutList *rollouts)
{
  g_return_if_fail (CS_IS_COMPANIES_VIEW (self));

  if (self->rollouts != NULL)
    g_signal_handlers_disconnect_by_func (self->rollouts, companies_changed_cb, self);
  if (!g_set_object (&self->rollouts, rollouts) || rollouts == NULL)
    return;
  g_signal_connect_object (rollouts, "companies-changed", G_CALLBACK (companies_changed_cb), self,
                           G_CONNECT_SWAPPED);
  companies_changed_cb (self);
}

/** cs_companies_view_refresh: (skip): when it comes into view: flags were switched meanwhile. */
void
cs_companies_view_refresh (CsCompaniesView *self)
{
  g_return_if_fail (CS_IS_COMPANIES_VIEW (self));

  search_cb (self);
}
