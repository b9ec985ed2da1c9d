/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target, with all that is known about it. */

#define G_LOG_DOMAIN "cs-server-view"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-agent-group.h"
#include "cs-fact-row.h"
#include "cs-latency-line.h"
#include "cs-member.h"
#include "cs-server-health.h"
#include "cs-server-state.h"
#include "cs-server-view.h"
#include "cs-ssh-config.h"

struct _CsServerView
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsServerTest *test;
  GCancellable *cancellable; /* of what is being asked about the target that is shown */

  GtkLabel *name;
  GtkLabel *environment;
  GtkLabel *address;
  GtkButton *test_button;
  AdwPreferencesPage *page;
  AdwActionRow *state_row;
  GtkImage *state_icon;
  GtkSpinner *spinner;
  CsLatencyLine *line;
  CsServerHealth *health;
  AdwPreferencesGroup *way_group;
  AdwPreferencesGroup *key_group;
  CsAgentGroup *agent_group;
  GPtrArray *way_rows; /* unowned: the rows of way_group */
  GPtrArray *key_rows;
};

G_DEFINE_FINAL_TYPE (CsServerView, cs_server_view, ADW_TYPE_BIN)

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (group), FALSE);
}

static void
add_row (AdwPreferencesGroup *group, GPtrArray *rows, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (rows, row);
  gtk_widget_set_visible (GTK_WIDGET (group), TRUE);
}

static void
show_way (CsServerView *self, CsSshConfig *config)
{
  g_autofree char *address = g_strdup_printf ("%s@%s:%u", config->user, config->hostname,
                                              config->port);
  g_autofree char *identities = g_strjoinv ("\n", config->identities);
  g_autofree char *state_directory = cs_workspace_dup_state_directory (self->workspace);
  g_autofree char *own = g_build_filename (state_directory, "known_hosts", NULL);
  g_autofree char *others = g_strjoinv ("\n", config->user_known_hosts);
  g_autofree char *known_hosts =
    g_strjoin (*others != '\0' ? "\n" : "", others, own, NULL);

  clear_rows (self->way_group, self->way_rows);
  add_row (self->way_group, self->way_rows, cs_fact_row_new (_("Login"), address, TRUE));
  if (config->proxy != NULL)
    add_row (self->way_group, self->way_rows,
             cs_fact_row_new (_("By way of"), config->proxy, TRUE));
  if (config->host_key_alias != NULL)
    add_row (self->way_group, self->way_rows,
             cs_fact_row_new (_("Known as"), config->host_key_alias, TRUE));
  if (*identities != '\0')
    add_row (self->way_group, self->way_rows,
             cs_fact_row_new (_("Key files that are tried"), identities, TRUE));
  add_row (self->way_group, self->way_rows,
           cs_fact_row_new (_("Host keys that you trust"), known_hosts, TRUE));
}

static void
configured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSshConfig) config = cs_ssh_config_load_finish (result, &error);

  if (config != NULL)
    show_way (self, config);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    add_row (self->way_group, self->way_rows,
             cs_fact_row_new (_("Not known"), error->message, FALSE));
}

static void
show_key (CsServerView *self, CsHostKey *key)
{
  CsHostKeyState state = cs_host_key_get_state (key);
  g_autofree char *removal = cs_host_key_dup_removal (key);
  const char *known = cs_host_key_get_known_fingerprint (key);
  /* Translators: ED25519 and the like is the kind of a key */
  g_autofree char *title = g_strdup_printf (_("%s key"), cs_host_key_get_algorithm (key));

  clear_rows (self->key_group, self->key_rows);
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (state == CS_HOST_KEY_CHANGED ? _("Key that it shows now") : title,
                            cs_host_key_get_fingerprint (key), TRUE));
  if (known != NULL)
    add_row (self->key_group, self->key_rows, cs_fact_row_new (_("Known key"), known, TRUE));
  if (removal != NULL)
    add_row (self->key_group, self->key_rows,
             cs_fact_row_new (_("To take the known key out"), removal, TRUE));
  else if (cs_host_key_get_file (key) != NULL)
    add_row (self->key_group, self->key_rows,
             cs_fact_row_new (_("Trusted in"), cs_host_key_get_file (key), TRUE));
  else
    add_row (self->key_group, self->key_rows,
             cs_fact_row_new (_("Not trusted yet"),
                              _("Test the server to compare its key and to trust it."), FALSE));
}

