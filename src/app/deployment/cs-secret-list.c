/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that a command needs, to be entered above it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-secret-list.h"

#include <glib/gi18n.h>

struct _CsSecretList
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkLabel *problem;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  GPtrArray *rows; /* unowned */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsSecretList, cs_secret_list, ADW_TYPE_BIN)

/* Under this a row has the name of its secret. */
#define NAME "name"

static void
update_cb (CsSecretList *self)
{
  CsKeyring *keyring = cs_workspace_get_keyring (self->workspace);
  const char *problem = cs_keyring_get_problem (keyring);
  gboolean open = cs_deployment_get_closed_at (self->deployment) == 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      const char *name = g_object_get_data (G_OBJECT (row), NAME);
      g_autofree char *title = g_strdup_printf (
        cs_deployment_has_secret (self->deployment, name) ? _("%s is known; enter another value")
                                                          : _("%s, which the keyring lacks"),
        name);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      gtk_editable_set_editable (GTK_EDITABLE (row), open);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  if (problem != NULL)
    {
      g_autofree char *words =
        g_strdup_printf (_("Secrets last in memory until you quit. %s"), problem);

      gtk_label_set_label (self->problem, words);
    }
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSecretList) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_keyring_store_finish (CS_KEYRING (source), result, &error))
    {
      if (self->deployment != NULL)
        cs_deployment_load_secrets_async (self->deployment, NULL, NULL, NULL);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* What was typed goes to the keyring, for this environment, and no longer stands in the window. */
static void
apply_cb (CsSecretList *self, GtkEditable *row)
{
  const char *name = g_object_get_data (G_OBJECT (row), NAME);
  const char *typed = gtk_editable_get_text (row);
  g_autofree char *key =
    cs_keyring_dup_secret_name (cs_deployment_get_environment (self->deployment), name);
  g_autofree char *label = g_strdup_printf ("Countersign: %s", name);

  if (*typed == '\0')
    return;
  cs_keyring_store_async (cs_workspace_get_keyring (self->workspace), CS_KEYRING_SECRET, key, label,
                          typed, self->cancellable, stored_cb, g_object_ref (self));
  gtk_editable_set_text (row, "");
}

static void
add_row (CsSecretList *self, const char *name)
{
  GtkWidget *row = adw_password_entry_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (
    row, _("It goes to the keyring, for this environment, and into no record"));
  g_object_set_data_full (G_OBJECT (row), NAME, g_strdup (name), g_free);
  g_signal_connect_object (row, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  /* What a screen reader or a paste put there counts by Enter, too. */
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (apply_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list, row);
  g_ptr_array_add (self->rows, row);
}

static void
cs_secret_list_dispose (GObject *object)
{
  CsSecretList *self = CS_SECRET_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_secret_list_parent_class)->dispose (object);
}

static void
cs_secret_list_finalize (GObject *object)
{
  g_ptr_array_unref (CS_SECRET_LIST (object)->rows);

  G_OBJECT_CLASS (cs_secret_list_parent_class)->finalize (object);
}

static void
cs_secret_list_class_init (CsSecretListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_secret_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_secret_list_finalize;
}

static void
cs_secret_list_init (CsSecretList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "notice");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->problem));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * cs_secret_list_new: (skip)
 * @workspace: whose keyring takes them
 * @deployment: the deployment
 * @block: a command
 *
 * Returns: (transfer floating) (nullable): a row for each secret that the command refers to; %NULL
 *   if it refers to none
 */
GtkWidget *
cs_secret_list_new (CsWorkspace *workspace, CsDeployment *deployment, CsBlock *block)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_secret_names (deployment, block);
  CsSecretList *self;

  if (names->len == 0)
    return NULL;
  self = g_object_new (CS_TYPE_SECRET_LIST, NULL);
  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  for (guint i = 0; i < names->len; i++)
    add_row (self, names->pdata[i]);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_workspace_get_keyring (workspace), "notify::problem",
                           G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
  return GTK_WIDGET (self);
}
