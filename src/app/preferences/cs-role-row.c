/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A role to be filled in: any words, with those that are well known at hand. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-role-row.h"

#include "cs-menu-suffix.h"
#include "cs-policy-words.h"

#include <glib/gi18n.h>

struct _CsRoleRow
{
  AdwEntryRow parent_instance;
};

G_DEFINE_FINAL_TYPE (CsRoleRow, cs_role_row, ADW_TYPE_ENTRY_ROW)

static void
choose_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_editable_set_text (GTK_EDITABLE (widget), g_variant_get_string (parameter, NULL));
}

static void
cs_role_row_class_init (CsRoleRowClass *klass)
{
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "role.choose", "s", choose_cb);
}

static void
cs_role_row_init (CsRoleRow *self)
{
  g_auto (GStrv) roles = cs_policy_words_list_roles ();
  g_autoptr (GMenu) menu = g_menu_new ();

  for (char **role = roles; *role != NULL; role++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (*role, NULL);

      g_menu_item_set_action_and_target (item, "role.choose", "s", *role);
      g_menu_append_item (menu, item);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Role"));
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self),
                            cs_menu_suffix_new ("pan-down-symbolic", _("Choose a Role"),
                                                G_MENU_MODEL (menu)));
}

/** cs_role_row_new: (skip): (transfer floating): a new #CsRoleRow. */
GtkWidget *
cs_role_row_new (void)
{
  return g_object_new (CS_TYPE_ROLE_ROW, NULL);
}
