/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which someone signs a decision about people, keys or rules. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-decree-sheet.h"

#include "cs-decree-signing.h"
#include "cs-new-key-dialog.h"

#include <glib/gi18n.h>

struct _CsDecreeSheet
{
  AdwWindow parent_instance;

  GtkWidget *sign;
  GtkSpinner *spinner;
  AdwPreferencesPage *fields;
  AdwPreferencesGroup *statement;
  AdwPreferencesGroup *key_group;
  CsKeyChooser *key;
  GtkWidget *new_key_row;
  GtkLabel *problem;

  CsWorkspace *workspace;
  CsDecreeBegin begin;
  AdwPreferencesGroup *group; /* to which rows are added */
  GHashTable *texts;          /* name → text that was given */
  GHashTable *entries;        /* name → GtkEditable */
  GPtrArray *required;        /* of GtkEditable */
  gboolean busy;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsDecreeSheet, cs_decree_sheet, ADW_TYPE_WINDOW)

static gboolean
is_filled (CsDecreeSheet *self)
{
  for (guint i = 0; i < self->required->len; i++)
    {
      g_autofree char *text =
        g_strstrip (g_strdup (gtk_editable_get_text (self->required->pdata[i])));

      if (*text == '\0')
        return FALSE;
    }
  return TRUE;
}

static void
update_cb (CsDecreeSheet *self)
{
  gtk_widget_set_sensitive (self->sign, !self->busy && is_filled (self) &&
                                          cs_key_chooser_get_key (self->key) != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fields), !self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
}

static void
set_busy (CsDecreeSheet *self, gboolean busy)
{
  self->busy = busy;
  if (busy)
    gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update_cb (self);
}

static void
add_editable (CsDecreeSheet *self, const char *name, GtkWidget *row, gboolean required)
{
  g_hash_table_insert (self->entries, g_strdup (name), row);
  if (required)
    g_ptr_array_add (self->required, row);
  g_signal_connect_object (row, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (self, row);
}

static void
sign_cb (CsDecreeSheet *self)
{
  g_autoptr (GError) error = NULL;
  CsAskpass *askpass = cs_workspace_get_askpass (self->workspace, &error);

  set_busy (self, TRUE);
  if (askpass != NULL)
    self->begin (self, cs_key_chooser_get_key (self->key), askpass, self->cancellable);
  else
    cs_decree_sheet_show_problem (self, error);
}

static void
key_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsDecreeSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = cs_new_key_dialog_ask_finish (result, &error);

  if (key != NULL)
    cs_key_chooser_add (self->key, key);
  else
    cs_decree_sheet_show_problem (self, error);
}

static void
new_key_cb (CsDecreeSheet *self)
{
  g_autofree char *directory = cs_workspace_dup_keys_directory (self->workspace);

  cs_new_key_dialog_ask_async (GTK_WINDOW (self), directory,
                               cs_workspace_get_actor (self->workspace), self->cancellable,
                               key_made_cb, g_object_ref (self));
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  gtk_window_close (GTK_WINDOW (user_data));
  return GDK_EVENT_STOP;
}

static void
cs_decree_sheet_dispose (GObject *object)
{
  CsDecreeSheet *self = CS_DECREE_SHEET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_decree_sheet_parent_class)->dispose (object);
}

static void
cs_decree_sheet_finalize (GObject *object)
{
  CsDecreeSheet *self = CS_DECREE_SHEET (object);

  g_hash_table_unref (self->texts);
  g_hash_table_unref (self->entries);
  g_ptr_array_unref (self->required);

  G_OBJECT_CLASS (cs_decree_sheet_parent_class)->finalize (object);
}

static void
cs_decree_sheet_class_init (CsDecreeSheetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_decree_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_decree_sheet_finalize;

  g_type_ensure (CS_TYPE_KEY_CHOOSER);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/preferences/cs-decree-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, sign);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, fields);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, statement);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, key_group);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, key);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, new_key_row);
  gtk_widget_class_bind_template_child (widget_class, CsDecreeSheet, problem);
  gtk_widget_class_bind_template_callback (widget_class, update_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
cs_decree_sheet_init (CsDecreeSheet *self)
{
  self->cancellable = g_cancellable_new ();
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->required = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->group = self->statement;
}

/**
 * cs_decree_sheet_new: (skip)
 * @parent: the window before which it stands
 * @workspace: the workspace
 * @title: what it is about
 * @statement: what the signature says, in words
 * @begin: called when it is to be signed
 *
 * A new key is offered only to those who are not known yet: others need one that counts.
 *
 * Returns: (transfer none): a new sheet, owned by GTK, to be presented
 */
CsDecreeSheet *
cs_decree_sheet_new (GtkWindow *parent,
                     CsWorkspace *workspace,
                     const char *title,
                     const char *statement,
                     CsDecreeBegin begin)
{
  CsDecreeSheet *self =
    g_object_new (CS_TYPE_DECREE_SHEET, "transient-for", parent, "title", title, NULL);
  g_autofree char *keys = cs_workspace_dup_keys_directory (workspace);
  CsPeople *people = cs_workspace_get_people (workspace);

  self->workspace = g_object_ref (workspace);
  self->begin = begin;
  cs_decree_sheet_set_statement (self, statement);
  gtk_widget_set_visible (self->new_key_row, !cs_people_is_governed (people, G_MAXINT64));
  cs_key_chooser_set_people (self->key, people, cs_workspace_get_actor (workspace));
  cs_key_chooser_load (self->key, keys);
  update_cb (self);
  return self;
}

/** cs_decree_sheet_set_statement: (skip): what the signature says, in words. */
void
cs_decree_sheet_set_statement (CsDecreeSheet *self, const char *statement)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  escaped = g_markup_escape_text (statement, -1);
  adw_preferences_group_set_description (self->statement, escaped);
}

