/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of a placeholder, to be filled in above the commands that need it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-value-row.h"

#include "cs-capture.h"
#include "cs-page-intents.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsValueRow
{
  AdwEntryRow parent_instance;

  GtkImage *source; /* where the value came from */

  CsWorkspace *workspace;
  CsDeployment *deployment;
  char *name;
  char *shown; /* the value that the entry was last given; NULL for none */
  char *asked; /* what is on its way to the records */
};

G_DEFINE_FINAL_TYPE (CsValueRow, cs_value_row, ADW_TYPE_ENTRY_ROW)

static void
update_source (CsValueRow *self)
{
  const CsValueSource *source = cs_deployment_get_value_source (self->deployment, self->name);
  CsStepState *step = source != NULL ? cs_deployment_find_step (self->deployment, source->step)
                                     : NULL;
  g_autofree char *when = NULL;
  g_autofree char *words = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->source), step != NULL);
  if (step == NULL)
    return;
  when = cs_time_words_moment (source->at);
  /* Translators: a line of an output, the step that printed it, who took it, and when */
  words = g_strdup_printf (_("From line %u of what “%s” printed, taken by %s, %s"), source->line,
                           cs_step_get_title (cs_step_state_get_step (step)), source->actor, when);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->source), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->source), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

/* A value that a colleague has set is shown, unless something else is being typed here. */
static void
update_cb (CsValueRow *self)
{
  const char *value = cs_deployment_get_value (self->deployment, self->name);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self));
  gboolean untouched = g_strcmp0 (typed, self->shown != NULL ? self->shown : "") == 0;

  gtk_editable_set_editable (GTK_EDITABLE (self),
                             cs_deployment_get_closed_at (self->deployment) == 0);
  update_source (self);
  if (g_strcmp0 (value, self->shown) == 0)
    return;
  g_clear_pointer (&self->asked, g_free);
  g_free (self->shown);
  self->shown = g_strdup (value);
  if (!untouched)
    return;
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self), value != NULL ? value : "");
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self), TRUE);
}

static void
apply_cb (CsValueRow *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self));
  const char *value = cs_deployment_get_value (self->deployment, self->name);

  if (g_strcmp0 (typed, value != NULL ? value : "") == 0)
    return;
  g_free (self->asked);
  self->asked = g_strdup (typed);
  cs_intent_set_value (GTK_WIDGET (self), self->workspace, self->deployment, self->name,
                       *typed != '\0' ? typed : NULL);
}

/* Enter may have been pressed just before. */
static void
leave_cb (CsValueRow *self)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self)), self->asked) != 0)
    apply_cb (self);
}

static void
cs_value_row_dispose (GObject *object)
{
  CsValueRow *self = CS_VALUE_ROW (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_value_row_parent_class)->dispose (object);
}

static void
cs_value_row_finalize (GObject *object)
{
  CsValueRow *self = CS_VALUE_ROW (object);

  g_free (self->name);
  g_free (self->shown);
  g_free (self->asked);

  G_OBJECT_CLASS (cs_value_row_parent_class)->finalize (object);
}

static void
cs_value_row_class_init (CsValueRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_value_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_value_row_finalize;
}

static void
cs_value_row_init (CsValueRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->source = GTK_IMAGE (gtk_image_new_from_icon_name ("insert-text-symbolic"));
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), GTK_WIDGET (self->source));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               _("One name has one value in the whole deployment"));
  g_signal_connect (self, "apply", G_CALLBACK (apply_cb), NULL);
  /* What a screen reader or a paste put there is recorded by Enter, too. */
  g_signal_connect (self, "entry-activated", G_CALLBACK (leave_cb), NULL);
  g_signal_connect_object (focus, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

/**
 * cs_value_row_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @name: of a placeholder
 *
 * What is typed is recorded by Enter, by the row's button and when the entry is left.
 *
 * Returns: (transfer floating): a new #CsValueRow
 */
GtkWidget *
cs_value_row_new (CsWorkspace *workspace, CsDeployment *deployment, const char *name)
{
  CsValueRow *self = g_object_new (CS_TYPE_VALUE_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->name = g_strdup (name);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self), TRUE);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}

/**
 * cs_value_row_new_list: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: a command block
 *
 * Returns: (transfer floating) (nullable): a list with a row for each placeholder of the command;
 *   %NULL if it has none
 */
GtkWidget *
cs_value_row_new_list (CsWorkspace *workspace, CsDeployment *deployment, CsBlock *block)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (deployment, block);
  GtkWidget *list;

  if (names->len == 0)
    return NULL;

  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < names->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list),
                         cs_value_row_new (workspace, deployment, g_ptr_array_index (names, i)));

  return list;
}
