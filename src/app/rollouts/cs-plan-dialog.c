/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before a feature is switched: who would get or lose it, by name, and what would be written. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-plan-dialog.h"

#include "cs-company-names.h"
#include "cs-gate-group.h"
#include "cs-rollout-words.h"
#include "cs-when-group.h"

#include <glib/gi18n.h>
#include <string.h>

/* Up to so many companies what is written is shown letter by letter. */
#define SHOWN_COMPANIES 500

struct _CsPlanDialog
{
  AdwWindow parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  char *stage; /* NULL: back */
  CsRolloutPlan *plan;
  GCancellable *cancellable;
  gboolean recording;

  GtkButton *confirm;
  AdwPreferencesPage *page;
  AdwPreferencesGroup *summary;
  AdwEntryRow *reason;
  CsWhenGroup *when;
  CsGateGroup *gates;
  CsCompanyNames *joining;
  CsCompanyNames *leaving;
  AdwPreferencesGroup *writes_group;
  GtkLabel *writes;
  GtkSpinner *spinner;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (CsPlanDialog, cs_plan_dialog, ADW_TYPE_WINDOW)

static void
show_problem (CsPlanDialog *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static char *
dup_summary (CsPlanDialog *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  CsCompanyList *companies = cs_rollout_get_company_list (rollout);
  g_autofree char *now = cs_rollout_words_count (self->plan->from, companies);
  g_autofree char *then = cs_rollout_words_count (self->plan->to, companies);

  /* Translators: for whom a feature is on, before and after */
  return g_strdup_printf (_("Now on for: %s\nThen on for: %s"), now, then);
}

static const char *
get_label (CsPlanDialog *self)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (self->entry));

  if (self->stage == NULL)
    return _("Step Back");
  if (cs_when_group_is_later (self->when))
    return _("Plan");
  return cs_flag_find_stage (flag, self->stage) == cs_flag_get_stage (flag) ? _("Update")
                                                                            : _("Promote");
}

/* What is planned for later may wait for signatures and time until then. */
static void
update_gates (CsPlanDialog *self)
{
  gboolean ready;
  guint n;

  /* The first notifications come while the template is being built. */
  if (self->entry == NULL)
    return;
  gtk_button_set_label (self->confirm, get_label (self));
  if (self->plan == NULL)
    return;
  n = cs_gate_group_show (self->gates, self->workspace, self->entry, self->plan);
  ready = cs_when_group_is_later (self->when) ? cs_when_group_get_at (self->when) != 0 : n == 0;
  gtk_widget_set_sensitive (GTK_WIDGET (self->confirm),
                            ready && !self->recording &&
                              !cs_rollout_entry_is_busy (self->entry));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPlanDialog) self = user_data;
  CsFlagProvider *provider = CS_FLAG_PROVIDER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsFlagReading) reading = cs_flag_provider_read_finish (provider, result, &error);
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->plan == NULL)
    return;
  gtk_spinner_set_spinning (self->spinner, FALSE);
  if (reading != NULL)
    text = cs_flag_provider_plan (provider, reading, self->plan->to, &error);
  if (text == NULL)
    {
      gtk_label_set_label (self->writes, error->message);
      return;
    }
  g_strstrip (text);
  gtk_label_set_label (self->writes, *text != '\0' ? text : _("Nothing: it is so already"));
}

/* A line with a hundred thousand companies in it tells nobody anything. */
static void
show_writes (CsPlanDialog *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  g_autofree char *place = cs_rollout_words_place (cs_rollout_get_flag (rollout));

  adw_preferences_group_set_description (self->writes_group, place);
  if (cs_flag_state_get_n (self->plan->to) > SHOWN_COMPANIES)
    {
      gtk_label_set_label (self->writes, _("The list of all companies that have it then"));
      return;
    }
  gtk_spinner_set_spinning (self->spinner, TRUE);
  gtk_label_set_label (self->writes, _("Reading what is there…"));
  cs_flag_provider_read_async (cs_rollout_get_provider (rollout), self->cancellable, read_cb,
                               g_object_ref (self));
}

/* plan (transfer full) */
static void
take_plan (CsPlanDialog *self, CsRolloutPlan *plan)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  CsCompanyList *companies = cs_rollout_get_company_list (rollout);
  gboolean same = self->plan != NULL && g_str_equal (self->plan->digest, plan->digest);
  g_autofree char *summary = NULL;

  g_clear_pointer (&self->plan, cs_rollout_plan_free);
  self->plan = plan;
  update_gates (self);
  if (same)
    return;
  summary = dup_summary (self);
  adw_preferences_group_set_description (self->summary, summary);
  cs_company_names_show (self->joining, companies, plan->from, plan->to);
  cs_company_names_show (self->leaving, companies, plan->to, plan->from);
  show_writes (self);
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPlanDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  CsRolloutPlan *plan = cs_rollout_plan_stage_finish (CS_ROLLOUT (source), result, &error);

  if (plan != NULL)
    take_plan (self, plan);
  else
    show_problem (self, error);
}

