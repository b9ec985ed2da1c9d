/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook: what was understood of it beside the words as they were written. */

#define G_LOG_DOMAIN "cs-runbook-view"

#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "cs-code-style.h"
#include "cs-outline-item.h"
#include "cs-outline-row.h"
#include "cs-runbook-view.h"
#include "cs-time-words.h"

/* Where in the view a line comes to rest that was chosen in the outline. */
#define SCROLL_ALIGNMENT 0.2

struct _CsRunbookView
{
  AdwBin parent_instance;

  CsRunbook *runbook;
  GtkSingleSelection *selection;

  GtkLabel *title;
  GtkLabel *subtitle;
  GtkButton *start_button;
  GtkWidget *damage;
  GtkLabel *damage_words;
  AdwFlap *flap;
  GtkListView *outline;
  GtkSourceView *source;
};

G_DEFINE_FINAL_TYPE (CsRunbookView, cs_runbook_view, ADW_TYPE_BIN)

/* What the margin of the source shows beside a line; the names of mark categories are icons. */
static const char *const mark_icons[] = {
  "utilities-terminal-symbolic", "object-select-symbolic", "text-x-generic-symbolic",
  "format-text-plaintext-symbolic", "checkbox-symbolic", "checkbox-checked-symbolic",
  "document-edit-symbolic",
};

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
                                              ? _("_Start…")
                                              : _("_Start Deployment…"));
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
add_marks (GtkSourceBuffer *buffer, GListModel *items)
{
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (CsOutlineItem) item = g_list_model_get_item (items, i);
      GListModel *children = cs_outline_item_get_children (item);
      GtkTextIter iter;

      if (cs_outline_item_get_icon (item) != NULL)
        {
          gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (buffer), &iter,
                                            (int) cs_outline_item_get_line (item) - 1);
          gtk_source_buffer_create_source_mark (buffer, NULL, cs_outline_item_get_icon (item),
                                                &iter);
        }
      if (children != NULL)
        add_marks (buffer, children);
    }
}

/* A new buffer: the undo stack, marks and highlighting of the last runbook go with the old one. */
static void
show_source (CsRunbookView *self, GListModel *items)
{
  g_autoptr (GtkSourceBuffer) buffer = gtk_source_buffer_new (NULL);
  GtkTextIter start;

  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->source), GTK_TEXT_BUFFER (buffer));
  cs_code_style_apply (self->source, "markdown", cs_runbook_get_text (self->runbook));
  add_marks (buffer, items);
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

static void
set_up_marks (CsRunbookView *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (mark_icons); i++)
    {
      g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();

      gtk_source_mark_attributes_set_icon_name (attributes, mark_icons[i]);
      gtk_source_view_set_mark_attributes (self->source, mark_icons[i], attributes, (int) i);
    }
}

static void
cs_runbook_view_dispose (GObject *object)
{
  CsRunbookView *self = CS_RUNBOOK_VIEW (object);

  g_clear_object (&self->runbook);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (cs_runbook_view_parent_class)->dispose (object);
}

static void
cs_runbook_view_class_init (CsRunbookViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_runbook_view_dispose;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-runbook-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, title);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, start_button);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, damage);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, damage_words);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, flap);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, outline);
  gtk_widget_class_bind_template_child (widget_class, CsRunbookView, source);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
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
  set_up_marks (self);
}

/**
 * cs_runbook_view_show:
 * @self: a view
 * @runbook: what to show
 * @name: the name of the file that it came from
 */
void
cs_runbook_view_show (CsRunbookView *self, CsRunbook *runbook, const char *name)
{
  g_autoptr (GListModel) items = NULL;
  g_autofree char *summary = NULL;

  g_return_if_fail (CS_IS_RUNBOOK_VIEW (self));
  g_return_if_fail (CS_IS_RUNBOOK (runbook));

  g_set_object (&self->runbook, runbook);
  items = cs_outline_item_list_for_runbook (runbook);
  summary = summarize (runbook, name);
  gtk_label_set_text (self->title, cs_runbook_get_title (runbook));
  gtk_label_set_text (self->subtitle, summary);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->subtitle), summary);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->start_button), "s",
                                    cs_runbook_get_digest (runbook));
  show_damage (self);
  show_source (self, items);
  show_outline (self, items);
  adw_flap_set_reveal_flap (self->flap, TRUE);
}
