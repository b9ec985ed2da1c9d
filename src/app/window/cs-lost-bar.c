/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that a team's journal can't be reached, for as long as that is so. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-lost-bar.h"

#include "cs-pg-store.h"

#include <glib/gi18n.h>

struct _CsLostBar
{
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkWidget *words;
};

G_DEFINE_FINAL_TYPE (CsLostBar, cs_lost_bar, ADW_TYPE_BIN)

static void
update_cb (CsLostBar *self, GParamSpec *pspec, CsPgStore *store)
{
  const char *lost = cs_pg_store_get_lost (store);

  gtk_widget_set_tooltip_text (self->words, lost);
  gtk_widget_set_visible (GTK_WIDGET (self), lost != NULL);
  gtk_widget_set_visible (self->words, lost != NULL);
  gtk_revealer_set_reveal_child (self->revealer, lost != NULL);
}

static void
cs_lost_bar_class_init (CsLostBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/window/cs-lost-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, CsLostBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, CsLostBar, words);
}

static void
cs_lost_bar_init (CsLostBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/** cs_lost_bar_set_workspace: (skip): follows the journal of a workspace, if a team's. */
void
cs_lost_bar_set_workspace (CsLostBar *self, CsWorkspace *workspace)
{
  CsStore *store = cs_workspace_get_store (workspace);

  if (!CS_IS_PG_STORE (store))
    return;
  g_signal_connect_object (store, "notify::lost", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self, NULL, CS_PG_STORE (store));
}
