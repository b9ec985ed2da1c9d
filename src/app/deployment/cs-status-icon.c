/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a phase, step, command or sign-off as an icon. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-status-icon.h"

#include <glib/gi18n.h>

struct _CsStatusIcon
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkImage *image;
  GtkSpinner *spinner;

  CsStatus status;
};

G_DEFINE_FINAL_TYPE (CsStatusIcon, cs_status_icon, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_STATUS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const struct
{
  const char *icon;
  const char *words;
  const char *css_class;
} looks[] = {
  [CS_STATUS_TODO] = { "cs-todo-symbolic", N_("To do"), "status-todo" },
  [CS_STATUS_READY] = { "cs-ready-symbolic", N_("Ready"), "status-ready" },
  [CS_STATUS_RUNNING] = { "cs-ready-symbolic", N_("Running"), "status-running" },
  [CS_STATUS_WAITING] = { "cs-ready-symbolic", N_("Waiting for a person"), "status-waiting" },
  [CS_STATUS_PASSED] = { "cs-passed-symbolic", N_("Passed"), "status-passed" },
  [CS_STATUS_FAILED] = { "cs-failed-symbolic", N_("Failed"), "status-failed" },
  [CS_STATUS_SKIPPED] = { "cs-skipped-symbolic", N_("Skipped"), "status-skipped" },
  [CS_STATUS_INTERRUPTED] = { "dialog-question-symbolic", N_("Interrupted, outcome unknown"),
                              "status-interrupted" },
};

static void
update_look (CsStatusIcon *self)
{
  const char *classes[] = { looks[self->status].css_class, NULL };
  gboolean running = self->status == CS_STATUS_RUNNING;

  gtk_image_set_from_icon_name (self->image, looks[self->status].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->image), classes);
  gtk_stack_set_visible_child (self->stack,
                               running ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->image));
  gtk_spinner_set_spinning (self->spinner, running);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), cs_status_get_words (self->status));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_status_get_words (self->status), -1);
}

static void
cs_status_icon_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsStatusIcon *self = CS_STATUS_ICON (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_status_icon_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  CsStatusIcon *self = CS_STATUS_ICON (object);

  switch (prop_id)
    {
    case PROP_STATUS:
      cs_status_icon_set_status (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_status_icon_class_init (CsStatusIconClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cs_status_icon_get_property;
  object_class->set_property = cs_status_icon_set_property;

  properties[PROP_STATUS] =
    g_param_spec_enum ("status", NULL, NULL, CS_TYPE_STATUS, CS_STATUS_TODO,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_status_icon_init (CsStatusIcon *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  self->image = GTK_IMAGE (gtk_image_new ());
  self->spinner = GTK_SPINNER (gtk_spinner_new ());

  gtk_stack_add_child (self->stack, GTK_WIDGET (self->image));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->spinner));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);

  update_look (self);
}

/**
 * cs_status_get_words:
 * @status: a status
 *
 * Returns: (transfer none): what people call it, translated
 */
const char *
cs_status_get_words (CsStatus status)
{
  return _(looks[status].words);
}

/**
 * cs_status_icon_set_status:
 * @self: a #CsStatusIcon
 * @status: what to show
 *
 * Shows @status.
 */
void
cs_status_icon_set_status (CsStatusIcon *self, CsStatus status)
{
  g_return_if_fail (CS_IS_STATUS_ICON (self));

  if (self->status == status)
    return;

  self->status = status;
  update_look (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}
