/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: who may sign, and in which roles. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-people-page.h"

#include "cs-person-sheets.h"
#include "cs-person-view.h"
#include "cs-policy-words.h"
#include "cs-signers-window.h"

#include <glib/gi18n.h>

struct _CsPeoplePage
{
  AdwPreferencesPage parent_instance;

  GtkWidget *founding;
  GtkWidget *add;
  GtkListBox *list;
  AdwPreferencesGroup *faults;

  CsWorkspace *workspace;
  GPtrArray *fault_rows; /* unowned */
};

G_DEFINE_FINAL_TYPE (CsPeoplePage, cs_people_page, ADW_TYPE_PREFERENCES_PAGE)

static GtkWindow *
get_window (CsPeoplePage *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static char *
describe (CsPerson *person)
{
  g_auto (GStrv) roles = cs_person_list_roles (person, G_MAXINT64);
  g_autofree char *held = NULL;

  for (char **role = roles; *role != NULL; role++)
    {
      char *words = g_strdup (cs_policy_words_get_role (*role));

      g_free (*role);
      *role = words;
    }
  held = cs_policy_words_join (roles);
  return g_strdup_printf ("%s · %s", cs_person_get_id (person),
                          *held != '\0' ? held : _("no role"));
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CsPerson *person = CS_PERSON (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *subtitle = describe (person);
  g_autofree char *escaped = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), cs_person_get_name (person));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             adw_avatar_new (32, cs_person_get_name (person), TRUE));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
row_activated_cb (CsPeoplePage *self, GtkListBoxRow *row)
{
  GListModel *people = G_LIST_MODEL (cs_workspace_get_people (self->workspace));
  g_autoptr (CsPerson) person =
    g_list_model_get_item (people, (guint) gtk_list_box_row_get_index (row));
  GtkWindow *window = get_window (self);

  if (person != NULL)
    adw_preferences_window_present_subpage (
      ADW_PREFERENCES_WINDOW (window),
      cs_person_view_new (self->workspace, cs_person_get_id (person)));
}

static void
found_cb (CsPeoplePage *self)
{
  cs_person_sheets_found (get_window (self), self->workspace);
}

static void
add_cb (CsPeoplePage *self)
{
  cs_person_sheets_add (get_window (self), self->workspace);
}

static void
signers_cb (CsPeoplePage *self)
{
  cs_signers_window_present (get_window (self), self->workspace);
}

static void
add_faults (CsPeoplePage *self, GPtrArray *faults)
{
  for (guint i = 0; i < faults->len; i++)
    {
      const CsPeopleFault *fault = g_ptr_array_index (faults, i);
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *title = g_strdup_printf (_("Record %u"), (guint) fault->n);
      g_autofree char *escaped = g_markup_escape_text (fault->words, -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                                 gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
      adw_preferences_group_add (self->faults, row);
      g_ptr_array_add (self->fault_rows, row);
    }
}

static void
update_cb (CsPeoplePage *self)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  gboolean governed = cs_people_is_governed (people, G_MAXINT64);

  gtk_widget_set_visible (self->founding, !governed);
  gtk_widget_set_sensitive (self->add, governed);
  for (guint i = 0; i < self->fault_rows->len; i++)
    adw_preferences_group_remove (self->faults, self->fault_rows->pdata[i]);
  g_ptr_array_set_size (self->fault_rows, 0);
  add_faults (self, cs_people_get_faults (people));
  gtk_widget_set_visible (GTK_WIDGET (self->faults), self->fault_rows->len > 0);
}

static void
cs_people_page_dispose (GObject *object)
{
  CsPeoplePage *self = CS_PEOPLE_PAGE (object);

  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_people_page_parent_class)->dispose (object);
}

static void
cs_people_page_finalize (GObject *object)
{
  g_ptr_array_unref (CS_PEOPLE_PAGE (object)->fault_rows);

  G_OBJECT_CLASS (cs_people_page_parent_class)->finalize (object);
}

static void
cs_people_page_class_init (CsPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_people_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_people_page_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPeoplePage, founding);
  gtk_widget_class_bind_template_child (widget_class, CsPeoplePage, add);
  gtk_widget_class_bind_template_child (widget_class, CsPeoplePage, list);
  gtk_widget_class_bind_template_child (widget_class, CsPeoplePage, faults);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, found_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, signers_cb);
}

static void
cs_people_page_init (CsPeoplePage *self)
{
  GtkWidget *nobody = gtk_label_new (_("Nobody has signed anything yet."));

  self->fault_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (nobody, "dim-label");
  gtk_widget_set_margin_top (nobody, 14);
  gtk_widget_set_margin_bottom (nobody, 14);
  gtk_list_box_set_placeholder (self->list, nobody);
}

/** cs_people_page_set_workspace: (skip): shows the people of a workspace. */
void
cs_people_page_set_workspace (CsPeoplePage *self, CsWorkspace *workspace)
{
  CsPeople *people = cs_workspace_get_people (workspace);

  g_return_if_fail (CS_IS_PEOPLE_PAGE (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (people), create_row_cb, NULL, NULL);
  g_signal_connect_object (people, "items-changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);
}
