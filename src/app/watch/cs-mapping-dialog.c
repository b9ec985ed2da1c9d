/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives each threshold that a runbook names the probe that measures it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-mapping-dialog.h"

#include "cs-suggestions.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

struct _CsMappingDialog
{
  AdwWindow parent_instance;

  AdwPreferencesGroup *suggestions;
  GtkLabel *problem;

  CsWatch *watch;
  char *actor;
  GPtrArray *found;   /* of CsCriterion: what the runbook names and nobody watches yet */
  GPtrArray *rows;    /* unowned AdwComboRow, one for each */
  GPtrArray *offered; /* of GPtrArray of CsCriterion: for each, with the probes that measure it */
  GPtrArray *chosen;  /* of CsCriterion: still to be recorded */
  gboolean busy;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsMappingDialog, cs_mapping_dialog, ADW_TYPE_WINDOW)

static void
show_problem (CsMappingDialog *self, const char *words)
{
  gtk_label_set_label (self->problem, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), words != NULL);
}

/* The first choice of each is not to watch it. */
static void
changed_cb (CsMappingDialog *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    any = any || adw_combo_row_get_selected (self->rows->pdata[i]) > 0;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mapping-dialog.done", any && !self->busy);
}

static void record_next (CsMappingDialog *self);

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsMappingDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_watch_act_finish (CS_WATCH (source), result, &error))
    {
      self->busy = FALSE;
      changed_cb (self);
      show_problem (self, error->message);
      return;
    }
  g_ptr_array_remove_index (self->chosen, 0);
  record_next (self);
}

static void
record_next (CsMappingDialog *self)
{
  if (self->chosen->len == 0)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  cs_watch_set_criterion_async (self->watch, self->actor, self->chosen->pdata[0],
                                self->cancellable, set_cb, g_object_ref (self));
}

static void
done_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  CsMappingDialog *self = CS_MAPPING_DIALOG (widget);

  if (self->busy)
    return;
  g_ptr_array_set_size (self->chosen, 0);
  for (guint i = 0; i < self->rows->len; i++)
    {
      guint choice = adw_combo_row_get_selected (self->rows->pdata[i]);
      GPtrArray *offers = self->offered->pdata[i];

      if (choice > 0 && choice <= offers->len)
        g_ptr_array_add (self->chosen, cs_criterion_copy (offers->pdata[choice - 1]));
    }
  self->busy = TRUE;
  changed_cb (self);
  record_next (self);
}

static void
cs_mapping_dialog_dispose (GObject *object)
{
  CsMappingDialog *self = CS_MAPPING_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->watch);

  G_OBJECT_CLASS (cs_mapping_dialog_parent_class)->dispose (object);
}

static void
cs_mapping_dialog_finalize (GObject *object)
{
  CsMappingDialog *self = CS_MAPPING_DIALOG (object);

  g_free (self->actor);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->offered);
  g_ptr_array_unref (self->chosen);

  G_OBJECT_CLASS (cs_mapping_dialog_parent_class)->finalize (object);
}

static void
cs_mapping_dialog_class_init (CsMappingDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_mapping_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_mapping_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-mapping-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsMappingDialog, suggestions);
  gtk_widget_class_bind_template_child (widget_class, CsMappingDialog, problem);
  gtk_widget_class_install_action (widget_class, "mapping-dialog.done", NULL, done_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_mapping_dialog_init (CsMappingDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->offered = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_criterion_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The suggestion with each probe that measures something of the kind. */
static GPtrArray *
list_offers (CsMappingDialog *self, const CsCriterion *suggestion, GtkStringList *names)
{
  GPtrArray *probes = cs_watch_get_probes (self->watch);
  GPtrArray *offers = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_criterion_free);

  for (guint i = 0; i < probes->len; i++)
    {
      const CsProbe *probe = probes->pdata[i];
      CsCriterion *criterion = cs_suggestion_attach (suggestion, probe, NULL);

      if (criterion == NULL)
        continue;
      g_ptr_array_add (offers, criterion);
      gtk_string_list_append (names, probe->name);
    }
  return offers;
}

static void
add_row (CsMappingDialog *self, const CsCriterion *suggestion)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autofree char *words = cs_watch_words_criterion (suggestion);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *subtitle = NULL;
  GPtrArray *offers;

  gtk_string_list_append (names, _("Not watched"));
  offers = list_offers (self, suggestion, names);
  /* Translators: what happens if a bound is passed, and a line of the runbook */
  subtitle = g_strdup_printf (_("%s, line %u"), cs_watch_words_severity (suggestion->severity),
                              suggestion->line);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), words);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  gtk_widget_set_sensitive (row, offers->len > 0);
  /* Where only one probe measures the like, it is that one. */
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), offers->len == 1 ? 1 : 0);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_ptr_array_add (self->rows, row);
  g_ptr_array_add (self->offered, offers);
  adw_preferences_group_add (self->suggestions, row);
}

static gboolean
is_watched (CsWatch *watch, const CsCriterion *suggestion)
{
  GPtrArray *criteria = cs_watch_get_criteria (watch);

  for (guint i = 0; i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];

      if (criterion->line == suggestion->line &&
          g_str_equal (criterion->metric, suggestion->metric))
        return TRUE;
    }
  return FALSE;
}

/** cs_mapping_dialog_is_useful: (skip): whether the runbook says when something is wrong. */
gboolean
cs_mapping_dialog_is_useful (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) found = cs_suggestions_find (cs_deployment_get_runbook (deployment));

  return found->len > 0;
}

/**
 * cs_mapping_dialog_present: (skip)
 * @origin: who asks
 * @desk: the watches
 * @deployment: whose watch is loaded
 *
 * Shows all thresholds of the runbook that are not watched yet, each with the probes that could
 * measure it.
 */
void
cs_mapping_dialog_present (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  CsMappingDialog *self;

  if (watch == NULL)
    return;
  self =
    g_object_new (CS_TYPE_MAPPING_DIALOG, "transient-for", gtk_widget_get_root (origin), NULL);
  self->watch = g_object_ref (cs_deployment_watch_get_watch (watch));
  self->actor = g_strdup (cs_workspace_get_actor (cs_watch_desk_get_workspace (desk)));
  self->found = cs_suggestions_find (cs_deployment_get_runbook (deployment));
  for (guint i = 0; i < self->found->len; i++)
    if (!is_watched (self->watch, self->found->pdata[i]))
      add_row (self, self->found->pdata[i]);
  if (self->rows->len == 0)
    adw_preferences_group_set_description (self->suggestions,
                                           _("All thresholds of the runbook are watched."));
  show_problem (self, NULL);
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
