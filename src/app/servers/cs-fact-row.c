/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thing and what it is, in a list of facts; can be copied. */

#define G_LOG_DOMAIN "cs-fact-row"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-fact-row.h"

struct _CsFactRow
{
  AdwActionRow parent_instance;

  char *value;
  GtkImage *copied; /* in the button */
  guint timer;
};

G_DEFINE_FINAL_TYPE (CsFactRow, cs_fact_row, ADW_TYPE_ACTION_ROW)

/* How long the button says that it has copied, in seconds. */
#define THANKS_SECONDS 2

static gboolean
thanked_cb (gpointer user_data)
{
  CsFactRow *self = user_data;

  gtk_image_set_from_icon_name (self->copied, "edit-copy-symbolic");
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
copy_cb (CsFactRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->value);
  gtk_image_set_from_icon_name (self->copied, "emblem-ok-symbolic");
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds (THANKS_SECONDS, thanked_cb, self);
}

static void
cs_fact_row_dispose (GObject *object)
{
  CsFactRow *self = CS_FACT_ROW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  G_OBJECT_CLASS (cs_fact_row_parent_class)->dispose (object);
}

static void
cs_fact_row_finalize (GObject *object)
{
  g_free (CS_FACT_ROW (object)->value);
  G_OBJECT_CLASS (cs_fact_row_parent_class)->finalize (object);
}

static void
cs_fact_row_class_init (CsFactRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_fact_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_fact_row_finalize;
}

static void
cs_fact_row_init (CsFactRow *self)
{
}

static void
add_copy_button (CsFactRow *self, const char *title)
{
  GtkWidget *button = gtk_button_new ();
  /* Translators: copies what stands in the line with this title */
  g_autofree char *words = g_strdup_printf (_("Copy: %s"), title);

  self->copied = GTK_IMAGE (gtk_image_new_from_icon_name ("edit-copy-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), GTK_WIDGET (self->copied));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
}

/**
 * cs_fact_row_new:
 * @title: the thing
 * @value: what it is
 * @code: whether it is to be compared or typed letter by letter: it is shown so, and can be copied
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
cs_fact_row_new (const char *title, const char *value, gboolean code)
{
  CsFactRow *self = g_object_new (CS_TYPE_FACT_ROW, "title", title, NULL);
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  self->value = g_strdup (value);
  escaped = g_markup_escape_text (value, -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  gtk_widget_add_css_class (GTK_WIDGET (self), "fact");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  if (code)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "monospace-value");
      add_copy_button (self, title);
    }
  return GTK_WIDGET (self);
}
