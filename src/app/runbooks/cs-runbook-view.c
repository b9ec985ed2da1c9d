/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook: what was understood of it beside the words as they were written. */

#define G_LOG_DOMAIN "cs-runbook-view"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-comparison-view.h"
#include "cs-diagnostics-button.h"
#include "cs-file-watch.h"
#include "cs-finding-popover.h"
#include "cs-growing-list.h"
#include "cs-outline-item.h"
#include "cs-outline-row.h"
#include "cs-overruling.h"
#include "cs-runbook-source.h"
#include "cs-runbook-view.h"
#include "cs-secret-bar.h"
#include "cs-short-words.h"
#include "cs-version-bar.h"

struct _CsRunbookView
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsLibraryEntry *entry; /* the version that is shown */
  CsRunbook *runbook;
  CsFileWatch *watch;
  GCancellable *cancellable;
  GtkSingleSelection *selection;
  guint start_source; /* that words the button anew */

  GtkLabel *title;
  GtkLabel *subtitle;
  GtkButton *start_button;
  GtkLabel *start_label;
  GtkWidget *changed;
  GtkWidget *damage;
  GtkLabel *damage_words;
  AdwFlap *flap;
  GtkListView *outline;
  GtkStack *content;
  CsRunbookSource *source;
  CsComparisonView *comparison;
  CsSecretBar *secrets;
  CsVersionBar *versions;
  CsDiagnosticsButton *diagnostics;
};

G_DEFINE_FINAL_TYPE (CsRunbookView, cs_runbook_view, ADW_TYPE_BIN)

static GListModel *
get_children_cb (gpointer item, gpointer user_data)
{
  GListModel *children = cs_outline_item_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static void
setup_row_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, cs_outline_row_new ());
}

static void
bind_row_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  cs_outline_row_bind (CS_OUTLINE_ROW (gtk_list_item_get_child (item)),
                       gtk_list_item_get_item (item));
}

static void
unbind_row_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  cs_outline_row_bind (CS_OUTLINE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
selected_cb (CsRunbookView *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (CsOutlineItem) item = NULL;

  if (row == NULL)
    return;
  item = gtk_tree_list_row_get_item (row);
  cs_runbook_source_go_to_line (self->source, cs_outline_item_get_line (item));
}

/* In a narrow window the outline covers the source; choosing a line uncovers it. */
static void
activate_cb (CsRunbookView *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  selected_cb (self);
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

/* A narrow window keeps the room for the title. */
static gboolean
update_start_cb (gpointer user_data)
{
  CsRunbookView *self = user_data;
  const char *label =
    adw_flap_get_folded (self->flap) ? _("Start…") : _("Start Deployment…");

  self->start_source = 0;
  gtk_label_set_label (self->start_label, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->start_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return G_SOURCE_REMOVE;
}

/* It folds while it is allocated, which must not ask for another allocation. */
static void
folded_cb (CsRunbookView *self)
{
  if (self->start_source == 0)
    self->start_source = g_idle_add (update_start_cb, self);
}

static void
expand_phases (GtkTreeListModel *tree)
{
  GListModel *model = G_LIST_MODEL (tree);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);

      if (gtk_tree_list_row_get_depth (row) == 0)
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

static void
show_outline (CsRunbookView *self, GListModel *items)
{
  g_autoptr (GtkTreeListModel) tree =
    gtk_tree_list_model_new (g_object_ref (items), FALSE, FALSE, get_children_cb, NULL, NULL);
  g_autoptr (GListModel) rows = NULL;

  expand_phases (tree);
  rows = cs_growing_list_new (G_LIST_MODEL (tree));
  gtk_single_selection_set_model (self->selection, rows);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

static void
show_damage (CsRunbookView *self)
{
  const char *damage = cs_runbook_get_encoding_damage (self->runbook);
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->damage, damage != NULL);
  if (damage == NULL)
    return;
  /* Translators: a character set: Windows-1252 or Mac Roman */
  words = g_strdup_printf (_("This file was once saved with the wrong character set (%s). You see "
                             "it repaired; the file as it is is what is kept and signed."),
                           g_str_equal (damage, "cp1252") ? "Windows-1252" : "Mac Roman");
  gtk_label_set_text (self->damage_words, words);
}

static void
line_chosen_cb (CsRunbookView *self, guint line)
{
  cs_runbook_source_go_to_line (self->source, line);
  gtk_widget_grab_focus (GTK_WIDGET (self->source));
}

static void
explain_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  cs_runbook_source_explain (CS_RUNBOOK_VIEW (widget)->source);
}

static void
overrule_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbookView *self = CS_RUNBOOK_VIEW (widget);
  const char *what, *value;
  guint line;

  if (self->entry == NULL)
    return;
  g_variant_get (parameter, "(u&s&s)", &line, &what, &value);
  cs_runbook_source_close_popovers (self->source);
  cs_overruling_begin (widget, self->workspace, cs_library_entry_get_digest (self->entry), what,
                       line, value);
}

static void
version_chosen_cb (CsRunbookView *self, const char *digest)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-runbook", "s", digest);
}

