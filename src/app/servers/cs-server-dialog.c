/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for a target: a server over SSH or with an agent, a fleet, or this computer. */

#define G_LOG_DOMAIN "cs-server-dialog"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-agent-paste.h"
#include "cs-environment-row.h"
#include "cs-member.h"
#include "cs-server-dialog.h"
#include "cs-token-keeping.h"

/* As the kinds stand in the template. */
enum
{
  KIND_SSH,
  KIND_AGENT,
  KIND_FLEET,
  KIND_LOCAL,
};

struct _CsServerDialog
{
  AdwWindow parent_instance;

  CsWorkspace *workspace;
  CsTarget *target; /* that is changed; NULL: a new one */
  GCancellable *cancellable;
  gboolean name_is_own; /* typed by the person, not taken from the address */
  gboolean adding;

  AdwComboRow *kind_row;
  AdwEntryRow *destination_row;
  AdwEntryRow *name_row;
  AdwEntryRow *url_row;
  AdwEntryRow *fingerprint_row;
  AdwEntryRow *token_row;
  AdwEntryRow *identity_row;
  AdwEntryRow *rate_row;
  GtkWidget *members_group;
  GtkTextView *members;
  AdwEntryRow *batch_row;
  AdwEntryRow *pause_row;
  AdwEntryRow *stop_row;
  CsEnvironmentRow *environment_row;
  GtkLabel *problem;
  GtkWidget *add_button;
};

G_DEFINE_FINAL_TYPE (CsServerDialog, cs_server_dialog, ADW_TYPE_WINDOW)

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const guint kinds[] = {
  [CS_TARGET_LOCAL] = KIND_LOCAL,
  [CS_TARGET_SSH] = KIND_SSH,
  [CS_TARGET_FLEET] = KIND_FLEET,
  [CS_TARGET_AGENT] = KIND_AGENT,
};

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
is_ssh (CsServerDialog *self)
{
  return adw_combo_row_get_selected (self->kind_row) == KIND_SSH;
}

static guint
get_kind (CsServerDialog *self)
{
  return adw_combo_row_get_selected (self->kind_row);
}

static CsTarget *
build_fleet (CsServerDialog *self, GError **error)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->members);
  CsBatching batching = CS_BATCHING_INIT;
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) members = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  members = cs_member_parse_list (text, error);
  if (members == NULL ||
      !cs_batching_parse (&batching, get_text (self->batch_row), get_text (self->pause_row),
                          get_text (self->stop_row), error))
    return NULL;
  return cs_target_new_fleet (get_text (self->name_row), members, &batching,
                              cs_environment_row_get (self->environment_row), error);
}

static CsTarget *
build_plain (CsServerDialog *self, GError **error)
{
  const char *name = get_text (self->name_row);
  const char *environment = cs_environment_row_get (self->environment_row);
  const char *identity = get_text (self->identity_row);
  const char *fingerprint = get_text (self->fingerprint_row);

  if (*identity == '\0')
    identity = NULL;
  switch (get_kind (self))
    {
    case KIND_LOCAL:
      return cs_target_new_local (name, environment, error);
    case KIND_FLEET:
      return build_fleet (self, error);
    case KIND_AGENT:
      return cs_target_new_agent (name, get_text (self->url_row),
                                  *fingerprint != '\0' ? fingerprint : NULL, identity, environment,
                                  error);
    case KIND_SSH:
    default:
      return cs_target_new_ssh (name, get_text (self->destination_row), identity, environment,
                                error);
    }
}

static CsTarget *
build_target (CsServerDialog *self, GError **error)
{
  g_autoptr (CsTarget) target = build_plain (self, error);
  gboolean limited = is_ssh (self) || get_kind (self) == KIND_AGENT;

  if (target == NULL ||
      (limited && !cs_target_parse_rate (target, get_text (self->rate_row), error)))
    return NULL;
  return g_steal_pointer (&target);
}

