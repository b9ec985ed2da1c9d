/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A button with a menu at the end of a row. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-menu-suffix.h"

/**
 * cs_menu_suffix_new: (skip)
 * @icon: of the button
 * @name: what it is called
 * @menu: (nullable): what it opens
 *
 * Returns: (transfer floating): a new #GtkMenuButton
 */
GtkWidget *
cs_menu_suffix_new (const char *icon, const char *name, GMenuModel *menu)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), icon);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  /* What has the focus is the button inside. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}