static gboolean
is_older (CsRunbookView *self, CsRunbook *other)
{
  CsLibraryEntry *entry =
    cs_library_find (cs_workspace_get_library (self->workspace), cs_runbook_get_digest (other));

  return entry == NULL || cs_library_entry_get_added_at (entry) <=
                            cs_library_entry_get_added_at (self->entry);
}

static void
other_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) other = cs_library_get_finish (CS_LIBRARY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (other == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  if (is_older (self, other))
    cs_comparison_view_show (self->comparison, other, self->runbook);
  else
    cs_comparison_view_show (self->comparison, self->runbook, other);
  gtk_stack_set_visible_child_name (self->content, "comparison");
}

static void
renew_cancellable (CsRunbookView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
comparison_chosen_cb (CsRunbookView *self, const char *digest)
{
  renew_cancellable (self);
  if (digest == NULL)
    gtk_stack_set_visible_child_name (self->content, "source");
  else
    cs_library_get_async (cs_workspace_get_library (self->workspace), digest, self->cancellable,
                          other_read_cb, g_object_ref (self));
}

static void show_reading (CsRunbookView *self, CsReading *reading);

/* Read anew as it is overruled now; the place in it stays. */
static void
gathered_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookView) self = user_data;
  g_autoptr (CsReading) reading = cs_reading_new_finish (result, NULL);
  guint line;

  if (reading == NULL)
    return;
  line = cs_runbook_source_get_line (self->source);
  show_reading (self, reading);
  cs_runbook_source_go_to_line (self->source, line);
}

static void
read_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookView) self = user_data;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, NULL);

  if (runbook != NULL)
    cs_reading_new_async (runbook, self->cancellable, gathered_again_cb, g_object_ref (self));
}

static void
entry_changed_cb (CsRunbookView *self)
{
  renew_cancellable (self);
  cs_library_get_async (cs_workspace_get_library (self->workspace),
                        cs_library_entry_get_digest (self->entry), self->cancellable,
                        read_again_cb, g_object_ref (self));
}