static void
mark (AdwEntryRow *row, gboolean wrong)
{
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

/* Whether enough was typed to say what is wrong with it. */
static gboolean
tells_more (CsServerDialog *self)
{
  if (*get_text (self->rate_row) != '\0')
    return TRUE;
  if (get_kind (self) == KIND_AGENT)
    return *get_text (self->url_row) != '\0';
  return get_kind (self) == KIND_FLEET &&
         gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->members)) > 0;
}

/* Says what is wrong with what was typed; an entry that is still empty is not wrong yet. */
static void
validate (CsServerDialog *self)
{
  const char *name = get_text (self->name_row);
  const char *destination = get_text (self->destination_row);
  g_autoptr (GError) name_error = NULL;
  g_autoptr (GError) destination_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = build_target (self, &error);
  g_autoptr (CsTarget) named = cs_target_new_local (name, NULL, &name_error);
  g_autoptr (CsTarget) addressed = NULL;
  g_autofree char *taken = NULL;
  const char *problem = NULL;

  if (is_ssh (self) && *destination != '\0')
    addressed = cs_target_new_ssh ("name", destination, NULL, NULL, &destination_error);
  if (self->target == NULL && named != NULL &&
      cs_targets_lookup (cs_workspace_get_targets (self->workspace), name) != NULL)
    taken =
      g_strdup_printf (_("There is a server called “%s” already. Choose another name."), name);

  if (destination_error != NULL)
    problem = destination_error->message;
  else if (*name != '\0' && name_error != NULL)
    problem = name_error->message;
  else if (taken != NULL)
    problem = taken;
  else if (target == NULL && *name != '\0' && tells_more (self))
    problem = error->message;
  mark (self->destination_row, destination_error != NULL);
  mark (self->name_row, taken != NULL || (*name != '\0' && name_error != NULL));
  mark (self->identity_row, FALSE);
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server-dialog.add",
                                 target != NULL && taken == NULL && !self->adding);
}

/* Until the person types a name, it is the address's host. */
static void
suggest_name (CsServerDialog *self)
{
  g_autoptr (CsTarget) target = NULL;

  if (self->name_is_own || !is_ssh (self))
    return;
  target = cs_target_new_ssh ("name", get_text (self->destination_row), NULL, NULL, NULL);
  if (target == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), cs_target_get_host (target));
  self->name_is_own = FALSE;
}

static void
changed_cb (CsServerDialog *self)
{
  gboolean agent = get_kind (self) == KIND_AGENT;
  gboolean fleet = get_kind (self) == KIND_FLEET;

  gtk_widget_set_visible (GTK_WIDGET (self->destination_row), is_ssh (self));
  gtk_widget_set_visible (GTK_WIDGET (self->identity_row), is_ssh (self) || agent);
  gtk_widget_set_visible (GTK_WIDGET (self->rate_row), is_ssh (self) || agent);
  gtk_widget_set_visible (GTK_WIDGET (self->url_row), agent);
  gtk_widget_set_visible (GTK_WIDGET (self->fingerprint_row), agent);
  gtk_widget_set_visible (GTK_WIDGET (self->token_row), agent);
  gtk_widget_set_visible (self->members_group, fleet);
  /* The first notifications come while the template is being built. */
  if (self->workspace == NULL)
    return;
  suggest_name (self);
  validate (self);
}

/* What `countersign-agent init` printed can be pasted as it is. */
static void
url_changed_cb (CsServerDialog *self)
{
  g_autoptr (CsAgentPaste) paste = cs_agent_paste_parse (get_text (self->url_row));

  if (paste != NULL)
    {
      if (paste->name != NULL && self->target == NULL)
        gtk_editable_set_text (GTK_EDITABLE (self->name_row), paste->name);
      if (paste->fingerprint != NULL)
        gtk_editable_set_text (GTK_EDITABLE (self->fingerprint_row), paste->fingerprint);
      if (paste->token != NULL)
        gtk_editable_set_text (GTK_EDITABLE (self->token_row), paste->token);
      if (paste->environment != NULL)
        cs_environment_row_set (self->environment_row, paste->environment);
      gtk_editable_set_text (GTK_EDITABLE (self->url_row), paste->url);
    }
  changed_cb (self);
}

