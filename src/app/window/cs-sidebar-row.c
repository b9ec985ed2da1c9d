/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place in the sidebar: icon, title, and how much waits there. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-sidebar-row.h"

#include <glib/gi18n.h>

struct _CsSidebarRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *badge;

  char *page;
  char *title;
  char *icon_name;
  guint count;
};

G_DEFINE_FINAL_TYPE (CsSidebarRow, cs_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_PAGE,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_COUNT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
update_badge (CsSidebarRow *self)
{
  g_autofree char *text = g_strdup_printf ("%u", self->count);
  g_autofree char *name = NULL;

  gtk_label_set_label (self->badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), self->count > 0);

  name = self->count > 0
           ? g_strdup_printf (ngettext ("%s, %u waits for you", "%s, %u wait for you", self->count),
                              self->title, self->count)
           : g_strdup (self->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name != NULL ? name : "", -1);
}

static void
cs_sidebar_row_finalize (GObject *object)
{
  CsSidebarRow *self = CS_SIDEBAR_ROW (object);

  g_free (self->page);
  g_free (self->title);
  g_free (self->icon_name);

  G_OBJECT_CLASS (cs_sidebar_row_parent_class)->finalize (object);
}

static void
cs_sidebar_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsSidebarRow *self = CS_SIDEBAR_ROW (object);

  switch (prop_id)
    {
    case PROP_PAGE:
      g_value_set_string (value, self->page);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_sidebar_row_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  CsSidebarRow *self = CS_SIDEBAR_ROW (object);

  switch (prop_id)
    {
    case PROP_PAGE:
      g_free (self->page);
      self->page = g_value_dup_string (value);
      break;
    case PROP_TITLE:
      g_free (self->title);
      self->title = g_value_dup_string (value);
      update_badge (self);
      break;
    case PROP_ICON_NAME:
      g_free (self->icon_name);
      self->icon_name = g_value_dup_string (value);
      break;
    case PROP_COUNT:
      cs_sidebar_row_set_count (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* So that assistive technology can open the row, too. */
static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_widget_activate (widget);
}

static void
cs_sidebar_row_class_init (CsSidebarRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = cs_sidebar_row_finalize;
  object_class->get_property = cs_sidebar_row_get_property;
  object_class->set_property = cs_sidebar_row_set_property;

  properties[PROP_PAGE] =
    g_param_spec_string ("page", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "sidebar-row.open", NULL, open_cb);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/window/cs-sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsSidebarRow, badge);
}

static void
cs_sidebar_row_init (CsSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_sidebar_row_get_page:
 * @self: a #CsSidebarRow
 *
 * Returns: (transfer none): the name of the page that the row opens
 */
const char *
cs_sidebar_row_get_page (CsSidebarRow *self)
{
  g_return_val_if_fail (CS_IS_SIDEBAR_ROW (self), NULL);

  return self->page;
}

/**
 * cs_sidebar_row_get_title:
 * @self: a #CsSidebarRow
 *
 * Returns: (transfer none): what the row is called
 */
const char *
cs_sidebar_row_get_title (CsSidebarRow *self)
{
  g_return_val_if_fail (CS_IS_SIDEBAR_ROW (self), NULL);

  return self->title;
}

/**
 * cs_sidebar_row_set_count:
 * @self: a #CsSidebarRow
 * @count: how many things wait for a person there
 *
 * Shows @count as a badge, or no badge for 0.
 */
void
cs_sidebar_row_set_count (CsSidebarRow *self, guint count)
{
  g_return_if_fail (CS_IS_SIDEBAR_ROW (self));

  if (self->count == count)
    return;

  self->count = count;
  update_badge (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNT]);
}
