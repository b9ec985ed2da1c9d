/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook: what was understood of it beside the words as they were written. */

#define G_LOG_DOMAIN "cs-runbook-view"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "cs-code-style.h"
#include "cs-comparison-view.h"
#include "cs-file-watch.h"
#include "cs-finding-popover.h"
#include "cs-finding.h"
#include "cs-outline-item.h"
#include "cs-outline-row.h"
#include "cs-overruling.h"
#include "cs-runbook-view.h"
#include "cs-source-marks.h"
#include "cs-time-words.h"
#include "cs-secret-bar.h"
#include "cs-version-bar.h"

/* Where in the view a line comes to rest that was chosen in the outline. */
#define SCROLL_ALIGNMENT 0.2

struct _CsRunbookView
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsLibraryEntry *entry; /* the version that is shown */
  CsRunbook *runbook;
  GPtrArray *findings; /* of CsFinding */
  CsFileWatch *watch;
  GCancellable *cancellable;
  GtkSingleSelection *selection;

  GtkLabel *title;
  GtkLabel *subtitle;
  GtkButton *start_button;
  GtkWidget *changed;
  GtkWidget *damage;
  GtkLabel *damage_words;
  AdwFlap *flap;
  GtkListView *outline;
  GtkStack *content;
  GtkSourceView *source;
  CsComparisonView *comparison;
  CsSecretBar *secrets;
  CsVersionBar *versions;
  GtkMenuButton *diagnostics_button;
  AdwButtonContent *diagnostics_count;
  GtkListBox *diagnostics;
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
scroll_to_line (CsRunbookView *self, guint line)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->source);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_line (buffer, &iter, line > 0 ? (int) line - 1 : 0);
  gtk_text_buffer_place_cursor (buffer, &iter);
  gtk_text_view_scroll_to_mark (view, gtk_text_buffer_get_insert (buffer), 0, TRUE, 0,
                                SCROLL_ALIGNMENT);
}

static void
selected_cb (CsRunbookView *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (CsOutlineItem) item = NULL;

  if (row == NULL)
    return;
  item = gtk_tree_list_row_get_item (row);
  scroll_to_line (self, cs_outline_item_get_line (item));
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
static void
folded_cb (CsRunbookView *self)
{
  gtk_button_set_label (self->start_button, adw_flap_get_folded (self->flap)
                                              ? _("Start…")
                                              : _("Start Deployment…"));
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

/* A new buffer: the undo stack, marks and highlighting of the last runbook go with the old one. */
static void
show_source (CsRunbookView *self)
{
  g_autoptr (GtkSourceBuffer) buffer = gtk_source_buffer_new (NULL);
  GtkTextIter start;

  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->source), GTK_TEXT_BUFFER (buffer));
  cs_code_style_apply (self->source, "markdown", cs_runbook_get_text (self->runbook));
  cs_source_marks_show (self->source, self->findings);
  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (buffer), &start);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (buffer), &start);
}

static void
show_outline (CsRunbookView *self, GListModel *items)
{
  g_autoptr (GtkTreeListModel) tree =
    gtk_tree_list_model_new (g_object_ref (items), FALSE, FALSE, get_children_cb, NULL, NULL);

  expand_phases (tree);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (tree));
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

/* "12 steps, 32 min": what is on the path of most deployments, so no rollback and no reference. */
static char *
summarize (CsRunbook *runbook, const char *name)
{
  GListModel *phases = cs_runbook_get_phases (runbook);
  guint n_steps = 0;
  gint64 seconds = 0;
  g_autofree char *steps = NULL;
  g_autofree char *duration = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *list = cs_phase_get_steps (phase);

      if (!cs_phase_is_on_path (phase, NULL))
        continue;
      n_steps += g_list_model_get_n_items (list);
      for (guint j = 0; j < g_list_model_get_n_items (list); j++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (list, j);

          seconds += MAX (cs_step_get_estimate (step), 0);
        }
    }
  steps = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u step", "%u steps", n_steps), n_steps);
  if (seconds == 0)
    return g_strdup_printf ("%s · %s", name, steps);
  duration = cs_time_words_duration (seconds);
  return g_strdup_printf ("%s · %s · %s", name, steps, duration);
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

/* Diagnostics are listed in a popover; choosing one goes to its line. */
static void
diagnostic_activated_cb (CsRunbookView *self, GtkListBoxRow *row)
{
  scroll_to_line (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "cs-line")));
  gtk_menu_button_popdown (self->diagnostics_button);
}

static GtkWidget *
new_diagnostic_row (CsFinding *finding)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *line = g_strdup_printf (_("Line %u"), cs_finding_get_line (finding));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), cs_finding_get_why (finding));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), line);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name (cs_finding_get_icon (finding)));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "cs-line", GUINT_TO_POINTER (cs_finding_get_line (finding)));
  return row;
}