static void
scanned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHostKey) key = cs_host_key_scan_finish (result, &error);

  if (key != NULL)
    {
      show_key (self, key);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  clear_rows (self->key_group, self->key_rows);
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (_("Not known"), error->message, FALSE));
}

static void
scan_key (CsServerView *self)
{
  g_autofree char *state_directory = cs_workspace_dup_state_directory (self->workspace);

  cs_host_key_scan_async (cs_server_test_get_target (self->test), state_directory,
                          self->cancellable, scanned_cb, g_object_ref (self));
}

static void
show_agent (CsServerView *self, CsTarget *target)
{
  const char *agreed = cs_target_get_fingerprint (target);
  CsAgentAccess *access = cs_target_get_access (target);
  const char *fingerprint =
    access != NULL ? cs_agent_access_get_pin (access, agreed, NULL) : agreed;

  adw_preferences_group_set_title (self->key_group, _("Certificate"));
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (_("Address"), cs_target_get_url (target), TRUE));
  if (fingerprint != NULL)
    add_row (self->key_group, self->key_rows,
             cs_fact_row_new (_("Only this certificate is trusted"), fingerprint, TRUE));
  else
    add_row (self->key_group, self->key_rows,
             cs_fact_row_new (_("Trusted"), _("Any that an authority of this computer vouches for"),
                              FALSE));
}

static void
show_fleet (CsServerView *self, CsTarget *target)
{
  const CsBatching *batching = cs_target_get_batching (target);
  g_autofree char *members = g_strchomp (cs_member_write_list (cs_target_get_members (target)));
  g_autofree char *size = cs_batching_dup_size (batching);
  g_autofree char *pause = cs_batching_dup_pause (batching);
  g_autofree char *stop = g_strdup_printf ("%u", batching->stop_after);

  adw_preferences_group_set_title (self->key_group, _("Members"));
  add_row (self->key_group, self->key_rows, cs_fact_row_new (_("One a line"), members, TRUE));
  add_row (self->key_group, self->key_rows, cs_fact_row_new (_("At once"), size, FALSE));
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (_("Pause between batches"), pause, FALSE));
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (_("Stop after so many failed"), stop, FALSE));
}

static void
ask_ssh (CsServerView *self)
{
  CsTarget *target = cs_server_test_get_target (self->test);

  if (cs_target_get_kind (target) == CS_TARGET_AGENT)
    show_agent (self, target);
  else if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    show_fleet (self, target);
  if (cs_target_get_kind (target) != CS_TARGET_SSH)
    return;
  adw_preferences_group_set_title (self->key_group, _("Host Key"));
  cs_ssh_config_load_async (cs_server_test_get_target (self->test), self->cancellable,
                            configured_cb, g_object_ref (self));
  add_row (self->key_group, self->key_rows,
           cs_fact_row_new (_("Being asked for…"), _("The server shows its key to everyone."),
                            FALSE));
  scan_key (self);
}

static void
update_state (CsServerView *self)
{
  const char *words = cs_server_test_get_words (self->test);
  g_autofree char *escaped = g_markup_escape_text (
    words != NULL ? words : _("Not tested since the program was started"), -1);
  guint n = 0;
  const double *latencies = cs_server_test_get_latencies (self->test, &n);

  adw_action_row_set_subtitle (self->state_row, escaped);
  cs_server_state_apply (self->test, self->state_icon, self->spinner);
  cs_server_state_apply_button (self->test, self->test_button);
  cs_latency_line_set_values (self->line, latencies, n);
  gtk_widget_set_visible (GTK_WIDGET (self->line), n > 1);
}

