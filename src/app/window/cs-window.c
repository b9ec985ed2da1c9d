/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: a sidebar with five places, and one deployment at a time before them. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-window-private.h"

#include "cs-error.h"
#include "cs-passphrase-dialog.h"
#include "cs-sidebar-row.h"

#include <glib/gi18n.h>
#include <string.h>

/* Characters of a toast; longer messages get a dialog. */
#define TOAST_LENGTH 60
/* Sentences that one dialog holds. */
#define MAX_ATTENTION 8

G_DEFINE_FINAL_TYPE (CsWindow, cs_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  PROP_0,
  PROP_DATA_DIRECTORY,
  PROP_WORKSPACE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
show_problem (CsWindow *self, const GError *error)
{
  g_autofree char *words = g_markup_escape_text (error->message, -1);
  const char *title = _("The Workspace Can’t Be Opened");

  if (g_error_matches (error, CS_ERROR, CS_ERROR_TOO_NEW))
    title = _("A Newer Version Wrote This Workspace");
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CORRUPT))
    title = _("The Workspace Is Damaged");
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_STORAGE))
    title = _("The Workspace Can’t Be Written");
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_BUSY))
    title = _("Another Program Holds the Workspace");

  adw_status_page_set_title (self->problem, title);
  adw_status_page_set_description (self->problem, words);
  gtk_stack_set_visible_child_name (self->root, "problem");
}

static CsSidebarRow *
find_row (CsWindow *self, const char *page)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sidebar, i)) != NULL; i++)
    {
      if (g_str_equal (cs_sidebar_row_get_page (CS_SIDEBAR_ROW (row)), page))
        return CS_SIDEBAR_ROW (row);
    }

  return NULL;
}

static void
row_activated_cb (CsWindow *self, GtkListBoxRow *row)
{
  cs_window_show_page (self, cs_sidebar_row_get_page (CS_SIDEBAR_ROW (row)));
}

/* Keys with a passphrase, wherever one is used. Without it they fail, and ssh says why. */
static void
answer_questions (CsWindow *self)
{
  g_autoptr (GError) error = NULL;
  CsPassphrases *passphrases = cs_workspace_get_passphrases (self->workspace, &error);

  if (passphrases != NULL)
    cs_passphrase_dialog_attach (passphrases, GTK_WINDOW (self));
  else
    g_warning ("Nobody can be asked for passphrases: %s", error->message);
}

static void
set_workspace (CsWindow *self, CsWorkspace *workspace)
{
  GFile *file;

  if (!g_set_object (&self->workspace, workspace))
    return;

  answer_questions (self);
  cs_lost_bar_set_workspace (self->lost_bar, workspace);
  cs_window_note_acts (self);
  self->desk = cs_watch_desk_new (workspace);
  cs_window_follow_desk (self);
  g_object_set (self->deployments_page, "workspace", workspace, NULL);
  g_object_set (self->rollouts_page, "workspace", workspace, NULL);
  g_object_set (self->runbooks_page, "workspace", workspace, NULL);
  g_object_set (self->history_page, "workspace", workspace, NULL);
  g_object_set (self->servers_page, "workspace", workspace, NULL);
  gtk_stack_set_visible_child_name (self->root, "shell");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORKSPACE]);

  while ((file = g_queue_pop_head (&self->pending_files)) != NULL)
    {
      cs_window_open_file (self, file);
      g_object_unref (file);
    }

  if (self->sample_waits)
    {
      self->sample_waits = FALSE;
      g_action_group_activate_action (G_ACTION_GROUP (self), "try-sample", NULL);
    }
}

static void
workspace_open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsWorkspace) workspace = cs_workspace_open_finish (result, &error);

  if (workspace != NULL)
    set_workspace (self, workspace);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error);
}

static void
update_folded_cb (CsWindow *self)
{
  /* One pane at a time: a selection would only say where one was. */
  gtk_list_box_set_selection_mode (self->sidebar, adw_leaflet_get_folded (self->leaflet)
                                                    ? GTK_SELECTION_NONE
                                                    : GTK_SELECTION_SINGLE);
  if (!adw_leaflet_get_folded (self->leaflet))
    {
      CsSidebarRow *row = find_row (self, gtk_stack_get_visible_child_name (self->pages));

      gtk_list_box_select_row (self->sidebar, GTK_LIST_BOX_ROW (row));
    }
}

static void
update_waiting_cb (CsWindow *self)
{
  guint waiting = 0;

  g_object_get (self->deployments_page, "waiting", &waiting, NULL);
  cs_sidebar_row_set_count (find_row (self, "deployments"), waiting);
  g_object_get (self->rollouts_page, "waiting", &waiting, NULL);
  cs_sidebar_row_set_count (find_row (self, "rollouts"), waiting);
}

static void
cs_window_constructed (GObject *object)
{
  CsWindow *self = CS_WINDOW (object);

  G_OBJECT_CLASS (cs_window_parent_class)->constructed (object);

  if (DEVELOPMENT)
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");

  cs_window_show_page (self, "deployments");
  cs_window_open_workspace (self);
}

static void
cs_window_dispose (GObject *object)
{
  CsWindow *self = CS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->rollouts_page != NULL)
    g_object_set (self->rollouts_page, "workspace", NULL, NULL);
  cs_window_close_workspace (self);
  g_queue_clear_full (&self->pending_files, g_object_unref);

  G_OBJECT_CLASS (cs_window_parent_class)->dispose (object);
}