static void
set_entry (CsRunbookView *self, CsLibraryEntry *entry)
{
  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_func (self->entry, entry_changed_cb, self);
  g_set_object (&self->entry, entry);
  if (entry != NULL)
    g_signal_connect_object (entry, "changed", G_CALLBACK (entry_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

static void
file_changed_cb (CsRunbookView *self)
{
  gtk_widget_set_visible (self->changed,
                          self->watch != NULL && cs_file_watch_get_runbook (self->watch) != NULL);
}

static void
version_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsLibraryEntry) entry = cs_library_add_finish (CS_LIBRARY (source), result, &error);

  if (entry != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-runbook", "s",
                                cs_library_entry_get_digest (entry));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
add_version_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbookView *self = CS_RUNBOOK_VIEW (widget);
  CsRunbook *runbook = self->watch != NULL ? cs_file_watch_get_runbook (self->watch) : NULL;

  if (runbook == NULL)
    return;
  cs_library_add_file_async (cs_workspace_get_library (self->workspace),
                             cs_workspace_get_actor (self->workspace), runbook,
                             cs_file_watch_get_file (self->watch), NULL, version_added_cb,
                             g_object_ref (self));
}

/* What changes in the document's file is offered for as long as the document is shown. */
static void
watch (CsRunbookView *self, CsLibraryDocument *document)
{
  gtk_widget_set_visible (self->changed, FALSE);
  g_clear_object (&self->watch);
  if (document == NULL)
    return;
  self->watch = cs_file_watch_new (cs_workspace_get_library (self->workspace), document);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (file_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
cs_runbook_view_dispose (GObject *object)
{
  CsRunbookView *self = CS_RUNBOOK_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_object (&self->watch);
  g_clear_object (&self->runbook);
  g_clear_object (&self->entry);
  g_clear_object (&self->workspace);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (cs_runbook_view_parent_class)->dispose (object);
}

static void
cs_runbook_view_class_init (CsRunbookViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_runbook_view_dispose;

  g_type_ensure (CS_TYPE_COMPARISON_VIEW);
  g_type_ensure (CS_TYPE_DIAGNOSTICS_BUTTON);
  g_type_ensure (CS_TYPE_RUNBOOK_SOURCE);
  g_type_ensure (CS_TYPE_SECRET_BAR);
  g_type_ensure (CS_TYPE_VERSION_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-runbook-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, title);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, start_button);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, start_label);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, changed);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, damage);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, damage_words);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, flap);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, outline);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, content);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, source);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, comparison);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, secrets);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, versions);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, diagnostics);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, line_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, version_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, comparison_chosen_cb);
  gtk_widget_class_install_action (widget_class, CS_FINDING_ACTION, CS_FINDING_ACTION_TYPE,
                                   overrule_cb);
  gtk_widget_class_install_action (widget_class, "runbook.explain", NULL, explain_cb);
  gtk_widget_class_install_action (widget_class, "runbook.add-version", NULL, add_version_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_ALT_MASK,
                                       "runbook.explain", NULL);
}

static void
cs_runbook_view_init (CsRunbookView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), NULL);
  gtk_list_view_set_factory (self->outline, factory);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->outline, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
show_reading (CsRunbookView *self, CsReading *reading)
{
  CsRunbook *runbook = cs_reading_get_runbook (reading);
  g_autofree char *title = cs_short_words (cs_runbook_get_title (runbook));
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", cs_library_entry_get_name (self->entry),
                                               cs_reading_get_summary (reading));

  g_set_object (&self->runbook, runbook);
  gtk_label_set_text (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  gtk_label_set_text (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle),
                               cs_library_entry_get_document (self->entry));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->start_button), "s",
                                    cs_runbook_get_digest (runbook));
  cs_secret_bar_show (self->secrets, self->workspace, self->entry, reading);
  show_damage (self);
  cs_diagnostics_button_show (self->diagnostics, cs_reading_get_diagnostics (reading));
  cs_runbook_source_show (self->source, reading);
  show_outline (self, cs_reading_get_outline (reading));
}

/**
 * cs_runbook_view_show:
 * @self: a view
 * @workspace: whose library
 * @entry: the version
 * @reading: what was read of it
 *
 * Shows a version of a runbook, and offers the others of its document.
 */
void
cs_runbook_view_show (CsRunbookView *self,
                      CsWorkspace *workspace,
                      CsLibraryEntry *entry,
                      CsReading *reading)
{
  CsLibraryDocument *document;

  g_return_if_fail (CS_IS_RUNBOOK_VIEW (self));
  g_return_if_fail (CS_IS_LIBRARY_ENTRY (entry));
  g_return_if_fail (CS_IS_READING (reading));

  document = cs_library_find_document (cs_workspace_get_library (workspace),
                                       cs_library_entry_get_document (entry));
  renew_cancellable (self);
  g_set_object (&self->workspace, workspace);
  set_entry (self, entry);
  show_reading (self, reading);
  cs_version_bar_show (self->versions, document, entry);
  watch (self, document);
  gtk_stack_set_visible_child_name (self->content, "source");
  adw_flap_set_reveal_flap (self->flap, TRUE);
}