/* A test that has ended may have changed what is known of the key, and how an agent is. */
static void
test_changed_cb (CsServerView *self)
{
  CsServerTestState state = cs_server_test_get_state (self->test);

  update_state (self);
  if (state != CS_SERVER_TEST_GOOD && state != CS_SERVER_TEST_BAD)
    return;
  if (cs_server_test_get_host_key (self->test) != NULL)
    scan_key (self);
  cs_agent_group_show (self->agent_group, cs_server_test_get_target (self->test));
}

static void
test_clicked_cb (CsServerView *self)
{
  cs_server_state_toggle (self->test);
}

static void
show_target (CsServerView *self)
{
  CsTarget *target = cs_server_test_get_target (self->test);
  const char *environment = cs_target_get_environment (target);
  const char *classes[] = { "chip", environment, NULL };
  gboolean local = cs_target_get_kind (target) == CS_TARGET_LOCAL;
  g_autofree char *address = cs_target_dup_address (target);

  gtk_label_set_text (self->name, cs_target_get_name (target));
  gtk_label_set_text (self->address, local ? _("This computer") : address);
  gtk_widget_set_visible (GTK_WIDGET (self->environment), environment != NULL);
  gtk_label_set_text (self->environment, environment != NULL ? environment : "");
  gtk_widget_set_css_classes (GTK_WIDGET (self->environment), classes);
}

static void
forget (CsServerView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->test != NULL)
    g_signal_handlers_disconnect_by_func (self->test, test_changed_cb, self);
  g_clear_object (&self->test);
  g_clear_object (&self->workspace);
}

static void
cs_server_view_dispose (GObject *object)
{
  forget (CS_SERVER_VIEW (object));
  G_OBJECT_CLASS (cs_server_view_parent_class)->dispose (object);
}

static void
cs_server_view_finalize (GObject *object)
{
  CsServerView *self = CS_SERVER_VIEW (object);

  g_ptr_array_unref (self->way_rows);
  g_ptr_array_unref (self->key_rows);
  G_OBJECT_CLASS (cs_server_view_parent_class)->finalize (object);
}

static void
cs_server_view_class_init (CsServerViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_server_view_dispose;
  object_class->finalize = cs_server_view_finalize;

  g_type_ensure (CS_TYPE_AGENT_GROUP);
  g_type_ensure (CS_TYPE_LATENCY_LINE);
  g_type_ensure (CS_TYPE_SERVER_HEALTH);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/servers/cs-server-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsServerView, name);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, environment);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, address);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, test_button);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, page);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, state_row);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, state_icon);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, line);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, health);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, way_group);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, key_group);
  gtk_widget_class_bind_template_child (widget_class, CsServerView, agent_group);
  gtk_widget_class_bind_template_callback (widget_class, test_clicked_cb);
}

static void
cs_server_view_init (CsServerView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->way_rows = g_ptr_array_new ();
  self->key_rows = g_ptr_array_new ();
}

/**
 * cs_server_view_show:
 * @self: a view
 * @workspace: the workspace
 * @test: (nullable): of the target to show; %NULL: nothing any more
 *
 * Shows a target, and asks what is to be known about it.
 */
void
cs_server_view_show (CsServerView *self, CsWorkspace *workspace, CsServerTest *test)
{
  g_return_if_fail (CS_IS_SERVER_VIEW (self));

  forget (self);
  clear_rows (self->way_group, self->way_rows);
  clear_rows (self->key_group, self->key_rows);
  cs_server_health_show (self->health, workspace,
                         test != NULL
                           ? cs_target_get_name (cs_server_test_get_target (test))
                           : NULL);
  cs_agent_group_show (self->agent_group,
                       test != NULL ? cs_server_test_get_target (test) : NULL);
  if (test == NULL)
    return;
  self->workspace = g_object_ref (workspace);
  self->test = g_object_ref (test);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (test, "changed", G_CALLBACK (test_changed_cb), self, G_CONNECT_SWAPPED);
  show_target (self);
  update_state (self);
  ask_ssh (self);
}

/**
 * cs_server_view_get_target:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what it shows
 */
CsTarget *
cs_server_view_get_target (CsServerView *self)
{
  g_return_val_if_fail (CS_IS_SERVER_VIEW (self), NULL);

  return self->test != NULL ? cs_server_test_get_target (self->test) : NULL;
}
