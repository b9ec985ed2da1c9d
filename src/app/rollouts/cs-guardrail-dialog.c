/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses guardrails for a flag among what else is watched. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-guardrail-dialog.h"

#include "cs-watch-copy.h"

#include <glib/gi18n.h>
#include <string.h>

/* Watches that are offered, the newest act first. */
#define MOST_WATCHES 25

struct _CsGuardrailDialog
{
  AdwWindow parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  GCancellable *cancellable;
  GPtrArray *owners;  /* whose watches are still to be read, the last one first */
  GPtrArray *watches; /* CsWatch that were read */
  GPtrArray *checks;  /* unowned */
  guint next;         /* of the checks that are being copied */
  gboolean copying;

  GtkStack *stack;
  AdwPreferencesPage *page;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (CsGuardrailDialog, cs_guardrail_dialog, ADW_TYPE_WINDOW)

static void read_next (CsGuardrailDialog *self);
static void copy_next (CsGuardrailDialog *self);

static CsWatch *
get_own (CsGuardrailDialog *self)
{
  return cs_rollout_get_watch (cs_rollout_entry_get_rollout (self->entry));
}

static void
show_problem (CsGuardrailDialog *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_text (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
update_cb (CsGuardrailDialog *self)
{
  gboolean chosen = FALSE;

  for (guint i = 0; i < self->checks->len; i++)
    chosen |= gtk_check_button_get_active (self->checks->pdata[i]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "guardrail-dialog.add",
                                 chosen && !self->copying);
}

/* "deployment/ID" or "rollout/KEY" */
static char *
dup_title (CsGuardrailDialog *self, const char *owner)
{
  const char *id = strchr (owner, '/');
  CsDeployment *deployment;

  if (id == NULL || !g_str_has_prefix (owner, "deployment/"))
    return g_strdup (id != NULL ? id + 1 : owner);
  deployment = cs_workspace_find_deployment (self->workspace, id + 1, NULL);
  if (deployment == NULL)
    return g_strdup (id + 1);
  return g_strdup_printf ("%s · %s", cs_deployment_get_title (deployment),
                          cs_deployment_get_environment (deployment));
}

static void
add_check (CsGuardrailDialog *self,
           AdwPreferencesGroup *group,
           CsWatch *watch,
           const CsCriterion *criterion)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *words = cs_criterion_dup_words (criterion);
  const CsProbe *probe = cs_watch_find_probe (watch, criterion->probe);
  gboolean there = cs_watch_has_copy (get_own (self), watch, criterion);

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (row, !there);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_object_set_data (G_OBJECT (check), "watch", watch);
  g_object_set_data_full (G_OBJECT (check), "id", g_strdup (criterion->id), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), words);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), there           ? _("Is a guardrail already")
                                                     : probe != NULL ? probe->name
                                                                     : NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->checks, check);
}

static void
show_watch (CsGuardrailDialog *self, CsWatch *watch)
{
  GPtrArray *criteria = cs_watch_get_criteria (watch);
  g_autofree char *title = dup_title (self, cs_watch_get_owner (watch));
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  GtkWidget *group;

  if (criteria->len == 0)
    return;
  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), escaped);
  for (guint i = 0; i < criteria->len; i++)
    add_check (self, ADW_PREFERENCES_GROUP (group), watch, criteria->pdata[i]);
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsGuardrailDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  CsWatch *watch = cs_watch_load_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_object (&watch);
      return;
    }
  if (watch != NULL)
    {
      g_ptr_array_add (self->watches, watch);
      show_watch (self, watch);
    }
  else
    show_problem (self, error);
  read_next (self);
}

static void
read_next (CsGuardrailDialog *self)
{
  g_autofree char *owner = NULL;

  if (self->owners->len == 0)
    {
      if (self->checks->len == 0)
        gtk_stack_set_visible_child_name (self->stack, "nothing");
      return;
    }
  owner = g_ptr_array_steal_index (self->owners, self->owners->len - 1);
  cs_watch_load_async (cs_workspace_get_store (self->workspace),
                       cs_workspace_get_people (self->workspace), owner, self->cancellable,
                       loaded_cb, g_object_ref (self));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsGuardrailDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) heads = cs_store_list_heads_finish (CS_STORE (source), result, &error);

  if (heads == NULL)
    {
      show_problem (self, error);
      return;
    }
  for (guint i = 0; i < heads->len && self->owners->len < MOST_WATCHES; i++)
    {
      const char *stream = ((CsStreamHead *) heads->pdata[i])->stream;

      if (!g_str_equal (stream, cs_watch_get_stream (get_own (self))))
        g_ptr_array_insert (self->owners, 0, g_strdup (stream + strlen (CS_WATCH_STREAM_PREFIX)));
    }
  read_next (self);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsGuardrailDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_watch_act_finish (CS_WATCH (source), result, &error))
    {
      gtk_check_button_set_active (self->checks->pdata[self->next], FALSE);
      copy_next (self);
      return;
    }
  self->copying = FALSE;
  update_cb (self);
  show_problem (self, error);
}

/* One after the other: each is about what the watch is after the one before. */
static void
copy_next (CsGuardrailDialog *self)
{
  while (self->next < self->checks->len &&
         !gtk_check_button_get_active (self->checks->pdata[self->next]))
    self->next++;
  if (self->next < self->checks->len)
    {
      GObject *check = self->checks->pdata[self->next];

      cs_watch_copy_criterion_async (get_own (self), cs_rollout_entry_get_actor (self->entry),
                                     g_object_get_data (check, "watch"),
                                     g_object_get_data (check, "id"), self->cancellable, copied_cb,
                                     g_object_ref (self));
      return;
    }
  cs_rollout_entry_refresh (self->entry);
  gtk_window_close (GTK_WINDOW (self));
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsGuardrailDialog *self = CS_GUARDRAIL_DIALOG (widget);

  if (self->copying)
    return;
  self->copying = TRUE;
  self->next = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update_cb (self);
  copy_next (self);
}

static void
cs_guardrail_dialog_dispose (GObject *object)
{
  CsGuardrailDialog *self = CS_GUARDRAIL_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (cs_guardrail_dialog_parent_class)->dispose (object);
}

static void
cs_guardrail_dialog_finalize (GObject *object)
{
  CsGuardrailDialog *self = CS_GUARDRAIL_DIALOG (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->owners);
  g_ptr_array_unref (self->watches);
  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (cs_guardrail_dialog_parent_class)->finalize (object);
}

static void
cs_guardrail_dialog_class_init (CsGuardrailDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_guardrail_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_guardrail_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-guardrail-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsGuardrailDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CsGuardrailDialog, page);
  gtk_widget_class_bind_template_child (widget_class, CsGuardrailDialog, problem);
  gtk_widget_class_install_action (widget_class, "guardrail-dialog.add", NULL, add_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_guardrail_dialog_init (CsGuardrailDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->owners = g_ptr_array_new_with_free_func (g_free);
  self->watches = g_ptr_array_new_with_free_func (g_object_unref);
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update_cb (self);
}

/** cs_guardrail_dialog_present: (skip): what is chosen is a guardrail of the flag then. */
void
cs_guardrail_dialog_present (GtkWindow *parent, CsWorkspace *workspace, CsRolloutEntry *entry)
{
  CsGuardrailDialog *self =
    g_object_new (CS_TYPE_GUARDRAIL_DIALOG, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  self->entry = g_object_ref (entry);
  cs_store_list_heads_async (cs_workspace_get_store (workspace), CS_WATCH_STREAM_PREFIX,
                             self->cancellable, listed_cb, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}
