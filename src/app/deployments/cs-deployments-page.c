/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All deployments: what waits for you, what is in progress, what is finished. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-deployments-page.h"

struct _CsDeploymentsPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  guint waiting;
};

G_DEFINE_FINAL_TYPE (CsDeploymentsPage, cs_deployments_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  PROP_WAITING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_deployments_page_dispose (GObject *object)
{
  CsDeploymentsPage *self = CS_DEPLOYMENTS_PAGE (object);

  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_deployments_page_parent_class)->dispose (object);
}

static void
cs_deployments_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsDeploymentsPage *self = CS_DEPLOYMENTS_PAGE (object);

  switch (prop_id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, self->workspace);
      break;
    case PROP_WAITING:
      g_value_set_uint (value, self->waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_deployments_page_set_property (GObject *object,
                           guint prop_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  CsDeploymentsPage *self = CS_DEPLOYMENTS_PAGE (object);

  switch (prop_id)
    {
    case PROP_WORKSPACE:
      g_set_object (&self->workspace, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_deployments_page_class_init (CsDeploymentsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_deployments_page_dispose;
  object_class->get_property = cs_deployments_page_get_property;
  object_class->set_property = cs_deployments_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_WAITING] =
    g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployments/cs-deployments-page.ui");
}

static void
cs_deployments_page_init (CsDeploymentsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cs_deployments_page_new (void)
{
  return g_object_new (CS_TYPE_DEPLOYMENTS_PAGE, NULL);
}
