/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what is measured, where, and how often. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-probe-dialog.h"

#include "cs-watch-clock.h"

#include <glib/gi18n.h>

struct _CsProbeDialog
{
  AdwWindow parent_instance;

  AdwEntryRow *name;
  AdwComboRow *kind;
  AdwEntryRow *url;
  AdwEntryRow *query;
  AdwComboRow *target;
  AdwEntryRow *script;
  AdwEntryRow *status;
  AdwEntryRow *contains;
  AdwEntryRow *header;
  AdwEntryRow *pointer;
  AdwEntryRow *unit;
  AdwEntryRow *secret;
  AdwEntryRow *every;
  AdwEntryRow *timeout;
  GtkLabel *problem;
  GtkButton *done;

  CsWatch *watch;
  char *actor;
  char *id; /* of the probe that is changed; NULL: a new one */
  gboolean busy;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsProbeDialog, cs_probe_dialog, ADW_TYPE_WINDOW)

/* What was typed, to be freed; NULL: nothing. */
static char *
dup_text (AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  return *text != '\0' && gtk_widget_get_visible (GTK_WIDGET (row)) ? g_steal_pointer (&text)
                                                                    : NULL;
}

static gboolean
is_empty (AdwEntryRow *row)
{
  g_autofree char *text = dup_text (row);

  return text == NULL;
}

static char *
dup_target (CsProbeDialog *self)
{
  GtkStringObject *chosen = adw_combo_row_get_selected_item (self->target);

  return chosen != NULL ? g_strdup (gtk_string_object_get_string (chosen)) : NULL;
}

static CsProbe *
build (CsProbeDialog *self, GError **error)
{
  CsProbeKind kind = adw_combo_row_get_selected (self->kind);
  g_autofree char *name = dup_text (self->name);
  g_autofree char *every = dup_text (self->every);
  g_autofree char *timeout = dup_text (self->timeout);
  g_autofree char *status = dup_text (self->status);
  g_autoptr (CsProbe) probe = cs_probe_new (kind, self->id, name);

  probe->url = dup_text (self->url);
  probe->query = dup_text (self->query);
  probe->target = kind == CS_PROBE_COMMAND ? dup_target (self) : NULL;
  probe->script = dup_text (self->script);
  probe->contains = dup_text (self->contains);
  probe->header = dup_text (self->header);
  probe->pointer = dup_text (self->pointer);
  probe->unit = dup_text (self->unit);
  probe->secret = dup_text (self->secret);
  if ((every != NULL && !cs_watch_parse_time (every, &probe->interval, error)) ||
      (timeout != NULL && !cs_watch_parse_time (timeout, &probe->timeout, error)) ||
      (status != NULL && !cs_probe_set_status (probe, status, error)))
    return NULL;
  /* Who says nothing of it does not want an error for it. */
  if (timeout == NULL)
    probe->timeout = MIN (probe->timeout, probe->interval);
  return cs_probe_check (probe, error) ? g_steal_pointer (&probe) : NULL;
}

static void
show_problem (CsProbeDialog *self, const char *words)
{
  gtk_label_set_label (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

/* Whether enough was typed to say what is wrong with it. */
static gboolean
tells_more (CsProbeDialog *self)
{
  CsProbeKind kind = adw_combo_row_get_selected (self->kind);

  if (is_empty (self->name))
    return FALSE;
  return kind == CS_PROBE_COMMAND ? !is_empty (self->script) : !is_empty (self->url);
}

static void
changed_cb (CsProbeDialog *self)
{
  CsProbeKind kind = adw_combo_row_get_selected (self->kind);
  gboolean asks = kind == CS_PROBE_HTTP;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsProbe) probe = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->url), kind != CS_PROBE_COMMAND);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), kind != CS_PROBE_COMMAND);
  gtk_widget_set_visible (GTK_WIDGET (self->query), kind == CS_PROBE_PROMETHEUS);
  gtk_widget_set_visible (GTK_WIDGET (self->target), kind == CS_PROBE_COMMAND);
  gtk_widget_set_visible (GTK_WIDGET (self->script), kind == CS_PROBE_COMMAND);
  gtk_widget_set_visible (GTK_WIDGET (self->status), asks);
  gtk_widget_set_visible (GTK_WIDGET (self->contains), asks);
  gtk_widget_set_visible (GTK_WIDGET (self->header), asks);
  gtk_widget_set_visible (GTK_WIDGET (self->pointer), asks);
  probe = build (self, &error);
  show_problem (self, probe == NULL && tells_more (self) ? error->message : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "probe-dialog.done",
                                 probe != NULL && !self->busy);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsProbeDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->busy = FALSE;
  if (cs_watch_act_finish (CS_WATCH (source), result, &error))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  changed_cb (self);
  show_problem (self, error->message);
}