/** cs_decree_sheet_get_workspace: (skip): (transfer none): whose people it is about. */
CsWorkspace *
cs_decree_sheet_get_workspace (CsDecreeSheet *self)
{
  g_return_val_if_fail (CS_IS_DECREE_SHEET (self), NULL);

  return self->workspace;
}

/** cs_decree_sheet_get_key_chooser: (skip): (transfer none): whose key it is to be signed with. */
CsKeyChooser *
cs_decree_sheet_get_key_chooser (CsDecreeSheet *self)
{
  g_return_val_if_fail (CS_IS_DECREE_SHEET (self), NULL);

  return self->key;
}

/** cs_decree_sheet_set_text: (skip): gives a text that nobody fills in, or fills one in. */
void
cs_decree_sheet_set_text (CsDecreeSheet *self, const char *name, const char *text)
{
  GtkEditable *entry;

  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  entry = g_hash_table_lookup (self->entries, name);
  if (entry != NULL)
    gtk_editable_set_text (entry, text);
  else
    g_hash_table_replace (self->texts, g_strdup (name), g_strdup (text));
}

/** cs_decree_sheet_get_text: (skip): (transfer none) (nullable): what was given or filled in. */
const char *
cs_decree_sheet_get_text (CsDecreeSheet *self, const char *name)
{
  GtkEditable *entry;

  g_return_val_if_fail (CS_IS_DECREE_SHEET (self), NULL);

  entry = g_hash_table_lookup (self->entries, name);
  return entry != NULL ? gtk_editable_get_text (entry) : g_hash_table_lookup (self->texts, name);
}

/**
 * cs_decree_sheet_add_entry: (skip)
 * @name: for cs_decree_sheet_get_text()
 * @title: what is filled in
 * @required: whether the sheet can't be signed without it
 *
 * Returns: (transfer none): the #AdwEntryRow
 */
GtkWidget *
cs_decree_sheet_add_entry (CsDecreeSheet *self,
                           const char *name,
                           const char *title,
                           gboolean required)
{
  GtkWidget *row = adw_entry_row_new ();

  g_return_val_if_fail (CS_IS_DECREE_SHEET (self), NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_text_set_activates_default (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (row))), TRUE);
  add_editable (self, name, row, required);
  return row;
}

/** cs_decree_sheet_add_required: (skip): a row that is a #GtkEditable, to be filled in. */
void
cs_decree_sheet_add_required (CsDecreeSheet *self, const char *name, GtkWidget *row)
{
  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  add_editable (self, name, row, TRUE);
}

/** cs_decree_sheet_add_row: (skip): one more row, above the key. */
void
cs_decree_sheet_add_row (CsDecreeSheet *self, GtkWidget *row)
{
  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  adw_preferences_group_add (self->group, row);
  update_cb (self);
}

/**
 * cs_decree_sheet_add_heading: (skip)
 * @title: what the next rows are about
 * @description: what is to be known of them
 *
 * Rows that are added from now on stand under this heading.
 */
void
cs_decree_sheet_add_heading (CsDecreeSheet *self, const char *title, const char *description)
{
  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, title);
  adw_preferences_group_set_description (self->group, description);
  adw_preferences_page_add (self->fields, self->group);
  /* The key comes last. */
  g_object_ref (self->key_group);
  adw_preferences_page_remove (self->fields, self->key_group);
  adw_preferences_page_add (self->fields, self->key_group);
  g_object_unref (self->key_group);
}

/**
 * cs_decree_sheet_recorded_cb: (skip)
 * @source: the people or the policies
 * @result: of what ends as cs_decree_record_async() does
 * @sheet: (transfer full): the sheet
 *
 * Closes the sheet when its decision is recorded, and else says why not.
 */
void
cs_decree_sheet_recorded_cb (GObject *source, GAsyncResult *result, gpointer sheet)
{
  g_autoptr (CsDecreeSheet) self = sheet;
  g_autoptr (GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (!cs_decree_record_finish (CS_STREAM_LIST (source), result, &error))
    {
      cs_decree_sheet_show_problem (self, error);
      return;
    }
  if (ADW_IS_PREFERENCES_WINDOW (parent))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (parent),
                                      adw_toast_new (_("Signed and recorded")));
  gtk_window_destroy (GTK_WINDOW (self));
}

/** cs_decree_sheet_show_problem: (skip): says why it is not signed; the person may try again. */
void
cs_decree_sheet_show_problem (CsDecreeSheet *self, const GError *error)
{
  g_return_if_fail (CS_IS_DECREE_SHEET (self));

  set_busy (self, FALSE);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}
