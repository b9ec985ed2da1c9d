/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag: its stages, what it waits for, its companies and its history. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-view.h"

#include "cs-error.h"
#include "cs-flag-acts.h"
#include "cs-flag-overview.h"
#include "cs-pin-dialog.h"
#include "cs-plan-dialog.h"
#include "cs-rollout-words.h"
#include "cs-stage-stepper.h"

#include <glib/gi18n.h>

struct _CsFlagView
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;

  GtkLabel *name;
  GtkLabel *environment;
  GtkLabel *description;
  GtkSpinner *spinner;
  GtkWidget *notice;
  GtkLabel *notice_words;
  GtkWidget *notice_drift;
  GtkWidget *notice_verify;
  CsStageStepper *stepper;
  CsFlagOverview *overview;
  GtkLabel *next;
};

G_DEFINE_FINAL_TYPE (CsFlagView, cs_flag_view, ADW_TYPE_BIN)

static CsFlag *
get_flag (CsFlagView *self)
{
  CsRollout *rollout = self->entry != NULL ? cs_rollout_entry_get_rollout (self->entry) : NULL;

  return rollout != NULL ? cs_rollout_get_flag (rollout) : NULL;
}

static void
show_head (CsFlagView *self, CsFlag *flag)
{
  const char *classes[] = { "chip", cs_flag_get_environment (flag), NULL };
  g_autofree char *upper = g_utf8_strup (cs_flag_get_environment (flag), -1);
  const char *description = cs_flag_get_description (flag);

  gtk_label_set_text (self->name, cs_flag_get_key (flag));
  gtk_label_set_text (self->environment, upper);
  gtk_widget_set_css_classes (GTK_WIDGET (self->environment), classes);
  gtk_label_set_text (self->description, description != NULL ? description : "");
  gtk_widget_set_visible (GTK_WIDGET (self->description),
                          description != NULL && *description != '\0');
}

/* What is not as it is recorded, or not known, comes before everything else. */
static void
show_notice (CsFlagView *self, CsFlag *flag)
{
  const char *drift = cs_flag_get_drift (flag);
  const char *trouble = cs_flag_get_trouble (flag);
  const CsFlagChange *change = cs_flag_get_change (flag);
  g_autofree char *words = NULL;
  gboolean busy = cs_rollout_entry_is_busy (self->entry);

  if (busy)
    words = NULL;
  else if (change != NULL)
    words = g_strdup_printf (_("%s is switching it, or was interrupted. “Verify” settles that."),
                             change->by);
  else if (trouble != NULL)
    words = g_strdup_printf (_("The last change failed, and nobody knows what is there: %s"),
                             trouble);
  else if (drift != NULL)
    words = g_strdup_printf (_("Somebody changed it by hand. %s"), drift);
  gtk_label_set_text (self->notice_words, words != NULL ? words : "");
  gtk_widget_set_visible (self->notice, words != NULL);
  gtk_widget_set_visible (self->notice_drift, drift != NULL && change == NULL && trouble == NULL);
  gtk_widget_set_visible (self->notice_verify, change != NULL || trouble != NULL);
}

static char *
dup_next (CsFlagView *self, CsFlag *flag)
{
  const CsStage *stage = cs_flag_get_next_stage (flag);
  CsStatus status;
  g_autofree char *waiting = cs_rollout_words_waiting (self->entry, &status);

  if (cs_flag_get_schedule (flag) != NULL)
    return cs_rollout_words_schedule (flag);
  if (stage == NULL || status == CS_STATUS_READY)
    return g_steal_pointer (&waiting);
  /* Translators: the next stage of a rollout, and what it waits for */
  return g_strdup_printf (_("Next: “%s”. %s"), stage->title, waiting);
}

static void
update_actions (CsFlagView *self, CsFlag *flag)
{
  gboolean idle = flag != NULL && !cs_rollout_entry_is_busy (self->entry);
  const char *state;
  const char *stage;
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "flag.promote",
                                 idle && cs_flag_get_next_stage (flag) != NULL);
  gtk_widget_action_set_enabled (widget, "flag.back",
                                 idle && cs_flag_get_before (flag, &state, &stage));
  gtk_widget_action_set_enabled (widget, "flag.update",
                                 idle && cs_rollout_entry_get_update (self->entry) != NULL);
  gtk_widget_action_set_enabled (widget, "flag.pin", idle);
  gtk_widget_action_set_enabled (widget, "flag.verify", idle);
  gtk_widget_action_set_enabled (widget, "flag.adopt", idle && cs_flag_get_drift (flag) != NULL);
  gtk_widget_action_set_enabled (widget, "flag.restore",
                                 idle && cs_flag_get_drift (flag) != NULL);
  gtk_widget_action_set_enabled (widget, "flag.unschedule",
                                 idle && cs_flag_get_schedule (flag) != NULL);
  gtk_widget_action_set_enabled (widget, "flag.kill", flag != NULL);
}

