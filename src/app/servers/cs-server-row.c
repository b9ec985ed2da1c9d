/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target in the list of servers, with what its last test said. */

#define G_LOG_DOMAIN "cs-server-row"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "cs-breaker-words.h"
#include "cs-latency-line.h"
#include "cs-server-row.h"
#include "cs-server-state.h"

struct _CsServerRow
{
  GtkListBoxRow parent_instance;

  CsServerTest *test;
  CsBreaker *breaker;

  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *environment;
  GtkLabel *address;
  GtkWidget *state;
  GtkSpinner *spinner;
  GtkImage *state_icon;
  GtkLabel *words;
  GtkLabel *guard;
  GtkButton *test_button;
  CsLatencyLine *line;
};

G_DEFINE_FINAL_TYPE (CsServerRow, cs_server_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (CsServerRow *self)
{
  CsServerTestState state = cs_server_test_get_state (self->test);
  const char *classes[] = { cs_server_state_get_style (state), NULL };
  const char *words = cs_server_test_get_words (self->test);
  g_autofree char *guard =
    self->breaker != NULL ? cs_breaker_words_dup_short (self->breaker) : NULL;
  guint n = 0;
  const double *latencies = cs_server_test_get_latencies (self->test, &n);

  gtk_widget_set_visible (self->state, state != CS_SERVER_TEST_NONE);
  gtk_label_set_text (self->words, words != NULL ? words : "");
  gtk_widget_set_css_classes (GTK_WIDGET (self->words), classes);
  gtk_label_set_text (self->guard, guard != NULL ? guard : "");
  gtk_widget_set_visible (GTK_WIDGET (self->guard), guard != NULL);
  cs_server_state_apply (self->test, self->state_icon, self->spinner);
  cs_server_state_apply_button (self->test, self->test_button);
  cs_latency_line_set_values (self->line, latencies, n);
  gtk_widget_set_visible (GTK_WIDGET (self->line), n > 1 && state == CS_SERVER_TEST_GOOD);
}

static void
test_clicked_cb (CsServerRow *self)
{
  cs_server_state_toggle (self->test);
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
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_target_get_name (target), -1);
}

static void
cs_server_row_dispose (GObject *object)
{
  g_clear_object (&CS_SERVER_ROW (object)->test);
  g_clear_object (&CS_SERVER_ROW (object)->breaker);
  G_OBJECT_CLASS (cs_server_row_parent_class)->dispose (object);
}

static void
cs_server_row_class_init (CsServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_server_row_dispose;

  g_type_ensure (CS_TYPE_LATENCY_LINE);
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
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, guard);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, test_button);
  gtk_widget_class_bind_template_child (widget_class, CsServerRow, line);
  gtk_widget_class_bind_template_callback (widget_class, test_clicked_cb);
}

static void
cs_server_row_init (CsServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_server_row_get_test:
 * @self: a row
 *
 * Returns: (transfer none): the test of the target that it shows
 */
CsServerTest *
cs_server_row_get_test (CsServerRow *self)
{
  g_return_val_if_fail (CS_IS_SERVER_ROW (self), NULL);

  return self->test;
}

/**
 * cs_server_row_new:
 * @workspace: the workspace
 * @test: the test of the target to show
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
cs_server_row_new (CsWorkspace *workspace, CsServerTest *test)
{
  CsServerRow *self = g_object_new (CS_TYPE_SERVER_ROW, NULL);
  CsBreaker *breaker;

  g_return_val_if_fail (CS_IS_SERVER_TEST (test), NULL);

  self->test = g_object_ref (test);
  breaker = cs_breakers_lookup (cs_workspace_get_breakers (workspace),
                                cs_target_get_name (cs_server_test_get_target (test)));
  if (g_set_object (&self->breaker, breaker))
    {
      g_signal_connect_object (breaker, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (breaker, "notify::state", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (test, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  show_target (self);
  update (self);
  return GTK_WIDGET (self);
}