static void
show_diagnostics (CsRunbookView *self)
{
  g_autofree char *label = NULL;
  GtkWidget *row;
  guint n = 0;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->diagnostics))) != NULL)
    gtk_list_box_remove (self->diagnostics, row);
  for (guint i = 0; i < self->findings->len; i++)
    {
      CsFinding *finding = g_ptr_array_index (self->findings, i);

      if (!cs_finding_is_diagnostic (finding))
        continue;
      gtk_list_box_append (self->diagnostics, new_diagnostic_row (finding));
      n++;
    }
  label = g_strdup_printf ("%u", n);
  adw_button_content_set_label (self->diagnostics_count, label);
  gtk_widget_set_visible (GTK_WIDGET (self->diagnostics_button), n > 0);
}

static void
explain (CsRunbookView *self, GtkTextIter *iter)
{
  guint line = (guint) gtk_text_iter_get_line (iter) + 1;

  cs_source_marks_explain (self->source, self->findings, line, self->entry != NULL);
}

static void
mark_activated_cb (CsRunbookView *self, GtkTextIter *iter)
{
  explain (self, iter);
}

static void
explain_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsRunbookView *self = CS_RUNBOOK_VIEW (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->source));
  GtkTextIter iter;

  if (self->runbook == NULL)
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  explain (self, &iter);
}

/* Buttons in a popover leave it open. */
static void
close_popovers (GtkWidget *parent)
{
  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_POPOVER (child))
        gtk_popover_popdown (GTK_POPOVER (child));
    }
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
  close_popovers (GTK_WIDGET (self->source));
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

static void show_runbook (CsRunbookView *self, CsRunbook *runbook);

/* Read anew as it is overruled now; the place in it stays. */
static void
read_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRunbookView) self = user_data;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->source));
  GtkTextIter iter;
  guint line;

  if (runbook == NULL)
    return;
  /* The buffer goes with the old reading, and its iterators with it. */
  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  line = (guint) gtk_text_iter_get_line (&iter) + 1;
  show_runbook (self, runbook);
  scroll_to_line (self, line);
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
  g_clear_object (&self->watch);
  g_clear_object (&self->runbook);
  g_clear_object (&self->entry);
  g_clear_object (&self->workspace);
  g_clear_object (&self->selection);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  G_OBJECT_CLASS (cs_runbook_view_parent_class)->dispose (object);
}

static void
cs_runbook_view_class_init (CsRunbookViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_runbook_view_dispose;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (CS_TYPE_COMPARISON_VIEW);
  g_type_ensure (CS_TYPE_SECRET_BAR);
  g_type_ensure (CS_TYPE_VERSION_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-runbook-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, title);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, start_button);
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
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, diagnostics_button);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, diagnostics_count);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, diagnostics);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, mark_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, diagnostic_activated_cb);
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
  cs_source_marks_set_up (self->source);
}

static void
show_runbook (CsRunbookView *self, CsRunbook *runbook)
{
  g_autoptr (GListModel) items = cs_outline_item_list_for_runbook (runbook);
  g_autofree char *summary = summarize (runbook, cs_library_entry_get_name (self->entry));

  g_set_object (&self->runbook, runbook);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  self->findings = cs_findings_of_runbook (runbook);
  gtk_label_set_text (self->title, cs_runbook_get_title (runbook));
  gtk_label_set_text (self->subtitle, summary);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle),
                               cs_library_entry_get_document (self->entry));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->start_button), "s",
                                    cs_runbook_get_digest (runbook));
  cs_secret_bar_show (self->secrets, self->workspace, self->entry, runbook);
  show_damage (self);
  show_diagnostics (self);
  show_source (self);
  show_outline (self, items);
}

/**
 * cs_runbook_view_show:
 * @self: a view
 * @workspace: whose library
 * @entry: the version
 * @runbook: what was read of it
 *
 * Shows a version of a runbook, and offers the others of its document.
 */
void
cs_runbook_view_show (CsRunbookView *self,
                      CsWorkspace *workspace,
                      CsLibraryEntry *entry,
                      CsRunbook *runbook)
{
  CsLibraryDocument *document;

  g_return_if_fail (CS_IS_RUNBOOK_VIEW (self));
  g_return_if_fail (CS_IS_LIBRARY_ENTRY (entry));
  g_return_if_fail (CS_IS_RUNBOOK (runbook));

  document = cs_library_find_document (cs_workspace_get_library (workspace),
                                       cs_library_entry_get_document (entry));
  renew_cancellable (self);
  g_set_object (&self->workspace, workspace);
  set_entry (self, entry);
  show_runbook (self, runbook);
  cs_version_bar_show (self->versions, document, entry);
  watch (self, document);
  gtk_stack_set_visible_child_name (self->content, "source");
  adw_flap_set_reveal_flap (self->flap, TRUE);
}
