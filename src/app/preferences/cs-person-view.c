/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person: roles and keys, and what can be decided about them. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-person-view.h"

#include "cs-key-chooser.h"
#include "cs-person-sheets.h"
#include "cs-policy-words.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsPersonView
{
  AdwBin parent_instance;

  AdwWindowTitle *title;
  AdwPreferencesGroup *roles;
  AdwPreferencesGroup *keys;
  GtkWidget *grant;

  CsWorkspace *workspace;
  char *id;
  GPtrArray *own;       /* CsKey of this computer; NULL: not known yet */
  GPtrArray *role_rows; /* unowned */
  GPtrArray *key_rows;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsPersonView, cs_person_view, ADW_TYPE_BIN)

static CsPerson *
get_person (CsPersonView *self)
{
  return cs_people_lookup (cs_workspace_get_people (self->workspace), self->id);
}

static GtkWindow *
get_window (CsPersonView *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

/* A person is told by name; who is no longer known, by id. */
static const char *
get_name (CsPersonView *self, const char *id)
{
  CsPerson *person = cs_people_lookup (cs_workspace_get_people (self->workspace), id);

  return person != NULL ? cs_person_get_name (person) : id;
}

static char *
describe_role (CsPersonView *self, const CsPersonRole *role)
{
  g_autofree char *from = cs_time_words_date (role->from);
  g_autofree char *to = role->to != 0 ? cs_time_words_date (role->to) : NULL;

  if (to == NULL)
    return g_strdup_printf (_("Granted by %s, %s"), get_name (self, role->granted_by), from);
  return g_strdup_printf (_("From %s, granted by %s; until %s, taken by %s"), from,
                          get_name (self, role->granted_by), to,
                          get_name (self, role->taken_by));
}

static void
take_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsPersonView *self = CS_PERSON_VIEW (widget);

  cs_person_sheets_take (get_window (self), self->workspace, get_person (self),
                         g_variant_get_string (parameter, NULL));
}

static GtkWidget *
new_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *escaped = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  return row;
}

static void
add_role (CsPersonView *self, const CsPersonRole *role)
{
  g_autofree char *subtitle = describe_role (self, role);
  GtkWidget *row = new_row (cs_policy_words_get_role (role->words), subtitle);

  if (role->to == 0)
    {
      GtkWidget *button = gtk_button_new_with_label (_("Take…"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "person.take");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", role->words);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      role->words, -1);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  else
    gtk_widget_add_css_class (row, "dim-label");
  adw_preferences_group_add (self->roles, row);
  g_ptr_array_add (self->role_rows, row);
}

/* Where the private half is, as far as this computer can know. */
static const char *
describe_place (CsPersonView *self, const CsPersonKey *key)
{
  if (cs_key_is_hardware (key->public_line))
    return _("security key");
  for (guint i = 0; self->own != NULL && i < self->own->len; i++)
    if (g_str_equal (cs_key_get_public_line (self->own->pdata[i]), key->public_line))
      return cs_key_chooser_describe_origin (self->own->pdata[i]);
  return self->own != NULL ? _("not on this computer") : NULL;
}

static char *
describe_key (CsPersonView *self, const CsPersonKey *key)
{
  g_autofree char *from = cs_time_words_date (key->added_at);
  GString *words = g_string_new (NULL);

  if (key->added_by == NULL || g_str_equal (key->added_by, self->id))
    g_string_append_printf (words, _("Since %s"), from);
  else
    g_string_append_printf (words, _("Since %s, added by %s"), from,
                            get_name (self, key->added_by));
  if (key->retired_at != 0)
    {
      g_autofree char *until = cs_time_words_date (key->retired_at);

      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("Retired on %s by %s: %s"), until,
                              get_name (self, key->retired_by), key->reason);
    }
  return g_string_free (words, FALSE);
}

static void
rotate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsPersonView *self = CS_PERSON_VIEW (widget);

  cs_person_sheets_rotate_key (get_window (self), self->workspace, get_person (self),
                               g_variant_get_string (parameter, NULL));
}

static void
retire_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsPersonView *self = CS_PERSON_VIEW (widget);

  cs_person_sheets_retire_key (get_window (self), self->workspace, get_person (self),
                               g_variant_get_string (parameter, NULL));
}

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          g_variant_get_string (parameter, NULL));
}

static void
add_act (GtkWidget *expander, const char *title, const char *action, const char *target)
{
  GtkWidget *row = new_row (title, "");

  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), action);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
}

