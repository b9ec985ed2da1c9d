/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people have noted at a step, and the way to note more. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-note-list.h"

#include "cs-export.h"
#include "cs-note-dialog.h"
#include "cs-note.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsNoteList
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkWidget *add;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  guint looked_at; /* how many of the deployment's notes have been looked at: none ever goes */
};

G_DEFINE_FINAL_TYPE (CsNoteList, cs_note_list, ADW_TYPE_BIN)

static void
add_cb (CsNoteList *self)
{
  cs_note_dialog_present (GTK_WIDGET (self), self->workspace, self->deployment, self->step, NULL);
}

static void
save_cb (CsNoteList *self, GtkWidget *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));
  const CsNote *note = g_ptr_array_index (cs_deployment_get_notes (self->deployment), index);

  cs_export_file (GTK_WIDGET (self), self->workspace, self->deployment, note->file, note->digest);
}

static char *
describe (const CsNote *note)
{
  g_autofree char *when = cs_time_words_moment (note->at);
  g_autofree char *size = note->file != NULL ? g_format_size (note->size) : NULL;

  if (note->file == NULL)
    return g_strdup_printf ("%s · %s", note->actor, when);
  if (note->text == NULL)
    return g_strdup_printf ("%s · %s · %s", size, note->actor, when);
  return g_strdup_printf ("%s (%s) · %s · %s", note->file, size, note->actor, when);
}

static GtkWidget *
make_row (CsNoteList *self, const CsNote *note, guint index)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  g_autofree char *title =
    g_markup_escape_text (note->text != NULL ? note->text : note->file, -1);
  g_autofree char *words = describe (note);
  g_autofree char *subtitle = g_markup_escape_text (words, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  adw_action_row_set_title_lines (row, 0);
  adw_action_row_set_subtitle_lines (row, 0);
  adw_preferences_row_set_title_selectable (ADW_PREFERENCES_ROW (row), TRUE);
  if (note->file != NULL)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("document-save-symbolic");
      /* Translators: the name of a file */
      g_autofree char *label = g_strdup_printf (_("Save “%s”…"), note->file);

      g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (index));
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      g_signal_connect_object (button, "clicked", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
      adw_action_row_add_suffix (row, button);
    }
  return GTK_WIDGET (row);
}

static void
update_cb (CsNoteList *self)
{
  GPtrArray *notes = cs_deployment_get_notes (self->deployment);
  const char *id = cs_step_get_id (cs_step_state_get_step (self->step));

  for (; self->looked_at < notes->len; self->looked_at++)
    {
      const CsNote *note = g_ptr_array_index (notes, self->looked_at);

      if (g_str_equal (note->step, id))
        gtk_list_box_append (self->list, make_row (self, note, self->looked_at));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list),
                          gtk_list_box_get_row_at_index (self->list, 0) != NULL);
  gtk_widget_set_visible (self->add, cs_deployment_get_closed_at (self->deployment) == 0);
}

static void
cs_note_list_dispose (GObject *object)
{
  CsNoteList *self = CS_NOTE_LIST (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);

  G_OBJECT_CLASS (cs_note_list_parent_class)->dispose (object);
}

static void
cs_note_list_class_init (CsNoteListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_note_list_dispose;
}

static void
cs_note_list_init (CsNoteList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *content = adw_button_content_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Notes"), -1);

  self->add = gtk_button_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "document-edit-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _("Note…"));
  gtk_button_set_child (GTK_BUTTON (self->add), content);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Note…"), -1);
  gtk_widget_add_css_class (self->add, "flat");
  gtk_widget_set_halign (self->add, GTK_ALIGN_START);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), self->add);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * cs_note_list_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: one of its steps
 *
 * Returns: (transfer floating): a new #CsNoteList, which follows the deployment
 */
GtkWidget *
cs_note_list_new (CsWorkspace *workspace, CsDeployment *deployment, CsStepState *step)
{
  CsNoteList *self = g_object_new (CS_TYPE_NOTE_LIST, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
