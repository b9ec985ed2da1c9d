/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target in the list of servers, with what its last test said. */

#define G_LOG_DOMAIN "cs-server-row"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "cs-server-row.h"

struct _CsServerRow
{
  GtkListBoxRow parent_instance;

  CsServerTest *test;
  gboolean asking; /* the question is on the screen */

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *environment;
  GtkLabel *address;
  GtkWidget *state;
  GtkSpinner *spinner;
  GtkImage *state_icon;
  GtkLabel *words;
  GtkButton *test_button;
  GtkWidget *remove_button;
};

G_DEFINE_FINAL_TYPE (CsServerRow, cs_server_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
answered_cb (CsServerRow *self, const char *response)
{
  self->asking = FALSE;
  if (cs_server_test_get_state (self->test) != CS_SERVER_TEST_ASKING)
    return;
  if (g_str_equal (response, "trust"))
    cs_server_test_trust (self->test);
  else
    cs_server_test_distrust (self->test);
}

/* First contact: only a person can say whether this is the right server. */
static void
ask (CsServerRow *self)
{
  CsTarget *target = cs_server_test_get_target (self->test);
  CsHostKey *key = cs_server_test_get_host_key (self->test);
  g_autofree char *address = cs_target_dup_address (target);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  AdwMessageDialog *dialog;

  if (self->asking || root == NULL)
    return;
  self->asking = TRUE;
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (root), NULL, NULL));
  adw_message_dialog_format_heading (dialog, _("Trust “%s”?"), cs_target_get_name (target));
  adw_message_dialog_format_body (
    dialog,
    _("This is the first contact with %s. It shows this %s key:\n\n%s\n\nCompare it with what the "
      "server's owner tells you."),
    address, cs_host_key_get_algorithm (key), cs_host_key_get_fingerprint (key));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "trust", _("_Trust"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "trust", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* After the label of a button has changed, which sets its accessible name too. */
static void
set_accessible_names (CsServerRow *self, gboolean running)
{
  const char *name = cs_target_get_name (cs_server_test_get_target (self->test));
  g_autofree char *test =
    g_strdup_printf (running ? _("Cancel the Test of %s") : _("Test %s"), name);
  g_autofree char *remove = g_strdup_printf (_("Remove %s"), name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->test_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, test, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->test_button), test);
  gtk_widget_set_tooltip_text (self->remove_button, remove);
}

static void
update (CsServerRow *self)
{
  static const struct
  {
    const char *icon;
    const char *style;
  } looks[] = {
    [CS_SERVER_TEST_NONE] = { NULL, NULL },
    [CS_SERVER_TEST_RUNNING] = { NULL, "dim-label" },
    [CS_SERVER_TEST_ASKING] = { "dialog-question-symbolic", "warning" },
    [CS_SERVER_TEST_GOOD] = { "emblem-ok-symbolic", "success" },
    [CS_SERVER_TEST_BAD] = { "dialog-error-symbolic", "error" },
  };
  CsServerTestState state = cs_server_test_get_state (self->test);
  gboolean running = state == CS_SERVER_TEST_RUNNING;
  const char *classes[] = { looks[state].style, NULL };
  const char *words = cs_server_test_get_words (self->test);

  gtk_widget_set_visible (self->state, state != CS_SERVER_TEST_NONE);
  gtk_spinner_set_spinning (self->spinner, running);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), running);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), looks[state].icon != NULL);
  gtk_image_set_from_icon_name (self->state_icon, looks[state].icon);
  gtk_label_set_text (self->words, words != NULL ? words : "");
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_widget_set_css_classes (GTK_WIDGET (self->words), classes);
  gtk_button_set_label (self->test_button, running ? _("Cancel") : _("Test"));
  set_accessible_names (self, running);
  if (state == CS_SERVER_TEST_ASKING)
    ask (self);
}

static void
test_clicked_cb (CsServerRow *self)
{
  if (cs_server_test_get_state (self->test) == CS_SERVER_TEST_RUNNING)
    cs_server_test_cancel (self->test);
  else if (cs_server_test_get_state (self->test) == CS_SERVER_TEST_ASKING)
    ask (self);
  else
    cs_server_test_start (self->test);
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_REMOVE], 0);
}

static void
show_target (CsServerRow *self)
{
  CsTarget *target = cs_server_test_get_target (self->test);
  const char *environment = cs_target_get_environment (target);
  gboolean local = cs_target_get_kind (target) == CS_TARGET_LOCAL;
  g_autofree char *address = cs_target_dup_address (target);

  gtk_image_set_from_icon_name (self->icon,
                                local ? "computer-symbolic" : "network-server-symbolic");
  gtk_label_set_text (self->name, cs_target_get_name (target));
  gtk_label_set_text (self->address, local ? _("This computer") : address);
  gtk_widget_set_visible (GTK_WIDGET (self->environment), environment != NULL);
  if (environment != NULL)
    {
      gtk_label_set_text (self->environment, environment);
      gtk_widget_add_css_class (GTK_WIDGET (self->environment), environment);
    }
}

static void
cs_server_row_dispose (GObject *object)
{
  g_clear_object (&CS_SERVER_ROW (object)->test);
  G_OBJECT_CLASS (cs_server_row_parent_class)->dispose (object);
}

static void
cs_server_row_class_init (CsServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_server_row_dispose;

  signals[SIGNAL_REMOVE] = g_signal_new ("remove", CS_TYPE_SERVER_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/servers/cs-server-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, name);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, environment);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, address);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, state);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, words);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, test_button);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, test_clicked_cb);
  gtk_widget_class_install_action (widget_class, "server-row.remove", NULL, remove_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "server-row.remove", NULL);
}

static void
cs_server_row_init (CsServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_server_row_new:
 * @test: the test of the target to show
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
cs_server_row_new (CsServerTest *test)
{
  CsServerRow *self = g_object_new (CS_TYPE_SERVER_ROW, NULL);

  g_return_val_if_fail (CS_IS_SERVER_TEST (test), NULL);

  self->test = g_object_ref (test);
  g_signal_connect_object (test, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  show_target (self);
  update (self);
  return GTK_WIDGET (self);
}
