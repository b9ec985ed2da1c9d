/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All deployments: what waits for you, what is in progress, what is finished. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-deployments-page.h"

#include "cs-deployment-row.h"

typedef enum
{
  SECTION_WAITING,
  SECTION_PROGRESS,
  SECTION_FINISHED,
  N_SECTIONS
} Section;

struct _CsDeploymentsPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *waiting_group;
  GtkWidget *progress_group;
  GtkWidget *finished_group;
  GtkListBox *waiting_list;
  GtkListBox *progress_list;
  GtkListBox *finished_list;

  CsWorkspace *workspace;
  GtkFilter *filters[N_SECTIONS];
  GListModel *sections[N_SECTIONS];
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

/* Waits for the person at this window: what that person runs and is not running by itself, and
 * every signature, since who may sign is asked when it is signed. */
static Section
find_section (CsDeploymentsPage *self, CsDeployment *deployment)
{
  CsNext next;
  gboolean mine = g_strcmp0 (cs_deployment_get_operator (deployment),
                             cs_workspace_get_actor (self->workspace)) == 0;

  cs_deployment_get_next (deployment, &next);
  if (next.kind == CS_NEXT_NOTHING)
    return SECTION_FINISHED;
  if (next.kind == CS_NEXT_SIGN || (mine && next.kind != CS_NEXT_RUNNING))
    return SECTION_WAITING;

  return SECTION_PROGRESS;
}

static gboolean
is_waiting (gpointer item, gpointer user_data)
{
  return find_section (user_data, item) == SECTION_WAITING;
}

static gboolean
is_in_progress (gpointer item, gpointer user_data)
{
  return find_section (user_data, item) == SECTION_PROGRESS;
}

static gboolean
is_finished (gpointer item, gpointer user_data)
{
  return find_section (user_data, item) == SECTION_FINISHED;
}

static void
update_visible (CsDeploymentsPage *self)
{
  GtkWidget *groups[] = { self->waiting_group, self->progress_group, self->finished_group };
  gboolean any = FALSE;
  guint waiting;

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      guint n = g_list_model_get_n_items (self->sections[i]);

      gtk_widget_set_visible (groups[i], n > 0);
      any = any || n > 0;
    }
  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "first-run");

  waiting = g_list_model_get_n_items (self->sections[SECTION_WAITING]);
  if (waiting != self->waiting)
    {
      self->waiting = waiting;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING]);
    }
}

static void
deployment_changed_cb (CsDeploymentsPage *self)
{
  for (guint i = 0; i < N_SECTIONS; i++)
    gtk_filter_changed (self->filters[i], GTK_FILTER_CHANGE_DIFFERENT);
  update_visible (self);
}

static void
items_changed_cb (CsDeploymentsPage *self,
                  guint position,
                  guint removed,
                  guint added,
                  GListModel *deployments)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      g_signal_connect_object (deployment, "changed", G_CALLBACK (deployment_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  update_visible (self);
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  return cs_deployment_row_new (item);
}

static void
set_workspace (CsDeploymentsPage *self, CsWorkspace *workspace)
{
  static const GtkCustomFilterFunc functions[] = { is_waiting, is_in_progress, is_finished };
  GtkListBox *lists[] = { self->waiting_list, self->progress_list, self->finished_list };
  GListModel *deployments;

  if (!g_set_object (&self->workspace, workspace) || workspace == NULL)
    return;

  deployments = cs_workspace_get_deployments (workspace);
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      GtkFilterListModel *model;

      self->filters[i] = GTK_FILTER (gtk_custom_filter_new (functions[i], self, NULL));
      model = gtk_filter_list_model_new (g_object_ref (deployments),
                                         g_object_ref (self->filters[i]));
      self->sections[i] = G_LIST_MODEL (model);
      gtk_list_box_bind_model (lists[i], self->sections[i], create_row_cb, NULL, NULL);
    }

  g_signal_connect_object (deployments, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (deployments), deployments);
}

static void
cs_deployments_page_dispose (GObject *object)
{
  CsDeploymentsPage *self = CS_DEPLOYMENTS_PAGE (object);

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      /* The models may outlive the page; their filters must not ask it then. */
      if (self->filters[i] != NULL)
        gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (self->filters[i]), NULL, NULL, NULL);
      g_clear_object (&self->filters[i]);
      g_clear_object (&self->sections[i]);
    }
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
      set_workspace (self, g_value_get_object (value));
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
  properties[PROP_WAITING] = g_param_spec_uint ("waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployments/cs-deployments-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, waiting_group);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, progress_group);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, finished_group);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, waiting_list);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, progress_list);
  gtk_widget_class_bind_template_child (widget_class, CsDeploymentsPage, finished_list);
}

static void
cs_deployments_page_init (CsDeploymentsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_deployments_page_new:
 *
 * Returns: (transfer floating): a new page, empty until it has a workspace
 */
GtkWidget *
cs_deployments_page_new (void)
{
  return g_object_new (CS_TYPE_DEPLOYMENTS_PAGE, NULL);
}
