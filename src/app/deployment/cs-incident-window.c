/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of a deployment that was rolled back: read, copied and saved. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-incident-window.h"

#include "cs-export.h"
#include "cs-incident-report.h"
#include "cs-prose.h"
#include "cs-watch.h"

#include <glib/gi18n.h>

/* Of the text, in pixels: room for a timeline. */
#define WIDTH 1000

struct _CsIncidentWindow
{
  AdwWindow parent_instance;

  GtkWidget *copy;
  GtkWidget *save;
  AdwToastOverlay *toasts;
  GtkWidget *scrolled;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  GPtrArray *records;
  char *text;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsIncidentWindow, cs_incident_window, ADW_TYPE_WINDOW)

static void
show (CsIncidentWindow *self, GtkWidget *widget)
{
  GtkWidget *clamp = adw_clamp_new ();

  gtk_widget_set_margin_top (widget, 18);
  gtk_widget_set_margin_bottom (widget, 24);
  gtk_widget_set_margin_start (widget, 18);
  gtk_widget_set_margin_end (widget, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), widget);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), clamp);
}

static void
show_problem (CsIncidentWindow *self, const GError *error)
{
  GtkWidget *label = gtk_label_new (error->message);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  show (self, label);
}

static void
watch_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsIncidentWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) watched = cs_store_read_finish (CS_STORE (source), result, &error);

  if (self->deployment == NULL)
    return;
  if (watched != NULL)
    self->text =
      cs_incident_report_write (self->deployment, self->records, watched, &error);
  if (self->text != NULL)
    show (self, cs_prose_new_widget (self->text));
  else
    show_problem (self, error);
  gtk_widget_set_sensitive (self->copy, self->text != NULL);
  gtk_widget_set_sensitive (self->save, self->text != NULL);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsIncidentWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *stream = NULL;

  self->records = cs_store_read_finish (CS_STORE (source), result, &error);
  if (self->deployment == NULL)
    return;
  if (self->records == NULL)
    {
      show_problem (self, error);
      return;
    }
  stream =
    g_strconcat (CS_WATCH_STREAM_PREFIX, cs_deployment_get_stream (self->deployment), NULL);
  cs_store_read_async (CS_STORE (source), stream, 0, self->cancellable, watch_read_cb,
                       g_object_ref (self));
}

static void
copy_cb (CsIncidentWindow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("The report is on the clipboard")));
}

static void
save_cb (CsIncidentWindow *self)
{
  cs_export_text (GTK_WIDGET (self), self->workspace, self->deployment, self->text);
}

/* What comes of an export is told here, as in the main window. */
static void
toast_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsIncidentWindow *self = CS_INCIDENT_WINDOW (widget);
  g_autofree char *escaped = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
cs_incident_window_dispose (GObject *object)
{
  CsIncidentWindow *self = CS_INCIDENT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_incident_window_parent_class)->dispose (object);
}

static void
cs_incident_window_finalize (GObject *object)
{
  CsIncidentWindow *self = CS_INCIDENT_WINDOW (object);

  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self->text);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (cs_incident_window_parent_class)->finalize (object);
}

static void
cs_incident_window_class_init (CsIncidentWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_incident_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_incident_window_finalize;

  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_incident_window_init (CsIncidentWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();

  self->cancellable = g_cancellable_new ();
  self->save = gtk_button_new_with_label (_("Save…"));
  self->copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  self->scrolled = gtk_scrolled_window_new ();
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());

  gtk_widget_set_tooltip_text (self->copy, _("Copy the Report"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Copy the Report"), -1);
  gtk_widget_set_sensitive (self->save, FALSE);
  gtk_widget_set_sensitive (self->copy, FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->save);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->copy);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (self->scrolled, TRUE);
  adw_toast_overlay_set_child (self->toasts, self->scrolled);
  gtk_widget_set_vexpand (GTK_WIDGET (self->toasts), TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->toasts));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _("Incident Report"));
  gtk_window_set_default_size (GTK_WINDOW (self), 960, 720);

  g_signal_connect_object (self->save, "clicked", G_CALLBACK (save_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
}

/**
 * cs_incident_window_present: (skip)
 * @origin: who asked
 * @workspace: the workspace
 * @deployment: a deployment that is or was rolled back
 *
 * Shows what happened before and in the rollback, as the records tell it.
 */
void
cs_incident_window_present (GtkWidget *origin, CsWorkspace *workspace, CsDeployment *deployment)
{
  CsIncidentWindow *self = g_object_new (CS_TYPE_INCIDENT_WINDOW, "transient-for",
                                         gtk_widget_get_root (origin), "modal", TRUE, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  cs_store_read_async (cs_workspace_get_store (workspace), cs_deployment_get_stream (deployment),
                       0, self->cancellable, read_cb, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}