/* Also when something has changed meanwhile: what is shown is what would be done. */
static void
plan_cb (CsPlanDialog *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  g_autoptr (GError) error = NULL;
  CsRolloutPlan *plan;

  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  if (self->stage != NULL)
    {
      cs_rollout_plan_stage_async (rollout, self->stage, self->cancellable, planned_cb,
                                   g_object_ref (self));
      return;
    }
  plan = cs_rollout_plan_back (rollout, &error);
  if (plan != NULL)
    take_plan (self, plan);
  else
    show_problem (self, error);
}

static void
scheduled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsPlanDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->recording = FALSE;
  if (cs_rollout_act_finish (CS_ROLLOUT (source), result, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  update_gates (self);
  show_problem (self, error);
}

static void
schedule (CsPlanDialog *self, const char *reason)
{
  self->recording = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->confirm), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  cs_rollout_schedule_async (cs_rollout_entry_get_rollout (self->entry), self->plan,
                             cs_when_group_get_at (self->when),
                             cs_rollout_entry_get_actor (self->entry), reason, self->cancellable,
                             scheduled_cb, g_object_ref (self));
}

static void
confirm_cb (CsPlanDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->reason));
  const char *reason = *text != '\0' ? text : NULL;
  g_autoptr (CsRolloutPlan) plan = NULL;

  if (self->plan == NULL)
    return;
  if (cs_when_group_is_later (self->when))
    {
      schedule (self, reason);
      return;
    }
  plan = g_steal_pointer (&self->plan);
  /* What is being done is not planned again. */
  g_signal_handlers_disconnect_by_func (self->entry, plan_cb, self);
  cs_rollout_entry_change (self->entry, plan, reason);
  gtk_window_close (GTK_WINDOW (self));
}

static void
cs_plan_dialog_dispose (GObject *object)
{
  CsPlanDialog *self = CS_PLAN_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (cs_plan_dialog_parent_class)->dispose (object);
}

static void
cs_plan_dialog_finalize (GObject *object)
{
  CsPlanDialog *self = CS_PLAN_DIALOG (object);

  g_object_unref (self->cancellable);
  g_free (self->stage);
  g_clear_pointer (&self->plan, cs_rollout_plan_free);
  G_OBJECT_CLASS (cs_plan_dialog_parent_class)->finalize (object);
}

static void
cs_plan_dialog_class_init (CsPlanDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_plan_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_plan_dialog_finalize;

  g_type_ensure (CS_TYPE_GATE_GROUP);
  g_type_ensure (CS_TYPE_WHEN_GROUP);
  g_type_ensure (CS_TYPE_COMPANY_NAMES);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-plan-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, confirm);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, page);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, when);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, gates);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, joining);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, leaving);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, writes_group);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, writes);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsPlanDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, confirm_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_gates);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_plan_dialog_init (CsPlanDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
dup_title (CsFlag *flag, const char *stage)
{
  const CsStage *wanted = stage != NULL ? cs_flag_find_stage (flag, stage) : NULL;
  const char *state;
  const char *before = NULL;

  if (wanted != NULL && wanted == cs_flag_get_stage (flag))
    return g_strdup_printf (_("Update “%s”"), wanted->title);
  if (wanted != NULL)
    return g_strdup_printf (_("Promote to “%s”"), wanted->title);
  cs_flag_get_before (flag, &state, &before);
  wanted = before != NULL ? cs_flag_find_stage (flag, before) : NULL;
  if (wanted != NULL)
    return g_strdup_printf (_("Step Back to “%s”"), wanted->title);
  return g_strdup (_("Step Back to Off"));
}

/**
 * cs_plan_dialog_present: (skip)
 * @parent: before which it stands
 * @workspace: the workspace
 * @entry: a flag that was read
 * @stage: (nullable): id of the stage that it is to be in; %NULL: the one before
 */
void
cs_plan_dialog_present (GtkWindow *parent,
                        CsWorkspace *workspace,
                        CsRolloutEntry *entry,
                        const char *stage)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));
  g_autofree char *title = dup_title (flag, stage);
  CsPlanDialog *self =
    g_object_new (CS_TYPE_PLAN_DIALOG, "transient-for", parent, "title", title, NULL);

  self->workspace = g_object_ref (workspace);
  self->entry = g_object_ref (entry);
  self->stage = g_strdup (stage);
  gtk_button_set_label (self->confirm, get_label (self));
  gtk_widget_set_visible (GTK_WIDGET (self->when), stage != NULL);
  cs_company_names_set_title (self->joining, _("Get the Feature"));
  cs_company_names_set_title (self->leaving, _("Lose the Feature"));
  g_signal_connect_object (entry, "changed", G_CALLBACK (plan_cb), self, G_CONNECT_SWAPPED);
  plan_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
