/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The targets: where steps run. */

#define G_LOG_DOMAIN "cs-servers-page"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-host-key-dialog.h"
#include "cs-server-dialog.h"
#include "cs-server-row.h"
#include "cs-server-test.h"
#include "cs-server-view.h"
#include "cs-servers-page.h"

struct _CsServersPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  GHashTable *tests; /* name → CsServerTest: what the last test said outlives the row */
  GCancellable *cancellable;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkListBox *list;
  CsServerView *view;
  gboolean viewing; /* one server, not the list */
};

G_DEFINE_FINAL_TYPE (CsServersPage, cs_servers_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
show_error (CsServersPage *self, const GError *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  CsServerTest *test = user_data;

  if (cs_server_test_get_state (test) != CS_SERVER_TEST_ASKING)
    return;
  if (g_str_equal (response, "trust"))
    cs_server_test_trust (test);
  else
    cs_server_test_distrust (test);
}

/* Only a person can say whether a new key is the right server's, and what to do about another. */
static void
test_changed_cb (CsServersPage *self, CsServerTest *test)
{
  CsServerTestState state = cs_server_test_get_state (test);
  CsHostKey *key = cs_server_test_get_host_key (test);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  CsHostKeyDialog *dialog;

  if (root == NULL || key == NULL || cs_host_key_get_state (key) == CS_HOST_KEY_KNOWN)
    return;
  if (state != CS_SERVER_TEST_ASKING &&
      (state != CS_SERVER_TEST_BAD || cs_host_key_get_state (key) != CS_HOST_KEY_CHANGED))
    return;
  dialog = cs_host_key_dialog_new (GTK_WINDOW (root), cs_server_test_get_target (test), key);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), test, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The test of a target; a new one if the target was removed and another has its name now. */
static CsServerTest *
get_test (CsServersPage *self, CsTarget *target)
{
  CsServerTest *test = g_hash_table_lookup (self->tests, cs_target_get_name (target));
  g_autofree char *state_directory = NULL;

  if (test != NULL && cs_server_test_get_target (test) == target)
    return test;
  state_directory = cs_workspace_dup_state_directory (self->workspace);
  test = cs_server_test_new (target, cs_workspace_get_breakers (self->workspace), state_directory);
  g_signal_connect_object (test, "changed", G_CALLBACK (test_changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_replace (self->tests, g_strdup (cs_target_get_name (target)), test);
  return test;
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServersPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_targets_add_finish (CS_TARGETS (source), result, &error))
    show_error (self, error);
}

static void
restore_cb (AdwToast *toast, gpointer user_data)
{
  CsServersPage *self = user_data;
  CsTarget *target = g_object_get_data (G_OBJECT (toast), "cs-target");

  if (self->workspace != NULL)
    cs_targets_add_async (cs_workspace_get_targets (self->workspace),
                          cs_workspace_get_actor (self->workspace), target, self->cancellable,
                          restored_cb, g_object_ref (self));
}

typedef struct
{
  CsServersPage *page; /* owned */
  CsTarget *target;    /* owned */
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->page);
  g_object_unref (removal->target);
  g_free (removal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Removal) removal = user_data;
  CsServersPage *self = removal->page;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  AdwToast *toast;

  if (!cs_targets_remove_finish (CS_TARGETS (source), result, &error))
    {
      show_error (self, error);
      return;
    }
  title = g_markup_printf_escaped (_("“%s” removed"), cs_target_get_name (removal->target));
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, 10);
  g_object_set_data_full (G_OBJECT (toast), "cs-target", g_object_ref (removal->target),
                          g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (restore_cb), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsServersPage *self = CS_SERVERS_PAGE (widget);
  CsTarget *target = cs_server_view_get_target (self->view);
  Removal *removal;

  if (!self->viewing || target == NULL)
    return;
  removal = g_new0 (Removal, 1);
  removal->page = g_object_ref (self);
  removal->target = g_object_ref (target);
  cs_server_test_cancel (get_test (self, target));
  cs_targets_remove_async (cs_workspace_get_targets (self->workspace),
                           cs_workspace_get_actor (self->workspace), cs_target_get_name (target),
                           self->cancellable, removed_cb, removal);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CsServersPage *self = user_data;

  return cs_server_row_new (self->workspace, get_test (self, item));
}

static void
show_list (CsServersPage *self)
{
  gboolean empty = TRUE;

  if (self->workspace != NULL)
    {
      CsTargets *targets = cs_workspace_get_targets (self->workspace);

      empty = g_list_model_get_n_items (G_LIST_MODEL (targets)) == 0;
    }
  self->viewing = FALSE;
  cs_server_view_show (self->view, NULL, NULL);
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

static void
show_server (CsServersPage *self, CsTarget *target)
{
  self->viewing = TRUE;
  cs_server_view_show (self->view, self->workspace, get_test (self, target));
  gtk_stack_set_visible_child_name (self->stack, "server");
}

static void
row_activated_cb (CsServersPage *self, GtkListBoxRow *row)
{
  show_server (self, cs_server_test_get_target (cs_server_row_get_test (CS_SERVER_ROW (row))));
}

/* The server that is shown may be another now, or gone. */
static void
targets_changed_cb (CsServersPage *self)
{
  CsTarget *shown = cs_server_view_get_target (self->view);
  CsTarget *now = NULL;

  if (self->viewing && shown != NULL)
    now = cs_targets_lookup (cs_workspace_get_targets (self->workspace),
                             cs_target_get_name (shown));
  if (now == NULL)
    show_list (self);
  else if (now != shown)
    show_server (self, now);
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsServersPage *self = CS_SERVERS_PAGE (widget);

  if (!self->viewing)
    return;
  show_list (self);
}

/* What was just added or changed is tried at once: the person wants to know whether it works. */
static void
done_cb (CsServersPage *self, CsTarget *target)
{
  CsTargets *targets = cs_workspace_get_targets (self->workspace);
  CsTarget *added = cs_targets_lookup (targets, cs_target_get_name (target));

  if (added != NULL && cs_target_get_kind (added) != CS_TARGET_FLEET)
    cs_server_test_start (get_test (self, added));
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  cs_servers_page_add (CS_SERVERS_PAGE (widget));
}

static void
edit_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsServersPage *self = CS_SERVERS_PAGE (widget);
  CsTarget *target = cs_server_view_get_target (self->view);
  CsServerDialog *dialog;

  if (!self->viewing || target == NULL)
    return;
  dialog =
    cs_server_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace, target);
  g_signal_connect_object (dialog, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
set_workspace (CsServersPage *self, CsWorkspace *workspace)
{
  CsTargets *targets;

  if (!g_set_object (&self->workspace, workspace))
    return;
  g_hash_table_remove_all (self->tests);
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "servers.add", workspace != NULL);
  if (workspace != NULL)
    {
      targets = cs_workspace_get_targets (workspace);
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (targets), create_row_cb, self, NULL);
      g_signal_connect_object (targets, "items-changed", G_CALLBACK (targets_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  show_list (self);
}

static void
cs_servers_page_dispose (GObject *object)
{
  CsServersPage *self = CS_SERVERS_PAGE (object);
  GHashTableIter iter;
  gpointer test;

  if (self->tests != NULL)
    {
      g_hash_table_iter_init (&iter, self->tests);
      while (g_hash_table_iter_next (&iter, NULL, &test))
        cs_server_test_cancel (test);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->tests, g_hash_table_unref);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (cs_servers_page_parent_class)->dispose (object);
}

static void
cs_servers_page_finalize (GObject *object)
{
  g_clear_object (&CS_SERVERS_PAGE (object)->cancellable);
  G_OBJECT_CLASS (cs_servers_page_parent_class)->finalize (object);
}

static void
cs_servers_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, CS_SERVERS_PAGE (object)->workspace);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_servers_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      set_workspace (CS_SERVERS_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_servers_page_class_init (CsServersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_servers_page_dispose;
  object_class->finalize = cs_servers_page_finalize;
  object_class->get_property = cs_servers_page_get_property;
  object_class->set_property = cs_servers_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CS_TYPE_SERVER_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/servers/cs-servers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsServersPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, CsServersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsServersPage, list);
  gtk_widget_class_bind_template_child (widget_class, CsServersPage, view);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_install_action (widget_class, "servers.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "servers.edit", NULL, edit_cb);
  gtk_widget_class_install_action (widget_class, "servers.remove", NULL, remove_cb);
  gtk_widget_class_install_action (widget_class, "servers.back", NULL, back_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "servers.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "servers.remove", NULL);
}

static void
cs_servers_page_init (CsServersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->tests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->cancellable = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "servers.add", FALSE);
}

/**
 * cs_servers_page_new:
 *
 * Returns: (transfer floating): the page, empty until it is given a workspace
 */
GtkWidget *
cs_servers_page_new (void)
{
  return g_object_new (CS_TYPE_SERVERS_PAGE, NULL);
}

/**
 * cs_servers_page_add:
 * @self: a page
 *
 * Opens the dialog that adds a target.
 */
void
cs_servers_page_add (CsServersPage *self)
{
  GtkRoot *root;
  CsServerDialog *dialog;

  g_return_if_fail (CS_IS_SERVERS_PAGE (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  if (self->workspace == NULL || root == NULL)
    return;
  dialog = cs_server_dialog_new (GTK_WINDOW (root), self->workspace, NULL);
  g_signal_connect_object (dialog, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