static void
add_key (CsPersonView *self, const CsPersonKey *key)
{
  g_autofree char *times = describe_key (self, key);
  const char *algorithm = cs_key_parse_public (key->public_line, NULL, NULL, NULL);
  const char *place = describe_place (self, key);
  g_autofree char *title = place != NULL ? g_strdup_printf ("%s, %s", algorithm, place)
                                         : g_strdup (algorithm);
  g_autofree char *subtitle = g_strdup_printf ("%s\n%s", key->fingerprint, times);
  g_autofree char *escaped = g_markup_escape_text (subtitle, -1);
  GtkWidget *row = adw_expander_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), escaped);
  if (key->retired_at == 0)
    {
      add_act (row, _("Replace…"), "person.rotate-key", key->fingerprint);
      add_act (row, _("Retire…"), "person.retire-key", key->fingerprint);
    }
  else
    gtk_widget_add_css_class (row, "dim-label");
  add_act (row, _("Copy the Public Key"), "person.copy", key->public_line);
  adw_preferences_group_add (self->keys, row);
  g_ptr_array_add (self->key_rows, row);
}

static void
clear (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
update_cb (CsPersonView *self)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  CsPerson *person = get_person (self);

  clear (self->roles, self->role_rows);
  clear (self->keys, self->key_rows);
  adw_window_title_set_title (self->title, cs_person_get_name (person));
  adw_window_title_set_subtitle (self->title, self->id);
  gtk_widget_set_sensitive (self->grant, cs_people_is_governed (people, G_MAXINT64));
  for (guint i = cs_person_get_n_roles (person); i > 0; i--)
    add_role (self, cs_person_get_role (person, i - 1));
  if (self->role_rows->len == 0)
    {
      GtkWidget *row = new_row (_("No role"), "");

      adw_preferences_group_add (self->roles, row);
      g_ptr_array_add (self->role_rows, row);
    }
  for (guint i = cs_person_get_n_keys (person); i > 0; i--)
    add_key (self, cs_person_get_key (person, i - 1));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPersonView) self = user_data;
  g_autoptr (GPtrArray) keys = cs_key_list_finish (result, NULL);

  if (keys == NULL || self->workspace == NULL)
    return;
  self->own = g_steal_pointer (&keys);
  update_cb (self);
}

static void
back_cb (CsPersonView *self)
{
  adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (get_window (self)));
}

static void
grant_cb (CsPersonView *self)
{
  cs_person_sheets_grant (get_window (self), self->workspace, get_person (self));
}

static void
add_key_cb (CsPersonView *self)
{
  cs_person_sheets_add_key (get_window (self), self->workspace, get_person (self));
}

static void
cs_person_view_dispose (GObject *object)
{
  CsPersonView *self = CS_PERSON_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_person_view_parent_class)->dispose (object);
}

static void
cs_person_view_finalize (GObject *object)
{
  CsPersonView *self = CS_PERSON_VIEW (object);

  g_free (self->id);
  g_clear_pointer (&self->own, g_ptr_array_unref);
  g_ptr_array_unref (self->role_rows);
  g_ptr_array_unref (self->key_rows);

  G_OBJECT_CLASS (cs_person_view_parent_class)->finalize (object);
}

static void
cs_person_view_class_init (CsPersonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_person_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_person_view_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-person-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPersonView, title);
  gtk_widget_class_bind_template_child (widget_class, CsPersonView, roles);
  gtk_widget_class_bind_template_child (widget_class, CsPersonView, keys);
  gtk_widget_class_bind_template_child (widget_class, CsPersonView, grant);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, grant_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_key_cb);
  gtk_widget_class_install_action (widget_class, "person.take", "s", take_cb);
  gtk_widget_class_install_action (widget_class, "person.rotate-key", "s", rotate_cb);
  gtk_widget_class_install_action (widget_class, "person.retire-key", "s", retire_cb);
  gtk_widget_class_install_action (widget_class, "person.copy", "s", copy_cb);
}

static void
cs_person_view_init (CsPersonView *self)
{
  self->role_rows = g_ptr_array_new ();
  self->key_rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_person_view_new: (skip)
 * @workspace: the workspace
 * @id: of one of its people
 *
 * Returns: (transfer floating): a subpage for the preferences
 */
GtkWidget *
cs_person_view_new (CsWorkspace *workspace, const char *id)
{
  CsPersonView *self = g_object_new (CS_TYPE_PERSON_VIEW, NULL);
  g_autofree char *directory = cs_workspace_dup_keys_directory (workspace);

  self->workspace = g_object_ref (workspace);
  self->id = g_strdup (id);
  g_signal_connect_object (cs_workspace_get_people (workspace), "items-changed",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
  cs_key_list_async (directory, self->cancellable, listed_cb, g_object_ref (self));
  return GTK_WIDGET (self);
}
