/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of the history: what stands in each column of a record. */

#define G_LOG_DOMAIN "cs-history-columns"

#include "config.h"

#include "cs-act-words.h"
#include "cs-history-columns.h"
#include "cs-record-place.h"

static GtkWidget *
new_label (const char *style, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
setup_time_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, new_label ("numeric", PANGO_ELLIPSIZE_NONE));
}

static void
bind_time_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  CsRecord *record = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);
  g_autofree char *time = cs_act_words_format_time (cs_record_get_at (record));
  g_autofree char *exact = cs_act_words_format_exact_time (cs_record_get_at (record));

  gtk_label_set_text (GTK_LABEL (label), time);
  gtk_widget_set_tooltip_text (label, exact);
}

static void
setup_person_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = new_label ("dim-label", PANGO_ELLIPSIZE_END);

  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_list_item_set_child (item, label);
}

static void
bind_person_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  CsRecord *record = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_label_set_text (GTK_LABEL (label), cs_record_get_actor (record));
  gtk_widget_set_tooltip_text (label, cs_record_get_actor (record));
}

static void
setup_what_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = new_label (NULL, PANGO_ELLIPSIZE_END);

  gtk_widget_add_css_class (icon, "dim-label");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (item, box);
}

static void
bind_what_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CsRecord *record = gtk_list_item_get_item (item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *label = gtk_widget_get_next_sibling (icon);
  g_autofree char *words = cs_act_words_describe (
    record, cs_record_place_find_deployment (user_data, record));

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), cs_act_words_icon (record));
  gtk_label_set_text (GTK_LABEL (label), words);
  gtk_widget_set_tooltip_text (label, words);
}

static void
setup_place_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = new_label ("dim-label", PANGO_ELLIPSIZE_END);

  gtk_label_set_width_chars (GTK_LABEL (label), 14);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_list_item_set_child (item, label);
}

static void
bind_place_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CsRecord *record = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);
  g_autofree char *place = cs_record_place_describe (user_data, record);

  gtk_label_set_text (GTK_LABEL (label), place);
  gtk_widget_set_tooltip_text (label, place);
}

static GtkListItemFactory *
new_factory (GCallback setup, GCallback bind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect (factory, "bind", bind, NULL);
  return factory;
}

/* The cells find the titles of deployments and steps in the workspace. */
static GtkListItemFactory *
new_factory_with_workspace (GCallback setup, GCallback bind, CsWorkspace *workspace)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect_data (factory, "bind", bind, g_object_ref (workspace),
                         (GClosureNotify) (GCallback) g_object_unref, 0);
  return factory;
}

/**
 * cs_history_columns_new_time:
 *
 * Returns: (transfer full): cells with the local time
 */
GtkListItemFactory *
cs_history_columns_new_time (void)
{
  return new_factory (G_CALLBACK (setup_time_cb), G_CALLBACK (bind_time_cb));
}

/**
 * cs_history_columns_new_person:
 *
 * Returns: (transfer full): cells with the person who acted
 */
GtkListItemFactory *
cs_history_columns_new_person (void)
{
  return new_factory (G_CALLBACK (setup_person_cb), G_CALLBACK (bind_person_cb));
}

/**
 * cs_history_columns_new_what:
 * @workspace: knows the deployments
 *
 * Returns: (transfer full): cells with what was done, in words
 */
GtkListItemFactory *
cs_history_columns_new_what (CsWorkspace *workspace)
{
  return new_factory_with_workspace (G_CALLBACK (setup_what_cb), G_CALLBACK (bind_what_cb),
                                     workspace);
}

/**
 * cs_history_columns_new_place:
 * @workspace: knows the deployments
 *
 * Returns: (transfer full): cells with where it was done
 */
GtkListItemFactory *
cs_history_columns_new_place (CsWorkspace *workspace)
{
  return new_factory_with_workspace (G_CALLBACK (setup_place_cb), G_CALLBACK (bind_place_cb),
                                     workspace);
}