static void
cs_window_finalize (GObject *object)
{
  CsWindow *self = CS_WINDOW (object);

  g_free (self->data_directory);

  G_OBJECT_CLASS (cs_window_parent_class)->finalize (object);
}

static void
cs_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsWindow *self = CS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_DATA_DIRECTORY:
      g_value_set_string (value, self->data_directory);
      break;
    case PROP_WORKSPACE:
      g_value_set_object (value, self->workspace);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  CsWindow *self = CS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_DATA_DIRECTORY:
      self->data_directory = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_window_class_init (CsWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = cs_window_constructed;
  object_class->dispose = cs_window_dispose;
  object_class->finalize = cs_window_finalize;
  object_class->get_property = cs_window_get_property;
  object_class->set_property = cs_window_set_property;

  GTK_WINDOW_CLASS (klass)->close_request = cs_window_close_request;

  properties[PROP_DATA_DIRECTORY] =
    g_param_spec_string ("data-directory", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CS_TYPE_ALARM_BAR);
  g_type_ensure (CS_TYPE_SIDEBAR_ROW);
  g_type_ensure (CS_TYPE_DEPLOYMENTS_PAGE);
  g_type_ensure (CS_TYPE_ROLLOUTS_PAGE);
  g_type_ensure (CS_TYPE_RUNBOOKS_PAGE);
  g_type_ensure (CS_TYPE_HISTORY_PAGE);
  g_type_ensure (CS_TYPE_SERVERS_PAGE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/window/cs-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, root);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, deployments_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, rollouts_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, runbooks_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, history_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, servers_page);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, deployment_bin);
  gtk_widget_class_bind_template_child (widget_class, CsWindow, alarm_bar);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

/* Below everything, whatever is shown. */
static void
add_lost_bar (CsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = g_object_ref (GTK_WIDGET (self->toasts));

  self->lost_bar = g_object_new (CS_TYPE_LOST_BAR, NULL);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), box);
  gtk_widget_set_vexpand (content, TRUE);
  gtk_box_append (GTK_BOX (box), content);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->lost_bar));
  g_object_unref (content);
}

static void
cs_window_init (CsWindow *self)
{
  g_queue_init (&self->pending_files);
  self->cancellable = g_cancellable_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  add_lost_bar (self);
  cs_window_install_actions (self);

  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (update_folded_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deployments_page, "notify::waiting",
                           G_CALLBACK (update_waiting_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rollouts_page, "notify::waiting", G_CALLBACK (update_waiting_cb),
                           self, G_CONNECT_SWAPPED);
}

/* Opens the workspace, again after it could not be opened. */
void
cs_window_open_workspace (CsWindow *self)
{
  gtk_stack_set_visible_child_name (self->root, "opening");
  cs_workspace_open_async (self->data_directory, self->cancellable, workspace_open_cb,
                           g_object_ref (self));
}

/* A folder of files that can't be opened is one dialog, not one for each. */
static void
add_attention (CsWindow *self, const char *text)
{
  const char *shown = adw_message_dialog_get_body (self->attention);
  g_auto (GStrv) said = g_strsplit (shown, "\n\n", -1);
  g_autofree char *more = NULL;

  if (g_strv_contains ((const char *const *) said, text))
    return;
  if (g_strv_length (said) < MAX_ATTENTION)
    more = g_strconcat (shown, "\n\n", text, NULL);
  else if (!g_str_has_suffix (shown, "\n\n…"))
    more = g_strconcat (shown, "\n\n…", NULL);
  if (more != NULL)
    adw_message_dialog_set_body (self->attention, more);
}

static void
attention_closed_cb (CsWindow *self)
{
  g_clear_weak_pointer (&self->attention);
}

/* What does not fit into one line is no toast: it stays until it is read. */
void
cs_window_show_toast (CsWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (g_utf8_strlen (text, -1) <= TOAST_LENGTH && strchr (text, '\n') == NULL)
    {
      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
      return;
    }
  if (self->attention != NULL)
    {
      add_attention (self, text);
      return;
    }
  g_set_weak_pointer (
    &self->attention,
    ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (self), _("This Needs Your Attention"), text)));
  adw_message_dialog_add_response (self->attention, "close", _("Close"));
  g_signal_connect_object (self->attention, "response", G_CALLBACK (attention_closed_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->attention));
}

void
cs_window_show_page (CsWindow *self, const char *page)
{
  CsSidebarRow *row = find_row (self, page);

  if (row == NULL)
    return;

  gtk_stack_set_visible_child_name (self->pages, page);
  adw_window_title_set_title (self->page_title, cs_sidebar_row_get_title (row));
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
  update_folded_cb (self);

  if (self->workspace != NULL)
    gtk_stack_set_visible_child_name (self->root, "shell");
}

/**
 * cs_window_get_workspace:
 *
 * Returns: (transfer none) (nullable): the workspace; %NULL until it is open, of which
 *   `notify::workspace` tells
 */
CsWorkspace *
cs_window_get_workspace (CsWindow *self)
{
  g_return_val_if_fail (CS_IS_WINDOW (self), NULL);

  return self->workspace;
}

/**
 * cs_window_new:
 * @application: the application
 * @data_directory: (nullable): where everything is kept; %NULL: the default place
 *
 * Makes a window and begins to open the workspace in @data_directory.
 *
 * Returns: (transfer none): a new #CsWindow, owned by GTK
 */
CsWindow *
cs_window_new (GtkApplication *application, const char *data_directory)
{
  return g_object_new (CS_TYPE_WINDOW,
                       "application", application,
                       "data-directory", data_directory,
                       NULL);
}
