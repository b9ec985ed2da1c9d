/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks why a line is not what it was taken for, and records it. */

#define G_LOG_DOMAIN "cs-overruling"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-finding-popover.h"
#include "cs-overruling.h"
#include "cs-reason-dialog.h"

typedef struct
{
  GtkWidget *widget;
  CsWorkspace *workspace;
  char *digest;
  char *what;
  char *value;
  guint line;
} Overruling;

static void
overruling_free (Overruling *self)
{
  g_object_unref (self->widget);
  g_object_unref (self->workspace);
  g_free (self->digest);
  g_free (self->what);
  g_free (self->value);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Overruling, overruling_free)

static void
recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_library_overrule_finish (CS_LIBRARY (source), result, &error))
    gtk_widget_activate_action (widget, "win.toast", "s", error->message);
}

static void
record (Overruling *self, const char *reason)
{
  cs_library_overrule_async (cs_workspace_get_library (self->workspace),
                             cs_workspace_get_actor (self->workspace), self->digest, self->what,
                             self->line, *self->value != '\0' ? self->value : NULL, reason, NULL,
                             recorded_cb, g_object_ref (self->widget));
}

static void
response_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Overruling *self = user_data;

  if (g_str_equal (response, "confirm"))
    record (self, cs_reason_dialog_get_text (dialog));
}

static void
overruling_closed (gpointer data, GClosure *closure)
{
  overruling_free (data);
}

/**
 * cs_overruling_begin:
 * @widget: from where
 * @workspace: the workspace
 * @digest: of the version
 * @what: `CS_OVERRULE_…`
 * @line: the line
 * @value: what it is instead; empty: take the overruling back
 *
 * Asks for the reason, if one is needed, and records the decision.
 */
void
cs_overruling_begin (GtkWidget *widget,
                     CsWorkspace *workspace,
                     const char *digest,
                     const char *what,
                     guint line,
                     const char *value)
{
  g_autoptr (Overruling) self = g_new0 (Overruling, 1);
  g_autofree char *body = NULL;
  CsReasonDialog *dialog;

  self->widget = g_object_ref (widget);
  self->workspace = g_object_ref (workspace);
  self->digest = g_strdup (digest);
  self->what = g_strdup (what);
  self->value = g_strdup (value);
  self->line = line;
  if (*value == '\0')
    {
      record (self, NULL);
      return;
    }
  body = g_strdup_printf (_("Line %u: “%s”. So it is read in every deployment that is started from "
                            "now on. Deployments that are under way stay as they are."),
                          line, cs_finding_popover_get_choice (what, value));
  dialog = cs_reason_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                 _("Read This Line Differently?"), body, _("Reason"),
                                 _("Overrule"), FALSE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), g_steal_pointer (&self),
                         overruling_closed, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
