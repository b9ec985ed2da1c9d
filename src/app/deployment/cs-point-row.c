/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blocker, or go or no-go: what it is, and who settled it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-point-row.h"

#include "cs-page-intents.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsPointRow
{
  AdwActionRow parent_instance;

  CsStatusIcon *icon;
  GtkButton *good; /* Resolve…, Go… */
  GtkButton *bad;  /* No-Go… */

  CsWorkspace *workspace;
  CsDeployment *deployment;
  const CsPoint *point; /* of the deployment */
};

G_DEFINE_FINAL_TYPE (CsPointRow, cs_point_row, ADW_TYPE_ACTION_ROW)

static char *
describe (const CsPoint *point)
{
  g_autofree char *when = point->at != 0 ? cs_time_words_moment (point->at) : NULL;

  if (point->at == 0)
    return g_strdup (point->kind == CS_POINT_BLOCKER
                       ? _("Blocks the deployment until someone resolves it")
                       : _("A person decides whether the deployment goes on"));
  if (point->kind == CS_POINT_BLOCKER)
    /* Translators: who, when, and how */
    return g_strdup_printf (_("Resolved by %s, %s: %s"), point->actor, when, point->reason);
  if (point->settled)
    return g_strdup_printf (_("Go, says %s, %s: %s"), point->actor, when, point->reason);
  return g_strdup_printf (_("No-go, says %s, %s: %s"), point->actor, when, point->reason);
}

static void
update_cb (CsPointRow *self)
{
  const CsPoint *point = self->point;
  gboolean active = cs_deployment_get_status (self->deployment) == CS_DEPLOYMENT_ACTIVE;
  gboolean blocker = point->kind == CS_POINT_BLOCKER;
  g_autofree char *words = describe (point);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  cs_status_icon_set_status (self->icon, point->settled ? CS_STATUS_PASSED
                                         : point->no_go ? CS_STATUS_FAILED
                                                        : CS_STATUS_WAITING);
  gtk_widget_set_visible (GTK_WIDGET (self->good), active && !point->settled);
  gtk_widget_set_visible (GTK_WIDGET (self->bad), active && !blocker && !point->no_go);
}

static void
good_cb (CsPointRow *self)
{
  if (self->point->kind == CS_POINT_BLOCKER)
    cs_intent_resolve (GTK_WIDGET (self), self->workspace, self->deployment, self->point);
  else
    cs_intent_decide (GTK_WIDGET (self), self->workspace, self->deployment, self->point, TRUE);
}

static void
bad_cb (CsPointRow *self)
{
  cs_intent_decide (GTK_WIDGET (self), self->workspace, self->deployment, self->point, FALSE);
}

static void
cs_point_row_dispose (GObject *object)
{
  CsPointRow *self = CS_POINT_ROW (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_point_row_parent_class)->dispose (object);
}

static void
cs_point_row_class_init (CsPointRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_point_row_dispose;
}

static void
cs_point_row_init (CsPointRow *self)
{
  AdwActionRow *row = ADW_ACTION_ROW (self);

  self->icon = g_object_new (CS_TYPE_STATUS_ICON, NULL);
  self->good = GTK_BUTTON (gtk_button_new ());
  self->bad = GTK_BUTTON (gtk_button_new_with_label (_("No-Go…")));
  gtk_widget_set_valign (GTK_WIDGET (self->good), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->bad), GTK_ALIGN_CENTER);
  adw_action_row_set_title_lines (row, 0);
  adw_action_row_set_subtitle_lines (row, 0);
  adw_action_row_add_prefix (row, GTK_WIDGET (self->icon));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->bad));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->good));
  g_signal_connect_object (self->good, "clicked", G_CALLBACK (good_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bad, "clicked", G_CALLBACK (bad_cb), self, G_CONNECT_SWAPPED);
}

/**
 * cs_point_row_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @point: one of its blockers and decisions
 *
 * Returns: (transfer floating): a new #CsPointRow
 */
GtkWidget *
cs_point_row_new (CsWorkspace *workspace, CsDeployment *deployment, const CsPoint *point)
{
  CsPointRow *self = g_object_new (CS_TYPE_POINT_ROW, NULL);
  g_autofree char *escaped = g_markup_escape_text (point->text, -1);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->point = point;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  gtk_button_set_label (self->good,
                        point->kind == CS_POINT_BLOCKER ? _("Resolve…") : _("Go…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->good), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  point->text, -1);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
