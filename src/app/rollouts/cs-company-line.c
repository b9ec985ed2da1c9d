/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A company in a list: its name, and its id at the other end. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-line.h"

#include "cs-company-model.h"

#include <glib/gi18n.h>

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *id = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (id), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (id, "dim-label");
  gtk_widget_add_css_class (id, "numeric");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), id);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  CsCompanyItem *company = gtk_list_item_get_item (item);
  GtkWidget *name = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  gtk_label_set_text (GTK_LABEL (name), cs_company_item_get_company (company) != NULL
                                          ? cs_company_item_get_name (company)
                                          : _("No longer in the list of companies"));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (name)),
                      cs_company_item_get_id (company));
}

/** cs_company_line_factory_new: (skip): (transfer full): makes such lines. */
GtkListItemFactory *
cs_company_line_factory_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  return factory;
}