static void
update_cb (CsFlagView *self)
{
  CsFlag *flag = get_flag (self);
  CsRollout *rollout;
  g_autofree char *next = NULL;

  update_actions (self, flag);
  if (self->entry == NULL)
    return;
  gtk_label_set_text (self->name, cs_rollout_entry_get_key (self->entry));
  gtk_spinner_set_spinning (self->spinner, cs_rollout_entry_is_busy (self->entry));
  if (flag == NULL)
    return;
  rollout = cs_rollout_entry_get_rollout (self->entry);
  next = dup_next (self, flag);
  show_head (self, flag);
  show_notice (self, flag);
  cs_stage_stepper_show (self->stepper, flag, cs_rollout_get_company_list (rollout));
  cs_flag_overview_show (self->overview, self->workspace, self->entry);
  gtk_label_set_text (self->next, next);
}

static void
promote_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagView *self = CS_FLAG_VIEW (widget);
  CsFlag *flag = get_flag (self);
  const CsStage *stage = flag != NULL ? cs_flag_get_next_stage (flag) : NULL;

  if (stage != NULL)
    cs_plan_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace,
                            self->entry, stage->id);
}

static void
update_stage_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagView *self = CS_FLAG_VIEW (widget);
  CsFlag *flag = get_flag (self);
  const CsStage *stage = flag != NULL ? cs_flag_get_stage (flag) : NULL;

  if (stage != NULL)
    cs_plan_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace,
                            self->entry, stage->id);
}

static void
back_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagView *self = CS_FLAG_VIEW (widget);

  if (get_flag (self) != NULL)
    cs_plan_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace,
                            self->entry, NULL);
}

static void
pin_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagView *self = CS_FLAG_VIEW (widget);

  if (get_flag (self) != NULL)
    cs_pin_dialog_present (widget, self->entry);
}

static void
act_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsFlagView *self = CS_FLAG_VIEW (widget);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  if (get_flag (self) == NULL)
    return;
  if (g_str_equal (name, "flag.kill"))
    cs_flag_acts_kill (window, self->entry);
  else if (g_str_equal (name, "flag.adopt"))
    cs_flag_acts_adopt (window, self->entry);
  else if (g_str_equal (name, "flag.restore"))
    cs_flag_acts_restore (window, self->entry);
  else if (g_str_equal (name, "flag.unschedule"))
    cs_flag_acts_unschedule (window, self->entry);
  else
    cs_rollout_entry_verify (self->entry);
}

/* What differs stands above everything else already. */
static void
ended_cb (CsFlagView *self, const GError *error)
{
  CsFlag *flag = get_flag (self);

  if (error == NULL)
    return;
  if (flag == NULL || cs_flag_get_drift (flag) == NULL ||
      !g_error_matches (error, CS_ERROR, CS_ERROR_FAILED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
forget (CsFlagView *self)
{
  if (self->entry != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->entry, update_cb, self);
      g_signal_handlers_disconnect_by_func (self->entry, ended_cb, self);
    }
  g_clear_object (&self->entry);
  g_clear_object (&self->workspace);
}

static void
cs_flag_view_dispose (GObject *object)
{
  forget (CS_FLAG_VIEW (object));
  G_OBJECT_CLASS (cs_flag_view_parent_class)->dispose (object);
}

static void
cs_flag_view_class_init (CsFlagViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_flag_view_dispose;

  g_type_ensure (CS_TYPE_STAGE_STEPPER);
  g_type_ensure (CS_TYPE_FLAG_OVERVIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-flag-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, name);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, environment);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, description);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, notice);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, notice_words);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, notice_drift);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, notice_verify);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, stepper);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, overview);
  gtk_widget_class_bind_template_child (widget_class, CsFlagView, next);
  gtk_widget_class_install_action (widget_class, "flag.promote", NULL, promote_cb);
  gtk_widget_class_install_action (widget_class, "flag.update", NULL, update_stage_cb);
  gtk_widget_class_install_action (widget_class, "flag.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "flag.pin", NULL, pin_cb);
  gtk_widget_class_install_action (widget_class, "flag.kill", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "flag.adopt", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "flag.restore", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "flag.verify", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "flag.unschedule", NULL, act_cb);
}

static void
cs_flag_view_init (CsFlagView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self, NULL);
}

/**
 * cs_flag_view_show: (skip)
 * @self: a view
 * @workspace: (nullable): the workspace
 * @entry: (nullable): what to show; %NULL: nothing any more
 */
void
cs_flag_view_show (CsFlagView *self, CsWorkspace *workspace, CsRolloutEntry *entry)
{
  g_return_if_fail (CS_IS_FLAG_VIEW (self));

  forget (self);
  if (entry == NULL)
    return;
  self->workspace = g_object_ref (workspace);
  self->entry = g_object_ref (entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
}

/** cs_flag_view_get_entry: (skip): (transfer none) (nullable): what it shows. */
CsRolloutEntry *
cs_flag_view_get_entry (CsFlagView *self)
{
  g_return_val_if_fail (CS_IS_FLAG_VIEW (self), NULL);

  return self->entry;
}