static void
done_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsProbeDialog *self = CS_PROBE_DIALOG (widget);
  g_autoptr (CsProbe) probe = build (self, NULL);

  if (probe == NULL || self->busy)
    return;
  self->busy = TRUE;
  changed_cb (self);
  cs_watch_set_probe_async (self->watch, self->actor, probe, self->cancellable, set_cb,
                            g_object_ref (self));
}

static void
cs_probe_dialog_dispose (GObject *object)
{
  CsProbeDialog *self = CS_PROBE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->watch);

  G_OBJECT_CLASS (cs_probe_dialog_parent_class)->dispose (object);
}

static void
cs_probe_dialog_finalize (GObject *object)
{
  CsProbeDialog *self = CS_PROBE_DIALOG (object);

  g_free (self->actor);
  g_free (self->id);

  G_OBJECT_CLASS (cs_probe_dialog_parent_class)->finalize (object);
}

static void
cs_probe_dialog_class_init (CsProbeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_probe_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_probe_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-probe-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, name);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, url);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, query);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, target);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, script);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, status);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, contains);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, header);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, pointer);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, unit);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, every);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, timeout);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, CsProbeDialog, done);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "probe-dialog.done", NULL, done_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_probe_dialog_init (CsProbeDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The servers, the deployment's own first. */
static void
list_targets (CsProbeDialog *self, CsWorkspace *workspace, CsDeployment *deployment)
{
  GListModel *targets = G_LIST_MODEL (cs_workspace_get_targets (workspace));
  const char *own = cs_target_get_name (cs_deployment_get_target (deployment));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);
      const char *const name[] = { cs_target_get_name (target), NULL };

      gtk_string_list_splice (names,
                              g_strcmp0 (name[0], own) == 0
                                ? 0
                                : g_list_model_get_n_items (G_LIST_MODEL (names)),
                              0, name);
    }
  adw_combo_row_set_model (self->target, G_LIST_MODEL (names));
}

static void
fill (AdwEntryRow *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static void
fill_time (AdwEntryRow *row, gint64 microseconds)
{
  g_autofree char *text =
    g_strdup_printf ("%" G_GINT64_FORMAT "s", microseconds / G_USEC_PER_SEC);

  fill (row, text);
}

static void
fill_target (CsProbeDialog *self, const char *name)
{
  GListModel *names = adw_combo_row_get_model (self->target);

  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (GtkStringObject) one = g_list_model_get_item (names, i);

      if (g_str_equal (gtk_string_object_get_string (one), name))
        adw_combo_row_set_selected (self->target, i);
    }
}

static void
fill_all (CsProbeDialog *self, const CsProbe *probe)
{
  g_autofree char *status =
    g_strdup_printf ("%u-%u", probe->status_from, probe->status_to);

  fill (self->name, probe->name);
  adw_combo_row_set_selected (self->kind, probe->kind);
  fill (self->url, probe->url);
  fill (self->query, probe->query);
  fill_target (self, probe->target);
  fill (self->script, probe->script);
  fill (self->status, status);
  fill (self->contains, probe->contains);
  fill (self->header, probe->header);
  fill (self->pointer, probe->pointer);
  fill (self->unit, probe->unit);
  fill (self->secret, probe->secret);
  fill_time (self->every, probe->interval);
  if (probe->timeout >= G_USEC_PER_SEC)
    fill_time (self->timeout, probe->timeout);
}

/**
 * cs_probe_dialog_present: (skip)
 * @origin: who asks
 * @desk: the watches
 * @deployment: whose watch is loaded
 * @probe: (nullable): that is changed; %NULL: a new one
 *
 * Asks for a probe, and records it.
 */
void
cs_probe_dialog_present (GtkWidget *origin,
                         CsWatchDesk *desk,
                         CsDeployment *deployment,
                         const CsProbe *probe)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  CsWorkspace *workspace = cs_watch_desk_get_workspace (desk);
  CsProbeDialog *self;

  if (watch == NULL)
    return;
  self = g_object_new (CS_TYPE_PROBE_DIALOG, "transient-for", gtk_widget_get_root (origin), NULL);
  self->watch = g_object_ref (cs_deployment_watch_get_watch (watch));
  self->actor = g_strdup (cs_workspace_get_actor (workspace));
  list_targets (self, workspace, deployment);
  if (probe != NULL)
    {
      self->id = g_strdup (probe->id);
      fill_all (self, probe);
      gtk_window_set_title (GTK_WINDOW (self), _("Change the Probe"));
      gtk_button_set_label (self->done, _("Save"));
    }
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}