static void
name_changed_cb (CsServerDialog *self)
{
  self->name_is_own = *get_text (self->name_row) != '\0';
  if (self->workspace != NULL)
    validate (self);
}

static void
show_problem (CsServerDialog *self, const char *message)
{
  gtk_label_set_text (self->problem, message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
set_adding (CsServerDialog *self, gboolean adding)
{
  self->adding = adding;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server-dialog.add", !adding);
}

static gboolean
finish_adding (CsServerDialog *self, CsTargets *targets, GAsyncResult *result, GError **error)
{
  return self->target != NULL ? cs_targets_change_finish (targets, result, error)
                              : cs_targets_add_finish (targets, result, error);
}

static void
finish (CsServerDialog *self, CsTarget *target)
{
  if (target != NULL)
    g_signal_emit (self, signals[SIGNAL_DONE], 0, target);
  gtk_window_close (GTK_WINDOW (self));
}

static void
token_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (CsTarget) target = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  /* The dialog was closed while the keyring asked for its password. */
  if (!cs_token_keeping_store_finish (result, &problem, &error))
    return;
  if (problem != NULL && parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", problem);
  target = build_target (self, NULL);
  finish (self, target);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = NULL;

  set_adding (self, FALSE);
  if (!finish_adding (self, CS_TARGETS (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        show_problem (self, error->message);
      return;
    }
  target = build_target (self, NULL);
  if (target != NULL && get_kind (self) == KIND_AGENT && *get_text (self->token_row) != '\0')
    cs_token_keeping_store_async (self->workspace, cs_target_get_name (target),
                                  get_text (self->token_row), self->cancellable, token_kept_cb,
                                  g_object_ref (self));
  else
    finish (self, target);
}

static void
add (CsServerDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = build_target (self, &error);
  CsTargets *targets;
  const char *actor;

  if (target == NULL)
    {
      set_adding (self, FALSE);
      show_problem (self, error->message);
      return;
    }
  targets = cs_workspace_get_targets (self->workspace);
  actor = cs_workspace_get_actor (self->workspace);
  if (self->target != NULL)
    cs_targets_change_async (targets, actor, target, self->cancellable, added_cb,
                             g_object_ref (self));
  else
    cs_targets_add_async (targets, actor, target, self->cancellable, added_cb,
                          g_object_ref (self));
}

static void
identity_seen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    {
      add (self);
      return;
    }
  set_adding (self, FALSE);
  mark (self->identity_row, TRUE);
  show_problem (self, _("There is no such key file. Choose the private half of a key, or leave it "
                        "empty to use the keys that SSH finds by itself."));
  gtk_widget_grab_focus (GTK_WIDGET (self->identity_row));
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsServerDialog *self = CS_SERVER_DIALOG (widget);
  const char *identity = get_text (self->identity_row);
  g_autoptr (GFile) file = NULL;

  if (self->adding)
    return;
  set_adding (self, TRUE);
  if ((!is_ssh (self) && get_kind (self) != KIND_AGENT) || *identity == '\0')
    {
      add (self);
      return;
    }
  file = g_file_new_for_path (identity);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, self->cancellable, identity_seen_cb,
                           g_object_ref (self));
}

static void
identity_chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  CsServerDialog *self = user_data;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->identity_row), path);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
choose_identity_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_("Choose a Key File"), GTK_WINDOW (widget),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _("Choose"), _("Cancel"));
  g_autofree char *path = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (identity_chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
cs_server_dialog_dispose (GObject *object)
{
  CsServerDialog *self = CS_SERVER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (cs_server_dialog_parent_class)->dispose (object);
}

static void
cs_server_dialog_finalize (GObject *object)
{
  g_clear_object (&CS_SERVER_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (cs_server_dialog_parent_class)->finalize (object);
}

static void
cs_server_dialog_class_init (CsServerDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_server_dialog_dispose;
  object_class->finalize = cs_server_dialog_finalize;

  signals[SIGNAL_DONE] = g_signal_new ("done", CS_TYPE_SERVER_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, CS_TYPE_TARGET);

  g_type_ensure (CS_TYPE_ENVIRONMENT_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/servers/cs-server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, destination_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, identity_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, rate_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, stop_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, pause_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, batch_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, members);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, members_group);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, token_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, fingerprint_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, environment_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, CsServerDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, url_changed_cb);
  gtk_widget_class_install_action (widget_class, "server-dialog.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "server-dialog.choose-identity", NULL,
                                   choose_identity_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_server_dialog_init (CsServerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server-dialog.add", FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  g_signal_connect_object (gtk_text_view_get_buffer (self->members), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

static void
show_agent (CsServerDialog *self, CsTarget *target)
{
  const char *fingerprint = cs_target_get_fingerprint (target);

  gtk_editable_set_text (GTK_EDITABLE (self->url_row), cs_target_get_url (target));
  gtk_editable_set_text (GTK_EDITABLE (self->fingerprint_row),
                         fingerprint != NULL ? fingerprint : "");
}

static void
show_fleet (CsServerDialog *self, CsTarget *target)
{
  const CsBatching *batching = cs_target_get_batching (target);
  g_autofree char *members = cs_member_write_list (cs_target_get_members (target));
  g_autofree char *size = cs_batching_dup_size (batching);
  g_autofree char *pause = cs_batching_dup_pause (batching);
  g_autofree char *stop = g_strdup_printf ("%u", batching->stop_after);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->members), members, -1);
  gtk_editable_set_text (GTK_EDITABLE (self->batch_row), size);
  gtk_editable_set_text (GTK_EDITABLE (self->pause_row), pause);
  gtk_editable_set_text (GTK_EDITABLE (self->stop_row), stop);
}

/* Its name is what records, deployments and people call it: that stays. */
static void
show_target (CsServerDialog *self)
{
  CsTarget *target = self->target;
  g_autofree char *title =
    g_strdup_printf (_("Edit “%s”"), cs_target_get_name (target));
  g_autofree char *address = cs_target_dup_address (target);
  g_autofree char *rate = g_strdup_printf ("%u", cs_target_get_rate (target));
  const char *identity = cs_target_get_identity (target);

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_button_set_label (GTK_BUTTON (self->add_button), _("Save"));
  gtk_widget_set_visible (GTK_WIDGET (self->kind_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), FALSE);
  adw_combo_row_set_selected (self->kind_row, kinds[cs_target_get_kind (target)]);
  if (cs_target_get_kind (target) == CS_TARGET_SSH)
    gtk_editable_set_text (GTK_EDITABLE (self->destination_row), address);
  else if (cs_target_get_kind (target) == CS_TARGET_AGENT)
    show_agent (self, target);
  else if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    show_fleet (self, target);
  if (cs_target_get_rate (target) > 0)
    gtk_editable_set_text (GTK_EDITABLE (self->rate_row), rate);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), cs_target_get_name (target));
  gtk_editable_set_text (GTK_EDITABLE (self->identity_row), identity != NULL ? identity : "");
  cs_environment_row_set (self->environment_row, cs_target_get_environment (target));
}

/**
 * cs_server_dialog_new:
 * @parent: the window to open over
 * @workspace: where the target is to be added
 * @target: (nullable): the one to change; %NULL: a new one
 *
 * Returns: (transfer none): the dialog, to be presented; it destroys itself when it is closed
 */
CsServerDialog *
cs_server_dialog_new (GtkWindow *parent, CsWorkspace *workspace, CsTarget *target)
{
  CsServerDialog *self = g_object_new (CS_TYPE_SERVER_DIALOG, "transient-for", parent, NULL);

  g_return_val_if_fail (CS_IS_WORKSPACE (workspace), NULL);

  if (g_set_object (&self->target, target))
    show_target (self);
  self->workspace = g_object_ref (workspace);
  changed_cb (self);
  return self;
}
