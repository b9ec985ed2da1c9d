/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a company that is to have a feature in every stage, or in none. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-pin-dialog.h"

#include "cs-company-line.h"
#include "cs-company-model.h"
#include "cs-company-pins.h"

struct _CsPinDialog
{
  AdwWindow parent_instance;

  GtkWidget *origin;
  CsRolloutEntry *entry;
  CsCompanyModel *model;
  GtkSingleSelection *selection;

  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkListView *view;
};

G_DEFINE_FINAL_TYPE (CsPinDialog, cs_pin_dialog, ADW_TYPE_WINDOW)

static void
update_cb (CsPinDialog *self)
{
  gboolean chosen = gtk_single_selection_get_selected_item (self->selection) != NULL;

  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0
                                      ? "list"
                                      : "nothing");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pin-dialog.in", chosen);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pin-dialog.out", chosen);
}

static void
search_cb (CsPinDialog *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);

  cs_company_model_search (self->model, cs_rollout_get_company_list (rollout),
                           gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
close_cb (CsPinDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
pin_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsPinDialog *self = CS_PIN_DIALOG (widget);
  CsCompanyItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item == NULL)
    return;
  cs_company_pins_set (self->origin, self->entry, cs_company_item_get_id (item),
                       g_str_equal (name, "pin-dialog.in") ? CS_COMPANY_PIN_IN
                                                           : CS_COMPANY_PIN_OUT);
  gtk_window_close (GTK_WINDOW (self));
}

static void
cs_pin_dialog_dispose (GObject *object)
{
  CsPinDialog *self = CS_PIN_DIALOG (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->origin);
  g_clear_object (&self->entry);
  g_clear_object (&self->model);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (cs_pin_dialog_parent_class)->dispose (object);
}

static void
cs_pin_dialog_class_init (CsPinDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_pin_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-pin-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPinDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, CsPinDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CsPinDialog, view);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_install_action (widget_class, "pin-dialog.in", NULL, pin_cb);
  gtk_widget_class_install_action (widget_class, "pin-dialog.out", NULL, pin_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_pin_dialog_init (CsPinDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = cs_company_line_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->model = cs_company_model_new ();
  self->selection =
    gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
}

/** cs_pin_dialog_present: (skip): origin tells what could not be recorded. */
void
cs_pin_dialog_present (GtkWidget *origin, CsRolloutEntry *entry)
{
  CsPinDialog *self =
    g_object_new (CS_TYPE_PIN_DIALOG, "transient-for", gtk_widget_get_root (origin), NULL);

  self->origin = g_object_ref (origin);
  self->entry = g_object_ref (entry);
  search_cb (self);
  update_cb (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
