/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every record of the journal, searched and looked into. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-history-page.h"

struct _CsHistoryPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
};

G_DEFINE_FINAL_TYPE (CsHistoryPage, cs_history_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_history_page_dispose (GObject *object)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (object);

  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cs_history_page_parent_class)->dispose (object);
}

static void
cs_history_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (object);

  switch (prop_id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, self->workspace);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_history_page_set_property (GObject *object,
                           guint prop_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (object);

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
cs_history_page_class_init (CsHistoryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_history_page_dispose;
  object_class->get_property = cs_history_page_get_property;
  object_class->set_property = cs_history_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/history/cs-history-page.ui");
}

static void
cs_history_page_init (CsHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
cs_history_page_new (void)
{
  return g_object_new (CS_TYPE_HISTORY_PAGE, NULL);
}

void
cs_history_page_show_record (CsHistoryPage *self, gint64 seq)
{
  g_return_if_fail (CS_IS_HISTORY_PAGE (self));
}
