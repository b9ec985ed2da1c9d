/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the state of a test looks, in the list and beside the details. */

#define G_LOG_DOMAIN "cs-server-state"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-server-state.h"

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

/**
 * cs_server_state_get_style:
 * @state: of a test
 *
 * Returns: (nullable): the style class of the words that tell it
 */
const char *
cs_server_state_get_style (CsServerTestState state)
{
  return looks[state].style;
}

/**
 * cs_server_state_apply:
 * @test: a test
 * @icon: shows its state
 * @spinner: shows that it is on its way
 *
 * Shows one of both, or none before the first test.
 */
void
cs_server_state_apply (CsServerTest *test, GtkImage *icon, GtkSpinner *spinner)
{
  CsServerTestState state = cs_server_test_get_state (test);
  const char *classes[] = { looks[state].style, NULL };
  gboolean running = state == CS_SERVER_TEST_RUNNING;

  gtk_spinner_set_spinning (spinner, running);
  gtk_widget_set_visible (GTK_WIDGET (spinner), running);
  gtk_widget_set_visible (GTK_WIDGET (icon), looks[state].icon != NULL);
  gtk_image_set_from_icon_name (icon, looks[state].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (icon), classes);
}

/**
 * cs_server_state_apply_button:
 * @test: a test
 * @button: the button that calls cs_server_state_toggle()
 *
 * Names the button by what it would do now.
 */
void
cs_server_state_apply_button (CsServerTest *test, GtkButton *button)
{
  const char *name = cs_target_get_name (cs_server_test_get_target (test));
  CsTargetKind kind = cs_target_get_kind (cs_server_test_get_target (test));
  gboolean running = cs_server_test_get_state (test) == CS_SERVER_TEST_RUNNING;
  g_autofree char *words =
    g_strdup_printf (running ? _("Cancel the Test of %s") : _("Test %s"), name);

  /* There is a connection to each member, none to the fleet. */
  gtk_widget_set_visible (GTK_WIDGET (button), kind != CS_TARGET_FLEET);
  /* The label sets the accessible name too, so that comes after it. */
  gtk_button_set_label (button, running ? _("Cancel") : _("Test"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), words);
}

/**
 * cs_server_state_toggle:
 * @test: a test
 *
 * Starts it, or cancels it while it runs.
 */
void
cs_server_state_toggle (CsServerTest *test)
{
  if (cs_server_test_get_state (test) == CS_SERVER_TEST_RUNNING)
    cs_server_test_cancel (test);
  else
    cs_server_test_start (test);
}
